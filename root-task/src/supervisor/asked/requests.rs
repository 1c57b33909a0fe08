//! What any module may ask of the supervisor.

use ipc_proto::deferred;
use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::label::Status;
use ipc_proto::passing;
use ipc_proto::slots::{FIRST_CONNECTION, MAX_CONNECTIONS};
use ipc_proto::supervisor::{Answer, Request};
use root_task_core::ledger::DeclareError;
use root_task_core::steps;
use sel4::CapRights;

use crate::domain::locker::Locker;
use crate::report::Cause;
use crate::supervisor::asked::journal::line;
use crate::supervisor::{Response, Supervisor, answer, answer_words, status};

impl Supervisor {
    pub(in crate::supervisor) fn module_asks(&mut self, who: Instance, request: Request) -> Response {
        let id = who.domain;
        match request {
            Request::Publish => {
                self.publish(who);
                if self.state(id) == Some(ipc_proto::operator::State::Held) {
                    return self.hold_publisher(id);
                }
                answer(&Answer::Done)
            }
            Request::InitFailed { code, reason } => {
                self.dies(id, Cause::InitFailed(code, reason));
                Response::Later
            }
            Request::Exit { code } => {
                self.dies(id, Cause::Exited(code));
                Response::Later
            }
            Request::Panicked { reason } => {
                self.dies(id, Cause::Panicked(reason));
                Response::Later
            }
            Request::Log { line } => {
                self.log(who, &line);
                answer(&Answer::Done)
            }
            Request::Args => match self.room(id) {
                Some(room) => answer(&Answer::Args(room.args.clone())),
                None => answer(&Answer::Refused),
            },
            Request::Departed => answer(&Answer::Departed(self.ledger.take_departures(id))),
            Request::Revoke { client } => self.revoke_by_badge(who, client),
            Request::Stow { slot, index } => self.stow(who, slot, index),
        }
    }

    /// A module is about to answer a caller that it had put aside in its locker.
    pub(in crate::supervisor) fn hand_out(&self, who: Instance, request: deferred::Request) -> Response {
        let answer = self.locker_of(who.domain).map(|mut locker| steps::hand_out(request, &mut locker));
        let answer = answer.unwrap_or(deferred::Answer::Refused);
        answer_words(answer.to_words())
    }

    fn locker_of(&self, id: DomainId) -> Option<Locker<'_>> {
        let room = self.room(id)?;
        let (bits, probe) = (room.request.locker_bits, self.memory.probe());
        Some(Locker { domain: room.domain.as_ref()?, bits, probe })
    }

    /// How many callers a module has put aside who still wait.
    pub(in crate::supervisor) fn callers_aside(&self, id: DomainId) -> usize {
        self.locker_of(id).map_or(0, |locker| steps::callers_in(&locker))
    }

    /// A module passes a connection on, or takes one.
    pub(in crate::supervisor) fn passing_asked(
        &mut self,
        who: Instance,
        request: &passing::Request,
    ) -> Response {
        answer(&steps::pass(self, who, request).unwrap_or_else(passing::Answer::Refused))
    }

    /// A module says of which interface a service is.
    pub(in crate::supervisor) fn declared(&mut self, who: Instance, said: passing::Declaration) -> Response {
        match self.ledger.declare(who, said.service, said.interface) {
            Ok(()) => answer_words([0; 4]),
            Err(DeclareError::NotReserved) => status(Status::Refused),
            Err(error @ DeclareError::Known { .. }) => {
                self.dies(who.domain, Cause::InitFailed(1, line(format_args!("{error}"))));
                Response::Later
            }
        }
    }

    /// Copies a connection into the module's locker.
    fn stow(&self, who: Instance, slot: u8, index: u16) -> Response {
        let connections = FIRST_CONNECTION..FIRST_CONNECTION.saturating_add(u64::from(MAX_CONNECTIONS));
        let Some(room) = self.room(who.domain) else { return answer(&Answer::Refused) };
        let (Some(domain), bits) = (&room.domain, room.request.locker_bits) else {
            return answer(&Answer::Refused);
        };
        if bits == 0 || index == 0 || !connections.contains(&u64::from(slot)) {
            return answer(&Answer::Refused);
        }
        match domain.locker(index, bits).copy(&domain.cspace(u64::from(slot)), CapRights::all()) {
            Ok(()) => answer(&Answer::Done),
            Err(_) => answer(&Answer::Refused),
        }
    }
}
