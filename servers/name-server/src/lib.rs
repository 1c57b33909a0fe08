//! The name server's shell: it hands requests to [`name_server_core`], which decides, and carries its questions to the
//! supervisor.
#![no_std]
#![forbid(unsafe_code)]

use ipc_proto::label::Status;
use ipc_proto::names;
use ipc_proto::registrar::{Answer, Entries, LABEL, Request};
use ipc_proto::slots;
use module_rt::{Client, Connection, InitError, Server, answer};
use name_server_core::{NameServer, Supervisor};

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

/// A name server that is asked by modules.
pub struct Names(pub NameServer);

impl Names {
    /// Begins with what the ledger knows.
    ///
    /// # Errors
    /// Where the supervisor does not say what that is.
    pub fn begin() -> Result<Names, InitError> {
        NameServer::begin(&mut Above)
            .map(Names)
            .map_err(|failure| InitError::new(3, format_args!("the ledger's entries: {failure}")))
    }
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
