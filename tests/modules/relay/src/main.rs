//! A server that calls `loser` in each call that it has: the one in the middle, where A calls B calls C.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::label::Status;
use ipc_proto::manifest::MAX_DEADLINE;
use ipc_proto::version::VersionRange;
use module_rt::{CallError, Client, Init, InitError, Manifest, Restart, Server, init};
use operate::loser::{COUNT, NAME, VERSION, patient};
use operate::relay;

module_rt::module! {
    manifest: Manifest {
        deadline_micros: MAX_DEADLINE,
        restart: Restart::OnFailure as u8,
        ..Manifest::new(relay::NAME)
    },
    init: init,
}

struct Relay;

fn init(init: &mut Init) -> Result<Relay, InitError> {
    init.reserve(relay::NAME, relay::VERSION)?;
    Ok(Relay)
}

impl Server for Relay {
    fn words(&mut self, _: Client, method: u16, _: [u64; 4]) -> Result<[u64; 4], Status> {
        if method != relay::FORWARD {
            return Err(Status::UnknownMethod);
        }
        let loser = init::lookup(NAME, VersionRange::exactly(VERSION)).map_err(|_| Status::Refused)?;
        match loser.call_words(patient(COUNT), [0; 4]) {
            Ok([received, ..]) => Ok([relay::SERVED, received, 0, 0]),
            Err(CallError::Interrupted { .. }) => Ok([relay::INTERRUPTED, 0, 0, 0]),
            Err(CallError::NotDelivered) => Ok([relay::NOT_DELIVERED, 0, 0, 0]),
            Err(CallError::Revoked) => Ok([relay::REVOKED, 0, 0, 0]),
            Err(_) => Err(Status::Refused),
        }
    }
}
