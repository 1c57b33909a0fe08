//! Starts, deaths and ends, in the order in which the supervisor's shell does them (`end/death.rs`, `end/unload.rs`,
//! `life/instance.rs`, `life/failed.rs` in `root-task/src/supervisor/`). What each of them decides is in the core's steps.

use ipc_proto::ids::{DomainId, Generation};
use ipc_proto::label::Status;
use ipc_proto::operator::State as Life;
use root_task_core::alarms::What;
use root_task_core::restart::{Cause, Decision, History, Restart};
use root_task_core::steps::{self, Demand, Effects, Next};

use crate::case::Op;
use crate::state::{At, Found, Room, Thread, place};
use crate::world::World;

/// How often the stub asks the name server again.
const MAX_REPEATED: u8 = 4;

impl World<'_> {
    /// A module is loaded.
    pub fn load(&mut self, program: usize) {
        let name = self.case.programs[program].name;
        let id = self.tables().ledger.admit(name, 4, false).unwrap();
        let mut history = History::default();
        for _ in 0..self.case.restarted {
            history.note(Cause::Failure, &self.case.system.restart_budget(), 0);
        }
        self.rooms[place(id)] = Some(Room {
            program,
            starts: 0,
            history,
            thread: None,
            awaits: false,
            death: None,
            closed: false,
            was_live: false,
        });
        self.start(id);
    }

    fn start(&mut self, id: DomainId) {
        steps::cancel_restart(self, id);
        if self.tables().ledger.start(id).is_none() {
            return self.goes_wrong("a module is started that runs");
        }
        let mut thread = Thread::new();
        if self.names() == id {
            thread.at = At::Serves;
        }
        let room = self.room(id).unwrap();
        room.thread = Some(thread);
        room.starts = (room.starts + 1).min(2);
    }

    /// An instance dies.
    pub fn dies(&mut self, id: DomainId, cause: Cause) {
        let room = self.rooms[place(id)].as_ref().unwrap();
        let budget = self.case.system.restart_budget();
        let policy = self.case.programs[room.program].policy;
        let decision = room.history.decide(policy, cause, &budget, self.now);
        let (next, queued) = steps::fate_of_callers(self.ledger.module(id), cause, decision);
        self.bury(id, next, queued);
        let Some(death) = self.tables().ledger.died(id) else { return };
        self.room(id).unwrap().death = Some((cause, decision));
        if death.was == Life::Stopping {
            self.unload(id);
        } else if death.was_live {
            self.dead.push(id);
        } else {
            self.conclude(id);
        }
    }

    /// The thread stops, and whoever stands on a call to it is answered, or goes on waiting for the next instance.
    fn bury(&mut self, id: DomainId, next: Generation, queued: Option<Status>) {
        let who = self.newest(id).unwrap();
        let callers = self.callers_of(id);
        self.room(id).unwrap().thread = None;
        steps::leaves(self, who);
        self.answer_callers(&callers, next, queued);
    }

    /// Answers those who stand on calls: `Interrupted` where they were received, `queued` where they were not.
    fn answer_callers(&mut self, callers: &[DomainId], next: Generation, queued: Option<Status>) {
        let come_again = self.names_come_again();
        for client in callers {
            let op = self.op(*client);
            let Some(thread) = self.thread(*client) else { continue };
            match &mut thread.at {
                At::Names { received, repeated, .. }
                    if *received && next != Generation::NONE && *repeated < MAX_REPEATED =>
                {
                    *received = false;
                    *repeated += 1;
                }
                At::Names { received, .. } | At::Calls { received, .. } if !*received && queued.is_none() => {
                }
                At::Names { .. } if come_again => {
                    self.goes_wrong("the name server is started again, and a request to it is lost");
                }
                // The stub gives up: what it reserves its init cannot do without.
                At::Names { .. } if matches!(op, Some(Op::Reserve(_))) => thread.at = At::Fails,
                At::Names { .. } => thread.has_found(Found::Nothing),
                At::Calls { .. } => thread.goes_on(),
                _ => self.goes_wrong("somebody is answered who has not called"),
            }
        }
    }

    /// Whether the name server is to be started again, or has been.
    fn names_come_again(&self) -> bool {
        let budget = self.case.system.restart_budget();
        self.rooms[place(self.names())].as_ref().is_some_and(|room| {
            !room.closed
                && matches!(
                    room.history.decide(Restart::Always, Cause::Failure, &budget, 0),
                    Decision::Restart(_)
                )
        })
    }

    /// A dead instance is reaped, and its policy says what is next.
    pub fn conclude(&mut self, id: DomainId) {
        let Some((cause, decision)) = self.room(id).and_then(|room| room.death.take()) else { return };
        let dead = self.newest(id).unwrap();
        let was_live = self.ledger.module(id).unwrap().was_live;
        match steps::after_reaping(was_live, cause, decision, true) {
            Next::Forget | Next::Done => self.clear(id),
            Next::Restart(delay) => {
                let (budget, now) = (self.case.system.restart_budget(), self.now);
                self.room(id).unwrap().history.note(cause, &budget, now);
                if steps::restarts_at_once(self, dead, delay) {
                    self.start(id);
                }
            }
            Next::GiveUp => self.close(id),
        }
    }

    /// There is no further instance: whoever calls is told so.
    fn close(&mut self, id: DomainId) {
        self.tables().ledger.fail(id);
        let callers = self.callers_of(id);
        self.room(id).unwrap().closed = true;
        self.answer_callers(&callers, Generation::NONE, Some(Status::Failed));
    }

    /// Nothing stays. The kernel takes back every capability to the module's endpoint, and answers who is queued there.
    fn clear(&mut self, id: DomainId) {
        let callers = self.callers_of(id);
        steps::forget(self, id);
        self.rooms[place(id)] = None;
        self.answer_callers(&callers, Generation::NONE, Some(Status::NotDelivered));
        let ledger = std::sync::Arc::clone(&self.ledger);
        for thread in self.rooms.iter_mut().flatten().filter_map(|room| room.thread.as_mut()) {
            thread.caps.retain(|(_, at)| ledger.exists(*at));
        }
    }

    /// Whatever there is of a module is destroyed.
    pub fn unload(&mut self, id: DomainId) {
        if self.room(id).is_some_and(|room| room.thread.is_some()) {
            self.bury(id, Generation::NONE, Some(Status::NotDelivered));
        }
        let _ = self.tables().ledger.died(id);
        self.dead.retain(|dead| *dead != id);
        if let Some(room) = self.room(id) {
            room.death = None;
        }
        self.clear(id);
    }

    /// An operator wants it unloaded: in two stages, where somebody stands on a call to it.
    pub fn unload_by_operator(&mut self, id: DomainId) {
        let stops = !self.callers_of(id).is_empty() && self.tables().ledger.stop(id);
        if !stops {
            return self.unload(id);
        }
        let who = self.newest(id).unwrap();
        let _ = self.tables().alarms.set(What::StopOver(who), 1);
    }

    /// An operator wants it restarted.
    pub fn restart_by_operator(&mut self, id: DomainId) {
        match steps::restart_on_demand(self, id) {
            Some(Demand::Replace) => {
                self.room(id).unwrap().history = History::default();
                self.dies(id, Cause::Demanded);
            }
            Some(Demand::Mend) => {
                self.room(id).unwrap().history = History::default();
                self.start(id);
            }
            Some(Demand::Hurry) => self.start(id),
            Some(Demand::Await) => {
                let room = self.room(id).unwrap();
                room.history = History::default();
                if let Some((_, decision)) = &mut room.death {
                    *decision = Decision::Restart(0);
                }
            }
            None => {}
        }
    }

    /// An alarm goes off.
    pub fn goes_off(&mut self, what: What) {
        let soon = self.alarms.next() == Some(0);
        self.tables().alarms.cancel(what);
        match what {
            What::Waits => {
                // Time passes to the end of the wait that ends first, unless it is only a look.
                self.now = if soon { 0 } else { self.waits.next().unwrap_or(0) };
                steps::look_at_waits(self);
                self.now = 0;
            }
            What::Restart(dead) if steps::is_to_restart(&self.ledger, dead) => self.start(dead.domain),
            What::StopOver(who)
                if self.ledger.is_running(who) && self.life(who.domain) == Some(Life::Stopping) =>
            {
                self.unload(who.domain);
            }
            _ => {}
        }
    }
}
