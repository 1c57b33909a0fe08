//! Errands: long work of the kernel's, which the worker does in turns before the supervisor does the rest.
//!
//! A revoke takes some 250 instructions for each capability that was copied, clearing memory some 600 for each KiB. Where
//! there can be many of them, the supervisor has the worker ask the kernel first. When the worker has come to the end,
//! the supervisor does the same in the ordinary way and finds nothing left to do: what is right does not depend on the
//! worker, only how long others wait.

use heapless::Vec;
use ipc_proto::ids::DomainId;
use ipc_proto::operator::{self, Users};
use ipc_proto::supervisor;
use root_task_core::alarms::What;
use root_task_core::ledger::MAX_MODULES;
use root_task_core::slots::SlotRange;

use super::unload::End;
use crate::arch;
use crate::supervisor::waiter::Waiter;
use crate::supervisor::{Supervisor, answer};
use crate::worker::Step;

/// How long a turn of the worker lasts, in nanoseconds.
const TURN: u64 = 100_000;
/// With as many slots in all lockers a revoke is short: it is made at once. In turns it would take a sixth longer.
const SHORT_LOCKERS: u64 = 1024;
/// An instance of as many bytes is taken down at once, if the lockers are short, too.
const SHORT_BYTES: u64 = 256 * 1024;
/// How many errands there can be: for each module one of its own, and one that it asks for.
const MAX_ERRANDS: usize = 2 * MAX_MODULES;

/// Errands, the one in hand first.
pub struct Errands {
    list: Vec<Errand, MAX_ERRANDS>,
    /// How many steps of the first one are done.
    done: usize,
}

/// What can be done while others run in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One of the dead is reaped.
    Reap,
    /// A piece of an instance is made.
    Build,
    /// The worker has a turn.
    Work,
}

/// Who is to be told that a module is unloaded.
pub enum Told {
    /// An operator who waits, and who used the module.
    Operator(Waiter, Users),
    /// Whoever reads the console: it was stopped before, and this is how that ended.
    Console(End),
    /// Nobody: an alarm has done it, or somebody who does not wait.
    Nobody,
}

/// Who waits for a revoke.
pub enum Asker {
    /// An operator.
    Operator(Waiter),
    /// The module itself.
    Module(Waiter),
    /// Nobody: an alarm has done it, or somebody who does not wait.
    Nobody,
}

/// A piece of long work, and what follows it.
pub enum Errand {
    /// A dead instance: it is reaped, and its policy says what is next.
    Reap(DomainId),
    /// A module that is dead already: it is forgotten.
    Unload(DomainId, Told),
    /// A module of which there will be no further instance: its clients' capabilities are gone.
    Close(DomainId),
    /// A client's capabilities to a module, which lie in these slots of the supervisor's since they were taken from it.
    Revoke(SlotRange, Asker),
    /// The memory of an instance that is to be made: it is made.
    Clear(DomainId),
}

impl Errands {
    /// None.
    pub const fn new() -> Errands {
        Errands { list: Vec::new(), done: 0 }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Who is to be told of a module's unload, where it is dead and on its way out.
    pub fn unloads(&mut self, id: DomainId) -> Option<&mut Told> {
        self.list.iter_mut().find_map(|errand| match errand {
            Errand::Unload(of, told) if *of == id => Some(told),
            _ => None,
        })
    }

    /// What is being done with a module that is dead, where it cannot be started meanwhile.
    pub fn end_of(&self, id: DomainId) -> Option<&'static str> {
        self.list.iter().find_map(|errand| match errand {
            Errand::Unload(of, _) if *of == id => Some("is being unloaded"),
            Errand::Close(of) if *of == id => Some("is being given up"),
            _ => None,
        })
    }
}

impl Supervisor {
    /// Whether taking capabilities back can take long: there are lockers to keep many copies in.
    pub(in crate::supervisor) fn revokes_are_long(&self) -> bool {
        let slots =
            |bits: u8| if bits == 0 { 0 } else { 1_u64.checked_shl(u32::from(bits)).unwrap_or(u64::MAX) };
        let running = self.rooms.iter().flatten().filter(|room| room.domain.is_some());
        let lockers = running.map(|room| slots(room.request.locker_bits));
        lockers.fold(0, u64::saturating_add) > SHORT_LOCKERS
    }

    /// Whether taking an instance down can take long.
    pub(in crate::supervisor) fn is_long(&self, id: DomainId) -> bool {
        let domain = self.room(id).and_then(|room| room.domain.as_ref());
        domain.is_some_and(|domain| domain.bytes() > SHORT_BYTES) || self.revokes_are_long()
    }

    /// Does something at once, or takes it on as an errand where it can take long.
    pub(in crate::supervisor) fn carry_out(&mut self, errand: Errand) {
        let long = match &errand {
            Errand::Reap(id) | Errand::Unload(id, _) => self.is_long(*id),
            Errand::Close(_) | Errand::Revoke(..) => self.revokes_are_long(),
            // Whoever has memory cleared has looked how much it is.
            Errand::Clear(_) => true,
        };
        if long { self.take_on(errand) } else { self.finish(errand) }
    }

