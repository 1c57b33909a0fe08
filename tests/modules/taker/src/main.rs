//! Answers as `echo` does, and takes the capability that comes with the call into its locker.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::label::Status;
use module_rt::{Answer, Client, Init, InitError, Manifest, Request, Server, answer, locker, start};
use sel4::with_ipc_buffer_mut;

module_rt::module! {
    manifest: Manifest { locker_bits: LOCKER_BITS, ..Manifest::new("taker") },
    init: init,
}

const LOCKER_BITS: u8 = 3;
const TAKEN: u16 = 2;

struct Taker;

fn open() {
    with_ipc_buffer_mut(|buffer| buffer.set_recv_slot(&locker::slot(TAKEN, LOCKER_BITS)));
}

fn init(init: &mut Init) -> Result<Taker, InitError> {
    init.reserve("taker", echo::VERSION)?;
    open();
    Ok(Taker)
}

impl Server for Taker {
    fn message(&mut self, _: Client, _: u16, request: Request) -> Result<Answer, Status> {
        let asked: Text = request.decode()?;
        let taken = locker::slot(TAKEN, LOCKER_BITS);
        // Nothing is there where the giver was killed in between.
        let _ = taken.delete();
        open();
        answer(&Said { generation: start::instance().generation, text: asked.chars().rev().collect() })
    }
}
