//! The name server's steps, each up to its next question to the supervisor.

use std::sync::Arc;

use ipc_proto::ids::DomainId;
use ipc_proto::names::{self, Answer as Named, NameFailure};
use ipc_proto::registrar::{Answer, Entries, Refusal, Request};
use name_server_core::{NameServer, Supervisor};
use root_task_core::steps;

use crate::case::Op;
use crate::state::{At, Found, Said, Serving, place};
use crate::world::World;

/// What the supervisor has said so far; the first question beyond that is kept, and nothing is answered after it.
struct Replay<'a> {
    said: std::slice::Iter<'a, Said>,
    asks: Option<Request>,
}

impl Replay<'_> {
    fn next(&mut self, request: &Request) -> Option<&Said> {
        if self.asks.is_some() {
            return None;
        }
        let said = self.said.next();
        if said.is_none() {
            self.asks = Some(*request);
        }
        said
    }
}

impl Supervisor for Replay<'_> {
    fn ask(&mut self, request: &Request) -> Option<Answer> {
        match self.next(request)? {
            Said::Answer(answer) => Some(*answer),
            Said::Page(_) => None,
        }
    }

    fn entries(&mut self, from: u16) -> Option<Entries> {
        match self.next(&Request::Entries { from })? {
            Said::Page(page) => Some(page.clone()),
            Said::Answer(_) => None,
        }
    }
}

impl World<'_> {
    /// The name server goes on: with one question, or to the end of what it does.
    pub fn name_server_steps(&mut self, id: DomainId) {
        let thread = self.rooms[place(id)].as_ref().unwrap().thread.as_ref().unwrap();
        let mut replay = Replay { said: thread.said.iter(), asks: None };
        let Some(table) = &thread.names else {
            let begun = NameServer::begin(&mut replay);
            if let Some(request) = replay.asks {
                return self.supervisor_says(id, request);
            }
            let table = self.case.store.keep(Arc::new(Box::new(begun.unwrap())), None);
            let thread = self.thread(id).unwrap();
            thread.names = Some(table);
            thread.said.clear();
            return;
        };
        let Serving { client, badge, request } = thread.serves.clone().unwrap();
        let mut names = NameServer::clone(table);
        let answer = names.serve(&mut replay, badge, request.unwrap());
        if let Some(request) = replay.asks {
            return self.supervisor_says(id, request);
        }
        let table = self.case.store.keep(Arc::new(Box::new(names)), Some(table));
        let thread = self.thread(id).unwrap();
        thread.names = Some(table);
        let lacked = thread.said.contains(&Said::Answer(Answer::Refused(Refusal::Kernel)));
        thread.said.clear();
        thread.serves = None;
        // Who has died meanwhile is not there to be answered, and neither is its next instance.
        if self.ledger.is_running(client) {
            self.is_told(client.domain, &answer, lacked);
        }
    }

    fn supervisor_says(&mut self, id: DomainId, request: Request) {
        let said = match request {
            Request::Entries { from } => Said::Page(steps::entries(&self.ledger, from)),
            request => Said::Answer(steps::registrar(self, request).unwrap_or_else(Answer::Refused)),
        };
        self.thread(id).unwrap().said.push(said);
    }

    /// What the stub in `module-rt` makes of the name server's answer, for which the supervisor `lacked` room or not.
    fn is_told(&mut self, client: DomainId, answer: &Named, lacked: bool) {
        let op = self.op(client);
        let program = self.rooms[place(client)].as_ref().unwrap().program;
        let may = op.is_none_or(|op| match op {
            Op::Reserve(name) => self.case.may_register(program, &name),
            Op::Find(name, _) => self.case.may_look_up(program, &name),
            _ => true,
        });
        // Who holds it can be gone when that is told.
        let wanted =
            self.case.programs.iter().filter(|program| op.is_some_and(|op| program.ops.contains(&op)));
        let rivals = wanted.count() > 1;
        let thread = self.thread(client).unwrap();
        let At::Names { received: true, waited, request, .. } = thread.at else {
            return self.goes_wrong("somebody is answered who has not called");
        };
        match (op, answer) {
            (Some(Op::Reserve(_)), answer) if !may => {
                thread.at = At::Fails;
                if *answer != Named::Failed(NameFailure::Supervisor(Refusal::NotGranted)) {
                    self.goes_wrong("who may not register a name is told something else");
                }
            }
            (Some(Op::Reserve(_)), Named::Reserved(_)) => {
                thread.reserved += 1;
                thread.goes_on();
            }
            (Some(Op::Reserve(_)), Named::Failed(NameFailure::Taken)) if rivals => thread.at = At::Fails,
            (Some(Op::Reserve(_)), _) => self.goes_wrong("a free name cannot be reserved"),
            (Some(Op::Find(..)), answer)
                if !may && !matches!(answer, Named::Wait | Named::Failed(NameFailure::NotFound)) =>
            {
                self.goes_wrong("who may not look a name up learns that it is there");
            }
            (Some(Op::Find(..)), Named::Failed(NameFailure::Supervisor(Refusal::Kernel))) if lacked => {
                thread.has_found(Found::Nothing);
            }
            (Some(Op::Find(name, _)), Named::Found { slot, .. }) => {
                thread.has_found(Found::Slot(*slot));
                self.has_the_right_one(client, *slot, name);
            }
            (Some(Op::Find(..)), Named::Wait) => thread.at = At::Told,
            (Some(Op::Find(..)), Named::Failed(failure)) if failure.is_absence() => {
                let waits = matches!(request, names::Request::Lookup { wait: 1.., .. });
                thread.has_found(if waited { Found::TimedOut } else { Found::Nothing });
                if waits {
                    self.goes_wrong("a lookup that waits finds nothing, and does not wait");
                }
            }
            // The bound of waiters is not reached here, and every capability can be made.
            (Some(Op::Find(..)), Named::Failed(NameFailure::Supervisor(Refusal::Gone))) => {
                thread.has_found(Found::Nothing);
            }
            _ => self.goes_wrong("an answer that makes no sense"),
        }
    }

    /// What lies in the slot by now: nothing where it has gone since, and never something else than was looked up.
    fn has_the_right_one(&mut self, client: DomainId, slot: u8, name: ipc_proto::name::Name) {
        let caps = &self.thread(client).unwrap().caps;
        let Some((_, at)) = caps.iter().find(|(held, _)| *held == slot).copied() else { return };
        let named = self.ledger.services_from(0).any(|(_, of, offer)| of == at && offer.name == name);
        if !named {
            self.goes_wrong("a lookup leads to another service");
        }
    }

    /// What a thread is about to do, or does.
    pub fn op(&self, id: DomainId) -> Option<Op> {
        let room = self.rooms[place(id)].as_ref()?;
        self.case.ops(room).get(room.thread.as_ref()?.pc).copied()
    }
}
