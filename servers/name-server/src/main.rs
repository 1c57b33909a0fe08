//! The name server: who may have which name, and which service a name leads to.
//!
//! It decides about names only, in [`name_server_core`]. Whether a service exists and is visible is the supervisor's
//! word, asked for at every lookup; the capability itself goes from the supervisor to the client and never passes
//! through here.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::label::Status;
use ipc_proto::names;
use ipc_proto::registrar::{Answer, Entries, LABEL, Request};
use ipc_proto::slots;
use module_rt::{Client, Connection, Init, InitError, Manifest, Restart, Server, answer};
use name_server_core::{NameServer, Supervisor};

module_rt::module! {
    manifest: Manifest {
        restart: Restart::Always as u8,
        stack_bytes: 8 * 4096,
        connections: 0,
        ..Manifest::new("name-server")
    },
    init: init,
}

/// The supervisor, by the capability that every module has.
struct Above;

impl Supervisor for Above {
    fn ask(&mut self, request: &Request) -> Option<Answer> {
        Connection::in_slot(slots::SUPERVISOR).call(LABEL, request).ok()
    }

    fn entries(&mut self, from: u16) -> Option<Entries> {
        Connection::in_slot(slots::SUPERVISOR).call(LABEL, &Request::Entries { from }).ok()
    }
}

struct Names(NameServer);

fn init(_: &mut Init) -> Result<Names, InitError> {
    NameServer::begin(&mut Above)
        .map(Names)
        .map_err(|failure| InitError::new(3, format_args!("the ledger's entries: {failure}")))
}

impl Server for Names {
    fn message(
        &mut self,
        client: Client,
        method: u16,
        request: module_rt::Request,
    ) -> Result<module_rt::Answer, Status> {
        if method != names::LABEL {
            return Err(Status::UnknownMethod);
        }
        answer(&self.0.serve(&mut Above, client.badge(), request.decode()?))
    }
}
