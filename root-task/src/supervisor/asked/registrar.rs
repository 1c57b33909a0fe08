//! What the name server asks of the supervisor.

use ipc_proto::badge::Badge;
use ipc_proto::ids::Instance;
use ipc_proto::label::Status;
use ipc_proto::registrar::{Answer, Request};
use root_task_core::steps;

use crate::supervisor::{Response, Supervisor, answer, status};

impl Supervisor {
    pub(in crate::supervisor) fn registrar_asks(&mut self, who: Instance, request: Request) -> Response {
        if self.ledger.module(who.domain).is_none_or(|module| module.name != self.system.name_server) {
            return status(Status::Refused);
        }
        if let Request::Entries { from } = request {
            return answer(&steps::entries(&self.ledger, from));
        }
        let owner = match &request {
            Request::Enter { owner, .. } => Badge::from_word(*owner).map(|badge| badge.holder.domain),
            _ => None,
        };
        let result = steps::registrar(self, request);
        if let (Some(owner), Ok(Answer::Entered(_))) = (owner, &result) {
            self.init_reserves(owner);
        }
        answer(&result.unwrap_or_else(Answer::Refused))
    }
}
