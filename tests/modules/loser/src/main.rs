//! A server that loses calls, in each way that there is.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::label::{self, Status};
use ipc_proto::slots;
use module_rt::locker::{self, OWN_ENDPOINT};
use module_rt::{Init, InitError, Manifest, clock, fault, request};
use operate::locker::holds;
use operate::loser::{AGAIN, COUNT, DELETE, DIE, HANG, KEEP, MODULES, NAME, NAP, OVERWRITE, SWAP, VERSION};
use sel4::{AbsoluteCPtr, CapRights, MessageInfoBuilder, cap};

module_rt::program! {
    manifest: Manifest { locker_bits: LOCKER_BITS, deadline_micros: MODULES, ..Manifest::new("loser") },
    main: main,
}

const LOCKER_BITS: u8 = 3;
/// Where a reply capability is saved.
const SAVED: u16 = 2;
/// What it is swapped with.
const OTHER: u16 = 3;
/// Empty, for looking.
const SPARE: u16 = 4;

fn place(index: u16) -> AbsoluteCPtr {
    locker::slot(index, LOCKER_BITS)
}

/// How many of the two slots hold something.
fn held() -> u64 {
    [SAVED, OTHER].into_iter().map(|index| u64::from(holds(&place(index), &place(SPARE)))).sum()
}

/// Does with the caller what the method says.
fn lose(method: u16) -> sel4::Result<()> {
    // Of an earlier call. What is not there cannot be deleted, and need not.
    let _ = place(SAVED).delete();
    let _ = place(OTHER).delete();
    match method {
        AGAIN => return Ok(()),
        HANG => loop {
            module_rt::yield_now();
        },
        _ => {}
    }
    place(SAVED).save_caller()?;
    match method {
        DELETE => place(SAVED).delete(),
        OVERWRITE => {
            place(SAVED).delete()?;
            place(SAVED).copy(&place(OWN_ENDPOINT), CapRights::all())
        }
        SWAP => {
            place(OTHER).copy(&place(OWN_ENDPOINT), CapRights::all())?;
            place(SAVED).rotate(0, &place(OTHER), 0, &place(SAVED))
        }
        KEEP => Ok(()),
        _ => Err(sel4::Error::IllegalOperation),
    }
}

fn main(init: &mut Init) -> Result<(), InitError> {
    init.reserve(NAME, VERSION)?;
    request::publish();
    let endpoint = cap::Endpoint::from_bits(slots::RECEIVE);
    let reply = |status| MessageInfoBuilder::default().label(label::reply(status)).length(4).build();
    let mut received = 1;
    let mut call = endpoint.recv_with_mrs(());
    loop {
        let method = call.info.label() as u16;
        let [micros, ..] = call.msg;
        if method == NAP || method == DIE {
            let end = clock::now().saturating_add(micros.saturating_mul(1000));
            while clock::now() < end {
                module_rt::yield_now();
            }
        }
        if method == DIE {
            fault::read_address_zero();
        }
        call = if method == COUNT || method == NAP {
            endpoint.reply_recv_with_mrs(reply(Status::Ok), [received, held(), 0, 0], ())
        } else {
            match lose(method) {
                Ok(()) => endpoint.recv_with_mrs(()),
                Err(_) => endpoint.reply_recv_with_mrs(reply(Status::UnknownMethod), [0; 4], ()),
            }
        };
        received = received.saturating_add(1);
    }
}
