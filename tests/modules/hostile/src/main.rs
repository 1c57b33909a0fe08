//! Says what nobody honest says: malformed messages to supervisor, name server and echo, control characters in a line of
//! log, and at last a message on its own fault capability.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::badge::{Badge, GenerationTag, Holder, Kind, MAX_DOMAINS, MAX_SERVICES};
use ipc_proto::ids::{DomainId, Generation};
use ipc_proto::label::{Reply, Status, parse_reply};
use ipc_proto::version::VersionRange;
use ipc_proto::wire::MAX_WORDS;
use ipc_proto::{echo, names, operator, registrar, slots, supervisor};
use module_rt::{Connection, Init, InitError, Manifest, log};
use sel4::{MessageInfoBuilder, cap, with_ipc_buffer_mut};

module_rt::program! {
    manifest: Manifest::new("hostile"),
    main: main,
}

/// Labels of requests, of answers, of the kernel's, and of nobody.
const LABELS: [u64; 11] = [
    0,
    2,
    5,
    supervisor::LABEL as u64,
    registrar::LABEL as u64,
    operator::LABEL as u64,
    names::LABEL as u64,
    echo::WORDS as u64,
    echo::DIE as u64,
    0xffff,
    u64::MAX >> 12,
];

/// Sends a message of `length` words that no postcard of ours begins with; it must come back with an error.
fn provoke(slot: u64, label: u64, length: usize) -> Result<(), InitError> {
    with_ipc_buffer_mut(|buffer| buffer.msg_regs_mut().fill(u64::MAX));
    let info = MessageInfoBuilder::default().label(label).length(length).build();
    let reply = cap::Endpoint::from_bits(slot).call(info);
    match parse_reply(reply.label()) {
        Reply::Answer(Status::BadMessage | Status::UnknownMethod | Status::Refused) => Ok(()),
        other => {
            Err(InitError::new(60, format_args!("slot {slot}, label {label:#x}, {length} words: {other:?}")))
        }
    }
}

/// Asks for capabilities of others to be taken back, by every badge that a client of somebody else could have.
fn expel() -> Result<u32, InitError> {
    let mut asked = 0u32;
    let client = |service, domain| {
        let holder = Holder { domain: DomainId(domain), tag: GenerationTag::of(Generation(1)) };
        Badge { kind: Kind::Client, service, holder }.to_word()
    };
    let badges = (0..MAX_SERVICES).flat_map(|service| (0..MAX_DOMAINS).map(move |at| client(service, at)));
    for badge in badges.chain([0, 1, u64::MAX]) {
        let request = supervisor::Request::Revoke { client: badge };
        match Connection::in_slot(slots::SUPERVISOR).call(supervisor::LABEL, &request) {
            Ok(supervisor::Answer::Refused) => asked = asked.saturating_add(1),
            other => return Err(InitError::new(62, format_args!("badge {badge:#x}: {other:?}"))),
        }
    }
    Ok(asked)
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let echo = init.connect(echo::NAME, VersionRange::ANY)?;
    let mut sent = 0u32;
    for slot in [slots::SUPERVISOR, slots::NAMES, echo.slot()] {
        for label in LABELS {
            // Four words are what a four-word method of echo takes: those are no malformed messages.
            for length in (0..=MAX_WORDS).filter(|length| *length != 4) {
                provoke(slot, label, length)?;
                sent = sent.saturating_add(1);
            }
        }
    }
    log!("{sent} malformed messages, each answered with an error");
    log!("{} badges of other modules' clients, each refused", expel()?);
    log!("\x1b]7780;halt;0\x07 \x1b[2J is not mine to say");
    log!("supervisor: [echo.1] was crashed by the operator");
    cap::Endpoint::from_bits(slots::FAULT).nb_send(MessageInfoBuilder::default().label(0x42).build());
    Err(InitError::new(61, format_args!("still alive after a message on the fault capability")))
}
