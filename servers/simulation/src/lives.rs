//! Starts, deaths and ends, in the order in which the supervisor's shell does them (`end/death.rs`, `end/unload.rs`,
//! `end/dependents.rs`, `life/instance.rs`, `life/failed.rs` in `root-task/src/supervisor/`). What each of them decides is
//! in the core.

use ipc_proto::badge::{DEPARTURE, LOSS};
use ipc_proto::ids::{DomainId, Generation};
use ipc_proto::label::Status;
use ipc_proto::operator::State;
use root_task_core::alarms::What;
use root_task_core::dependents;
use root_task_core::ledger::Death;
use root_task_core::restart::{Decision, History};
use root_task_core::steps::{self, Demand, Next};

use crate::calls::{Goes, Message};
use crate::devices::Has;
use crate::failure::Failure;
use crate::how::How;
use crate::kernel::Fate;
use crate::lockers::Locker;
use crate::thread::Thread;
use crate::world::{At, Died, Running, World};

impl World {
    /// Starts the next instance.
    pub fn start(&mut self, id: DomainId) {
        steps::cancel_restart(self, id);
        let Some(generation) = self.ledger.start(id) else { return };
        let instance = ipc_proto::ids::Instance { domain: id, generation };
        let name = self.called(id);
        let has_device = self.room(id).is_some_and(|room| self.has_made_up(&room.name));
        let Some(room) = self.room_mut(id) else { return };
        match Thread::make(instance, &name, room.module.program()) {
            Ok(thread) => {
                let at = At::Ready(Goes::On(0, Message::default()));
                let (has, locker) = (if has_device { Has::Device } else { Has::Nothing }, Locker::default());
                room.running = Some(Running { instance, thread, at, caller: None, locker, has });
                room.has_interrupt = has_device;
                room.init = None;
                if !room.request.program {
                    self.begin_init(id);
                }
                self.tell(format!("{name} is started"));
            }
            Err(error) => self.fails(Failure::NoThread(error.to_string())),
        }
    }

    /// The running instance is dead from now on: whoever is inside a call to it is answered in this turn.
    pub fn dies(&mut self, id: DomainId, how: How) {
        let Some(who) = self.running(id).map(|running| running.instance) else { return };
        let name = self.called(id);
        self.tell(format!("{name} {how}"));
        let (budget, now, cause) = (self.system.restart_budget(), self.now, how.cause());
        let Some(room) = self.room_mut(id) else { return };
        let decision = room.history.decide(room.request.restart, cause, &budget, now);
        if let (true, How::Panicked(words)) = (room.of_test, &how) {
            let words = words.clone();
            self.fails(Failure::Panicked { who: name.clone(), words });
        }
        let (next, queued) = steps::fate_of_callers(self.ledger.module(id), cause, decision);
        self.bury(id, next, queued);
        self.keep_death(id, who.generation, how);
        let Some(death) = self.has_died(id) else { return };
        if let Some(room) = self.room_mut(id) {
            room.death = Some((cause, decision));
        }
        if death.was == State::Stopping {
            self.unload(id);
        } else if death.was_live {
            self.dead.push(id);
        } else {
            self.conclude(id);
        }
    }

    fn keep_death(&mut self, id: DomainId, generation: Generation, how: How) {
        let module = self.room(id).map(|room| room.name.as_str().to_owned()).unwrap_or_default();
        self.died.push(Died { module, generation, how });
    }

    /// The thread ends, and whoever stands on a call to it is answered, or goes on waiting for the next instance.
    fn bury(&mut self, id: DomainId, next: Generation, queued: Option<Status>) {
        self.leaves_call(id);
        let Some(running) = self.room_mut(id).and_then(|room| room.running.take()) else { return };
        let instance = running.instance;
        // Now, so that its destructors have run before anybody goes on.
        drop(running);
        self.lose_windows_of(id);
        steps::leaves(self, instance);
        let callers = self.callers_of(id);
        self.answer_callers(id, &callers, Fate { interrupted: (instance.generation, next), queued });
    }

    /// Enters a death into the ledger, and tells those who keep something for the dead.
    fn has_died(&mut self, id: DomainId) -> Option<Death> {
        let watchers = self.ledger.watchers_of(id);
        let death = self.ledger.died(id)?;
        for server in watchers {
            self.signal(server, DEPARTURE);
        }
        self.tell_dependents(id);
        Some(death)
    }

    /// A server has died, has failed, or is about to be forgotten: what its clients want done is done, or put off.
    fn tell_dependents(&mut self, server: DomainId) {
        let Some(lost) = self.ledger.module(server).map(|module| module.name) else { return };
        let plan = dependents::plan(&self.ledger, server);
        for client in plan.notified {
            self.ledger.note_loss(client, server);
            self.signal(client, LOSS);
        }
        for client in plan.restarted {
            let Some(who) = self.newest(client) else { continue };
            if !self.orphans.iter().any(|(orphan, _)| *orphan == who) {
                self.orphans.push((who, lost));
            }
        }
    }

