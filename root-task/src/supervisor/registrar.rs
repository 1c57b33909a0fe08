//! What the name server asks of the supervisor.

use heapless::Vec;
use ipc_proto::badge::{Badge, Kind};
use ipc_proto::ids::Instance;
use ipc_proto::label::Status;
use ipc_proto::registrar::{Answer, Entries, Entry, Refusal, Request};
use root_task_core::ledger::Offer;

use super::{Response, Supervisor, answer, status};

impl Supervisor {
    pub(super) fn registrar_asks(&mut self, who: Instance, request: Request) -> Response {
        if self.ledger.module(who.domain).is_none_or(|module| module.name != self.system.name_server) {
            return status(Status::Refused);
        }
        if let Request::Entries { from } = request {
            return answer(&self.entries(from));
        }
        answer(&self.registrar(request).unwrap_or_else(Answer::Refused))
    }

    /// The running instance that a client badge names.
    fn holder(&self, badge: u64) -> Result<Instance, Refusal> {
        match Badge::from_word(badge) {
            Some(Badge { kind: Kind::Client, holder, .. }) => {
                self.ledger.resolve(holder).ok_or(Refusal::NoSuchDomain)
            }
            _ => Err(Refusal::NoSuchDomain),
        }
    }

    fn entries(&self, from: u16) -> Entries {
        let mut page = Vec::new();
        for (owner, service, Offer { name, version }) in self.ledger.services_from(from) {
            if page.push(Entry { owner, service, name, version }).is_err() {
                return Entries { page, next: Some(service.index) };
            }
        }
        Entries { page, next: None }
    }

    fn registrar(&mut self, request: Request) -> Result<Answer, Refusal> {
        match request {
            Request::Enter { owner, again, name, version } => {
                let owner = self.holder(owner)?;
                let service = self.ledger.enter(owner, Offer { name, version }, again)?;
                self.tell_cycles();
                Ok(Answer::Entered(service))
            }
            Request::Withdraw { owner, service } => {
                let owner = self.holder(owner)?;
                self.ledger.withdraw(owner, service);
                Ok(Answer::Done)
            }
            Request::Wait { client, name, versions, micros } => {
                let client = self.holder(client)?;
                self.enter_wait(client, name, versions, micros)
            }
            // It was answered in another type.
            Request::Entries { .. } => Err(Refusal::Gone),
            Request::State { service } => {
                Ok(Answer::State(self.ledger.service_info(service).map(|info| info.state)))
            }
            Request::Connect { client, service } => {
                let client = self.holder(client)?;
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