    /// Takes an errand on: others run first. Where there are too many, it is done at once.
    pub(in crate::supervisor) fn take_on(&mut self, errand: Errand) {
        match self.errands.list.push(errand) {
            Ok(()) => self.let_others_run(),
            Err(errand) => self.finish(errand),
        }
    }

    /// The `n`th step of an errand.
    fn step(&self, errand: &Errand, n: usize) -> Option<Step> {
        match errand {
            Errand::Reap(id) => self.instance_steps(*id, n),
            Errand::Unload(id, _) | Errand::Close(id) if n == 0 => {
                Some(Step::Revoke(arch::root_slot(self.room(*id)?.home.endpoint())))
            }
            Errand::Unload(id, _) => self.instance_steps(*id, n.saturating_sub(1)),
            Errand::Close(_) => None,
            Errand::Revoke(slots, _) => {
                Some(Step::Revoke(arch::slot(u64::from(slots.get(u16::try_from(n).ok()?)?.0))))
            }
            Errand::Clear(id) if n == 0 => Some(self.room(*id)?.building.as_ref()?.clearing()),
            Errand::Clear(_) => None,
        }
    }

    fn instance_steps(&self, id: DomainId, n: usize) -> Option<Step> {
        let room = self.room(id)?;
        let domain = room.domain.as_ref()?;
        let device = if domain.device { self.device_of(&self.ledger.module(id)?.name) } else { None };
        let devices = device.into_iter().flat_map(|device| device.slots_to_revoke(&room.home));
        devices.chain(domain.slots_to_revoke(&room.last_connections)).nth(n).map(Step::Revoke)
    }

    /// Gives the worker the next step of the errand in hand, if there is one more.
    fn give_next_step(&mut self) -> bool {
        let step = self.errands.list.first().and_then(|errand| self.step(errand, self.errands.done));
        if let Some(step) = step {
            self.worker.give(step);
        }
        step.is_some()
    }

    /// The worker has a turn at the errand in hand.
    pub(in crate::supervisor) fn have_a_turn(&mut self) {
        if !self.worker.is_busy() && !self.give_next_step() {
            self.finish_errand();
            return;
        }
        self.worker.work();
        // Without an alarm it works to the end of the errand: others wait longer.
        let _ = self.alarms.set(What::TurnOver, self.timer.now().saturating_add(TURN));
        self.set_timer();
    }

    /// The worker has had its turn.
    pub(in crate::supervisor) fn turn_is_over(&mut self) {
        self.worker.rest();
        self.let_others_run();
    }

    /// The worker has ended a step.
    pub(in crate::supervisor) fn worked(&mut self) {
        if !self.worker.has_ended() {
            return;
        }
        self.errands.done = self.errands.done.saturating_add(1);
        if !self.give_next_step() {
            self.alarms.cancel(What::TurnOver);
            self.worker.rest();
            self.finish_errand();
            self.go_on_if_there_is_more();
        }
    }

    /// The first errand's long work is done: does the rest.
    fn finish_errand(&mut self) {
        self.errands.done = 0;
        if !self.errands.is_empty() {
            let errand = self.errands.list.remove(0);
            self.finish(errand);
        }
    }

    fn finish(&mut self, errand: Errand) {
        match errand {
            Errand::Reap(id) => self.conclude(id),
            Errand::Unload(id, told) => self.forget(id, told),
            Errand::Close(id) => self.close(id),
            Errand::Revoke(slots, asker) => self.revoked(slots, asker),
            Errand::Clear(id) => self.is_cleared(id),
        }
    }

    /// Nothing is left of what was copied: gives the slots back, and tells whoever waits how many capabilities it were.
    fn revoked(&mut self, slots: SlotRange, asker: Asker) {
        for slot in slots.iter() {
            let slot = arch::slot(u64::from(slot.0));
            // What cannot be deleted is not there: the service has gone meanwhile.
            let _ = slot.revoke().and_then(|()| slot.delete());
        }
        let held = u8::try_from(slots.iter().count()).unwrap_or(u8::MAX);
        self.memory.free_slots(slots);
        match asker {
            Asker::Operator(waiter) => {
                waiter.answer(&mut self.memory, answer(&operator::Answer::Revoked(held)))
            }
            Asker::Module(waiter) => waiter.answer(&mut self.memory, answer(&supervisor::Answer::Done)),
            Asker::Nobody => {}
        }
    }

    /// What a domain consists of is about to go: no errand goes on with it.
    pub(in crate::supervisor) fn drop_errands_of(&mut self, id: DomainId) {
        if self.errands.is_empty() {
            return;
        }
        let concerns = |errand: &Errand| match errand {
            Errand::Reap(of) | Errand::Unload(of, _) | Errand::Close(of) | Errand::Clear(of) => *of == id,
            Errand::Revoke(..) => false,
        };
        if self.errands.list.first().is_some_and(concerns) {
            self.alarms.cancel(What::TurnOver);
            self.worker.take_back();
            self.errands.done = 0;
        }
        while let Some(index) = self.errands.list.iter().position(concerns) {
            // Whoever takes the domain down does all that was left of it.
            if let Errand::Unload(_, Told::Operator(waiter, users)) = self.errands.list.remove(index) {
                let unloaded = answer(&operator::Answer::Unloaded { memory: 0, users });
                waiter.answer(&mut self.memory, unloaded);
            }
        }
    }
}