    /// Does one thing that can be done while others run in between.
    pub fn go_on(&mut self) {
        while let Some((who, lost)) = self.orphans.pop() {
            if self.ledger.is_running(who) {
                return self.end_orphan(who.domain, &lost);
            }
        }
        if !self.dead.is_empty() {
            let id = self.dead.remove(0);
            self.conclude(id);
        }
    }

    /// Ends one of those who are to be started again: it is, right behind what it has lost.
    fn end_orphan(&mut self, id: DomainId, lost: &ipc_proto::name::Name) {
        self.dies(id, How::Lost(lost.as_str().to_owned()));
        let lost = self.ledger.find(lost);
        if self.dead.last() == Some(&id) {
            self.dead.pop();
            let place = self.dead.iter().position(|dead| Some(*dead) == lost);
            self.dead.insert(place.map_or(0, |place| place.saturating_add(1)), id);
        }
    }

    /// A dead instance is reaped, and its policy says what is next.
    fn conclude(&mut self, id: DomainId) {
        let Some(room) = self.room_mut(id) else { return };
        let Some((cause, decision)) = room.death.take() else { return };
        room.has_interrupt = false;
        let (Some(dead), Some(module)) = (self.newest(id), self.ledger.module(id)) else { return };
        match steps::after_reaping(module.was_live, cause, decision, true) {
            Next::Forget | Next::Done => self.clear(id),
            Next::Restart(delay) => {
                let (budget, now) = (self.system.restart_budget(), self.now);
                if let Some(room) = self.room_mut(id) {
                    room.history.note(cause, &budget, now);
                }
                if steps::restarts_at_once(self, dead, delay) {
                    self.start(id);
                }
            }
            Next::GiveUp => self.close(id),
        }
    }

    /// There is no further instance: whoever calls is told so.
    fn close(&mut self, id: DomainId) {
        self.ledger.fail(id);
        let none = (Generation::NONE, Generation::NONE);
        let callers = self.callers_of(id);
        self.answer_callers(id, &callers, Fate { interrupted: none, queued: Some(Status::Failed) });
        if let Some(room) = self.room_mut(id) {
            room.silenced = true;
        }
        let name = self.called(id);
        self.tell(format!("{name} has failed"));
        self.tell_dependents(id);
    }

    /// Nothing stays: its clients' capabilities are gone.
    fn clear(&mut self, id: DomainId) {
        self.tell_dependents(id);
        let none = (Generation::NONE, Generation::NONE);
        let callers = self.callers_of(id);
        self.answer_callers(id, &callers, Fate { interrupted: none, queued: Some(Status::NotDelivered) });
        let name = self.called(id);
        steps::forget(self, id);
        if let Some(room) = self.rooms.get_mut(usize::from(id.0)) {
            *room = None;
        }
        self.tell(format!("{name} is gone"));
    }

    /// Destroys whatever there is of a module, and forgets it.
    pub fn unload(&mut self, id: DomainId) {
        let generation = self.running(id).map(|running| running.instance.generation);
        self.bury(id, Generation::NONE, Some(Status::NotDelivered));
        if let Some(generation) = generation {
            self.keep_death(id, generation, How::Unloaded);
        }
        // What was dead already has been told of.
        let _ = self.has_died(id);
        self.dead.retain(|dead| *dead != id);
        self.clear(id);
    }

    /// An operator unloads a module: when its call in service is answered, or at once where it has none.
    pub fn unload_by_operator(&mut self, id: DomainId) {
        if self.callers_of(id).is_empty() || !self.ledger.stop(id) {
            return self.unload(id);
        }
        let (Some(who), Some(room)) = (self.newest(id), self.room(id)) else { return };
        let deadline = u64::from(room.request.deadline_micros).saturating_mul(1000);
        // There is room: the list is longer than the table of modules.
        let _ = self.alarms.set(What::StopOver(who), self.now.saturating_add(deadline));
        let name = self.called(id);
        self.tell(format!("{name} is being unloaded"));
        if self.running(id).is_some_and(|running| matches!(running.at, At::Receives)) {
            // It has no call in service.
            self.unload(id);
        }
    }

    /// An operator wants another instance. `false` where it is not for a module in that state.
    pub fn restart_by_operator(&mut self, id: DomainId) -> bool {
        let Some(demand) = steps::restart_on_demand(self, id) else { return false };
        if demand != Demand::Hurry
            && let Some(room) = self.room_mut(id)
        {
            room.history = History::default();
        }
        match demand {
            Demand::Replace => self.dies(id, How::Restarted),
            Demand::Mend | Demand::Hurry => self.start(id),
            Demand::Await => {
                if let Some((_, decision)) = self.room_mut(id).and_then(|room| room.death.as_mut()) {
                    *decision = Decision::Restart(0);
                }
            }
        }
        true
    }
}
