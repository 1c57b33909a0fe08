//! Answers as `echo` does, after it has revoked copies of a capability of its own: a revoke that the kernel interrupts when
//! something else is due.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::label::Status;
use module_rt::locker::{self, OWN_ENDPOINT};
use module_rt::{Answer, Client, Init, InitError, Manifest, Request, Server, answer, start};

module_rt::module! {
    manifest: Manifest { locker_bits: LOCKER_BITS, memory_bytes: 256 * 1024, ..Manifest::new("reviser") },
    init: init,
}

const LOCKER_BITS: u8 = 9;
/// More than the kernel revokes without looking whether something else is due.
const COPIES: u16 = 120;
const FIRST: u16 = 2;

struct Reviser;

fn init(init: &mut Init) -> Result<Reviser, InitError> {
    init.reserve("reviser", echo::VERSION)?;
    for index in FIRST..FIRST.saturating_add(COPIES) {
        let made = locker::copy(OWN_ENDPOINT, index, LOCKER_BITS);
        made.map_err(|error| InitError::new(90, format_args!("{error:?}")))?;
    }
    Ok(Reviser)
}

impl Server for Reviser {
    fn message(&mut self, _: Client, _: u16, request: Request) -> Result<Answer, Status> {
        let asked: Text = request.decode()?;
        locker::slot(OWN_ENDPOINT, LOCKER_BITS).revoke().map_err(|_| Status::Refused)?;
        answer(&Said { generation: start::instance().generation, text: asked.chars().rev().collect() })
    }
}
