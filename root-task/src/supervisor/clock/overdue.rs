//! What comes of an examination: an operator's answer, the end of an init that lasts too long, or a line about a module
//! that does not answer its calls, and, where the system's manifest wants that, its end.

use core::fmt;

use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::name::Name;
use ipc_proto::operator::{Examined, Finding, MAX_USERS, State, Users};
use root_task_core::allowance::OnHang;

use super::hang::Why;
use crate::report::Cause;
use crate::say;
use crate::supervisor::{Supervisor, answer};

/// A module is examined because of its calls once in this time at most, in nanoseconds: whoever has its calls last too
/// long again and again has the supervisor do no more than that.
const BETWEEN: u64 = 1_000_000_000;

/// How far a call has come that was not answered in time.
#[derive(Clone, Copy)]
pub enum Unanswered {
    /// Nobody has received it.
    Queued,
    /// Its server has.
    Received,
    /// Its server has put the caller aside, to answer later.
    Deferred,
}

/// What is told of a module that has not answered a call.
struct Told<'a> {
    client: &'a str,
    was: Unanswered,
    finding: Finding,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Told { client, was, finding } = self;
        match was {
            Unanswered::Queued => write!(f, "has not received a call of {client} in time: {finding}"),
            Unanswered::Received => {
                write!(f, "has received a call of {client} and not answered it in time: {finding}")
            }
            Unanswered::Deferred => {
                write!(f, "has not answered a deferred call of {client} before its deadline: {finding}")
            }
        }
    }
}

impl Supervisor {
    /// A module's init has had its time.
    pub(in crate::supervisor) fn init_is_overdue(&mut self, id: DomainId) {
        if let Some(who) = self.runs_now(id) {
            self.examine(who, Why::Init);
        }
    }

    /// A call has been answered in a module's place, since it has not done so in time.
    pub(in crate::supervisor) fn has_not_answered(
        &mut self,
        id: DomainId,
        client: DomainId,
        was: Unanswered,
    ) {
        let now = self.timer.now();
        let Some(who) = self.runs_now(id).filter(|_| !self.examiner.examines(id)) else { return };
        let Some(room) = self.room_mut(id).filter(|room| room.examined_until <= now) else { return };
        room.examined_until = now.saturating_add(BETWEEN);
        self.examine(who, Why::Call(client, was));
    }

    /// What is done with what an examination has found; nothing where the instance is dead.
    pub(in crate::supervisor) fn is_examined(&mut self, who: Instance, why: Why, finding: Option<Finding>) {
        match (why, finding) {
            (Why::Operator(waiter), finding) => {
                let callers = self.named_callers_of(who.domain);
                let found = match finding {
                    Some(finding) => Examined::Found { instance: who, finding, callers },
                    None => Examined::Gone,
                };
                waiter.answer(&mut self.memory, answer(&found));
            }
            (Why::Init, Some(finding)) if self.state(who.domain) == Some(State::Starting) => {
                let ms = self.room(who.domain).map_or(0, |room| room.allowance.init_ms);
                self.dies(who.domain, Cause::InitOverdue(ms.into(), finding));
            }
            (Why::Call(client, was), Some(finding)) => self.hangs(who, client, was, finding),
            (Why::Init | Why::Call(..), _) => {}
        }
    }

    /// A module was examined because it has not answered a call in time.
    fn hangs(&mut self, who: Instance, client: DomainId, was: Unanswered, finding: Finding) {
        let id = who.domain;
        let Some(name) = self.ledger.module(id).map(|module| module.name) else { return };
        // Who has called may be gone.
        let client = self.ledger.module(client).map(|module| module.name);
        let client = client.as_ref().map_or("a client", Name::as_str);
        let words = Told { client, was, finding };
        say!("supervisor: {name}.{} {words}", who.generation);
        self.keep_words(name, who.generation, format_args!("{words}"));
        let now = self.timer.now();
        let Some(room) = self.room_mut(id) else { return };
        let deadline = u64::from(room.request.deadline_micros).saturating_mul(1000);
        if let Some(time) = room.unanswering.found(who.generation, &finding, now, deadline)
            && room.allowance.hang == OnHang::Restart
            && !self.is_pinned(&name)
        {
            self.dies(id, Cause::Hangs(time / 1_000_000, finding));
        }
    }

    fn named_callers_of(&self, id: DomainId) -> Users {
        let mut users = Users { names: heapless::Vec::new(), more: 0 };
        for caller in self.callers_of(id).iter().filter_map(|caller| self.ledger.module(*caller)) {
            if users.names.len() < MAX_USERS {
                // There is room: that was just asked.
                let _ = users.names.push(caller.name);
            } else {
                users.more = users.more.saturating_add(1);
            }
        }
        users
    }
}
