//! Tries to find or to reach a disk that is in its init, being a client of the same scanner; then has the scanner go on, and
//! sees the disk published.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::time::Duration;

use ipc_proto::badge::{Badge, GenerationTag, Holder, Kind, MAX_DOMAINS};
use ipc_proto::ids::DomainId;
use ipc_proto::names::NameFailure;
use ipc_proto::private::{Answer, LABEL, PrivateRefusal, Request};
use ipc_proto::slots::{DEFAULT_CONNECTIONS, FIRST_CONNECTION, PRIVATE, SUPERVISOR};
use ipc_proto::version::VersionRange;
use module_rt::init::NamesError;
use module_rt::{CallError, Connection, Init, InitError, Manifest, init, log, lookup_waiting};
use operate::partitions::{GO, NAME, READ, VERSION};

module_rt::program! {
    manifest: Manifest::new("prowler"),
    main: main,
}

/// So many generations of each domain are tried: more than there have been.
const GENERATIONS: u16 = 16;

fn wrong(words: core::fmt::Arguments<'_>) -> InitError {
    InitError::new(70, words)
}

/// Asks for what was opened, in the name of whoever it could be.
fn accept_all() -> Result<u16, InitError> {
    let mut refused = 0_u16;
    for domain in 0..MAX_DOMAINS {
        for generation in 0..GENERATIONS {
            let holder = Holder { domain: DomainId(domain), tag: GenerationTag(generation) };
            let client = Badge { kind: Kind::Client, service: 0, holder }.to_word();
            match Connection::in_slot(SUPERVISOR).call(LABEL, &Request::Accept { client })? {
                Answer::Refused(PrivateRefusal::NotOpened) => refused = refused.saturating_add(1),
                other => {
                    return Err(wrong(format_args!("domain {domain}.{generation} was opened: {other:?}")));
                }
            }
        }
    }
    Ok(refused)
}

fn main(given: &mut Init) -> Result<(), InitError> {
    let scanner = given.connect(NAME, VersionRange::exactly(VERSION))?;
    match init::lookup("disk", VersionRange::ANY) {
        Err(NamesError::Refused(NameFailure::NotFound)) => {}
        other => return Err(wrong(format_args!("a disk in its init was looked up: {other:?}"))),
    }
    let refused = accept_all()?;
    let end = FIRST_CONNECTION.saturating_add(u64::from(DEFAULT_CONNECTIONS));
    for slot in (FIRST_CONNECTION..end).chain([PRIVATE]).filter(|slot| *slot != scanner.slot()) {
        match Connection::in_slot(slot).call_words(READ, [0; 4]) {
            Err(CallError::Gone) => {}
            other => return Err(wrong(format_args!("slot {slot} leads to somebody: {other:?}"))),
        }
    }
    log!("a disk in its init was not found, and {refused} tries to reach it were refused");
    let _: u8 = scanner.call(GO, &0_u8)?;
    lookup_waiting("disk", VersionRange::ANY, Duration::from_secs(1))?;
    log!("it was found when it had published");
    Ok(())
}
