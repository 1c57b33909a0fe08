//! Answers as `echo` does, and takes the first capability that comes with a call into its locker, for good. Says
//! whether it has one.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::label::Status;
use module_rt::{Answer, Client, Init, InitError, Manifest, Request, Server, answer, locker, start};
use operate::locker::holds;
use operate::taker::{HELD, NAME};
use sel4::with_ipc_buffer_mut;

module_rt::module! {
    manifest: Manifest { locker_bits: LOCKER_BITS, ..Manifest::new(NAME) },
    init: init,
}

const LOCKER_BITS: u8 = 3;
const TAKEN: u16 = 2;
/// Empty, for looking.
const SPARE: u16 = 3;

/// To this text the answer is `yes` or `no`.
const WHETHER: &str = "held?";

struct Taker;

fn held() -> bool {
    let place = |index| locker::slot(index, LOCKER_BITS);
    holds(&place(TAKEN), &place(SPARE))
}

fn init(init: &mut Init) -> Result<Taker, InitError> {
    init.reserve(NAME, echo::VERSION)?;
    // As long as something is there, nothing else is taken.
    with_ipc_buffer_mut(|buffer| buffer.set_recv_slot(&locker::slot(TAKEN, LOCKER_BITS)));
    Ok(Taker)
}

impl Server for Taker {
    fn message(&mut self, _: Client, _: u16, request: Request) -> Result<Answer, Status> {
        let mut asked: Text = request.decode()?;
        if asked == WHETHER {
            asked = Text::try_from(if held() { "sey" } else { "on" }).unwrap_or_default();
        }
        answer(&Said { generation: start::instance().generation, text: asked.chars().rev().collect() })
    }

    fn words(&mut self, _: Client, method: u16, _: [u64; 4]) -> Result<[u64; 4], Status> {
        match method {
            HELD => Ok([u64::from(held()), 0, 0, 0]),
            _ => Err(Status::UnknownMethod),
        }
    }
}
