//! The name server in its second version: it decides as the first one does, has more stack, and says with how many names it
//! begins. So a scenario sees who has taken whose place.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::label::Status;
use ipc_proto::names;
use ipc_proto::registrar::{Answer, Entries, LABEL, Request};
use ipc_proto::slots;
use module_rt::{Client, Connection, Init, InitError, Manifest, Restart, Server, answer, log};
use name_server_core::{NameServer, Supervisor};

module_rt::module! {
    manifest: Manifest {
        version: 2,
        restart: Restart::Always as u8,
        stack_bytes: 9 * 4096,
        connections: 0,
        ..Manifest::new("name-server-2")
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
    let names = NameServer::begin(&mut Above)
        .map_err(|failure| InitError::new(3, format_args!("the ledger's entries: {failure}")))?;
    log!("version 2 begins with {} names", names.registry().entries().count());
    Ok(Names(names))
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
