//! What the name server asks of the supervisor.

use ipc_proto::badge::{Badge, Kind};
use ipc_proto::ids::Instance;
use ipc_proto::label::Status;
use ipc_proto::registrar::{Answer, Refusal, Request};

use super::{Response, Supervisor, answer, status};

/// The instance that a client badge names.
fn holder(badge: u64) -> Result<Instance, Refusal> {
    match Badge::from_word(badge) {
        Some(Badge { kind: Kind::Client, holder, .. }) => Ok(holder),
        _ => Err(Refusal::NoSuchDomain),
    }
}

impl Supervisor {
    pub(super) fn registrar_asks(&mut self, who: Instance, request: Request) -> Response {
        let is_name_server = self.ledger.is_running(who)
            && self.ledger.module(who.domain).is_some_and(|module| module.name == self.system.name_server);
        if !is_name_server {
            return status(Status::Refused);
        }
        answer(&self.registrar(request).unwrap_or_else(Answer::Refused))
    }

    fn registrar(&mut self, request: Request) -> Result<Answer, Refusal> {
        match request {
            Request::Enter { owner, again } => Ok(Answer::Entered(self.ledger.enter(holder(owner)?, again)?)),
            Request::Withdraw { owner, service } => {
                self.ledger.withdraw(holder(owner)?, service);
                Ok(Answer::Done)
            }
            Request::Exists { service } => Ok(Answer::Exists(self.ledger.exists(service))),
            Request::Connect { client, service } => {
                let client = holder(client)?;
                let connection = self.ledger.connect(client, service)?;
                if let Err(refusal) = self.mint_connection(client.domain, &connection) {
                    self.ledger.disconnect(client.domain, connection.slot);
                    return Err(refusal);
                }
                Ok(Answer::Connected { slot: connection.slot, generation: connection.generation })
            }
        }
    }
}
