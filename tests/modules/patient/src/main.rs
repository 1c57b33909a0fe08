//! A server that may take an hour for a call, and that never ends one: for looking at it while it is being stopped.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::label::Status;
use ipc_proto::manifest::MAX_DEADLINE;
use module_rt::{Client, Init, InitError, Manifest, Server};
use operate::loser::{HANG, VERSION};

module_rt::module! {
    manifest: Manifest { deadline_micros: MAX_DEADLINE, ..Manifest::new("patient") },
    init: init,
}

struct Patient;

fn init(init: &mut Init) -> Result<Patient, InitError> {
    init.reserve("patient", VERSION)?;
    Ok(Patient)
}

impl Server for Patient {
    fn words(&mut self, _: Client, method: u16, _: [u64; 4]) -> Result<[u64; 4], Status> {
        match method {
            HANG => loop {
                module_rt::yield_now();
            },
            _ => Err(Status::UnknownMethod),
        }
    }
}
