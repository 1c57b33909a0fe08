//! The death of an instance: its callers are answered at once; then others run; then it is reaped, and started again.

use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Death, Outcome, State};
use ipc_proto::private::Ended;
use root_task_core::alarms::What;
use root_task_core::autopsy::Stack;
use root_task_core::ledger;
use root_task_core::restart::{self, Decision};
use root_task_core::steps::{self, Next};
use sel4::Fault;

use super::autopsy::Died;
use super::errands::{Errand, Kind};
use super::unload::End;
use crate::report::{self, Cause};
use crate::say;
use crate::supervisor::asked::journal::line;
use crate::supervisor::asked::operator::refusal;
use crate::supervisor::{Response, Supervisor};

/// The longest time that others have between a death and its reaping, in nanoseconds.
const PATIENCE: u64 = 100_000;
/// For so many further instances an operator waits who wants one that is live: more than the budget of restarts is by default.
const MAX_DIED_SINCE: u8 = 8;

impl Supervisor {
    /// A fault message, or a forged one: either way the module is at its end.
    pub(in crate::supervisor) fn faulted(&mut self, who: Instance, fault: Option<Fault>) -> Response {
        if let Some(end) = self.stopping_has_faulted(who.domain, fault) {
            self.end_stop(who.domain, end);
            return Response::Later;
        }
        if self.lands(who.domain, fault) {
            return Response::Later;
        }
        let tcb = self.room(who.domain).and_then(|room| room.domain.as_ref()).map(|domain| domain.tcb());
        let ip = tcb.map_or(0, report::instruction_pointer);
        let stack = self.room(who.domain).map(|room| Stack::of(room.request.stack_bytes));
        let trouble = match (stack, &fault) {
            // By the address alone: where the pointer is, the report says.
            (Some(stack), Some(Fault::VmFault { addr, .. })) => stack.trouble(stack.top, Some(*addr)),
            _ => None,
        };
        self.dies(who.domain, Cause::Fault(fault, ip, trouble));
        Response::Later
    }

    /// The running instance is dead from now on: whoever is inside a call to it is answered in this turn. What is
    /// left of it is reaped when the others have run, or at once where nobody could have called it but its peer.
    pub(in crate::supervisor) fn dies(&mut self, id: DomainId, cause: Cause) {
        let decision = self.decide(id, &cause);
        self.keep_connections_of(id);
        self.note_death(id);
        let (next, queued) = steps::fate_of_callers(self.ledger.module(id), cause.kind(), decision);
        let served = self.bury(id, &self.callers_of(id), next, queued);
        let Some(death) = self.has_died(id) else { return };
        if let Some(room) = self.room_mut(id) {
            room.death = Some(Died { cause, decision, served: Some(served) });
        }
        if death.was == State::Stopping {
            self.end_stop(id, End::Died);
            return;
        }
        if death.was_live {
            // There is room: a domain is in the list at most once, and the list is as long as the table.
            let _ = self.dead.push(id);
            self.let_others_run();
        } else {
            self.lay_out(id, false);
            self.carry_out(Errand::Reap(id));
        }
    }

    /// Others run before the dead are reaped, and before more of an instance is made: until the bell has rung, or, where
    /// somebody does not let go of the processor, for a moment.
    pub(in crate::supervisor) fn let_others_run(&mut self) {
        self.bell.ring();
        // Without an alarm the bell alone says when: somewhat later.
        let _ = self.alarms.set(What::GoOn, self.timer.now().saturating_add(PATIENCE));
        self.set_timer();
    }

    /// Enters a death into the ledger, and tells those who keep something for the dead.
    pub(in crate::supervisor) fn has_died(&mut self, id: DomainId) -> Option<ledger::Death> {
        let watchers = self.ledger.watchers_of(id);
        let called_by_it = self.ledger.opened_to(id);
        let death = self.ledger.died(id)?;
        for owner in called_by_it {
            self.shut_private(owner, Ended::PeerGone);
        }
        for server in watchers {
            let told = self.room(server).map(|room| room.home.tell_departure());
            if let Some(Err(error)) = told {
                say!(
                    "supervisor: domain {server} was not told of a death ({error:?}), which is a bug of the root task"
                );
            }
        }
        self.tell_dependents(id);
        Some(death)
    }

    /// What the module's policy says about a death of `cause`.
    fn decide(&self, id: DomainId, cause: &Cause) -> Decision {
        self.room(id).map_or(Decision::Stay, |room| {
            if room.files.is_on_trial() {
                // Its policy is not the module's yet.
                return Decision::Restart(0);
            }
            let budget = self.system.restart_budget();
            room.history.decide(room.request.restart, cause.kind(), &budget, self.timer.now())
        })
    }

    /// Says how an instance died, and keeps it; and what comes `then`, if it has no successor.
    pub(in crate::supervisor) fn tell_death(
        &self,
        name: Name,
        generation: Generation,
        cause: &Cause,
        then: Option<Decision>,
    ) {
        report::print(&name, generation, cause, then);
        match then {
            Some(then) => {
                let words = restart::last_words(&line(format_args!("{cause}")), then);
                self.keep_words(name, generation, format_args!("{words}"));
            }
            None => self.keep_words(name, generation, format_args!("{cause}")),
        }
    }

    /// Remembers where a running instance is that is about to die.
    fn note_death(&mut self, id: DomainId) {
        let Some(death) = self.death_of(id) else { return };
        self.deaths.retain(|earlier| earlier.name != death.name);
        if self.deaths.is_full() {
            self.deaths.remove(0);
        }
        // There is room now.
        let _ = self.deaths.push(death);
    }

    /// Where a running instance is, which is about to die.
    fn death_of(&self, id: DomainId) -> Option<Death> {
        let module = self.ledger.module(id)?;
        let domain = self.room(id)?.domain.as_ref()?;
        let ip = report::instruction_pointer(domain.tcb());
        Some(Death { name: module.name, instance: domain.instance, ip })
    }

    /// The others have run.
    pub(in crate::supervisor) fn bell_rang(&mut self) {
        self.bell.rang();
        self.go_on();
    }

    /// Does one thing that can be done while others run in between. If there is more to do, they run before that.
    pub(in crate::supervisor) fn go_on(&mut self) {
        self.alarms.cancel(What::GoOn);
        if self.end_an_orphan() {
            self.go_on_if_there_is_more();
            return;
        }
        match self.next_kind() {
            Some(Kind::Reap) => {
                let id = self.dead.remove(0);
                self.lay_out(id, true);
                self.carry_out(Errand::Reap(id));
            }
            Some(Kind::Build) => self.build_next(),
            Some(Kind::Work) => self.have_a_turn(),
            None => {}
        }
        self.go_on_if_there_is_more();
    }

    /// In turns, where there is more than one kind to do: a crash loop does not keep a load from its end.
    fn next_kind(&mut self) -> Option<Kind> {
        let order = match self.last {
            Kind::Reap => [Kind::Build, Kind::Work, Kind::Reap],
            Kind::Build => [Kind::Work, Kind::Reap, Kind::Build],
            Kind::Work => [Kind::Reap, Kind::Build, Kind::Work],
        };
        let next = order.into_iter().find(|kind| match kind {
            Kind::Reap => !self.dead.is_empty(),
            Kind::Build => !self.unfinished.is_empty(),
            Kind::Work => !self.errands.is_empty(),
        })?;
        self.last = next;
        Some(next)
    }

    /// Others run before what is left to do; a turn of the worker ends by itself.
    pub(in crate::supervisor) fn go_on_if_there_is_more(&mut self) {
        let ended = self.dead.is_empty() && self.unfinished.is_empty() && self.errands.is_empty();
        let none = ended && self.orphans.is_empty();
        if !none && !self.worker.is_on_duty() {
            self.let_others_run();
        }
    }

    /// Which slots of a running instance hold connections is not known any more when it is dead.
    pub(in crate::supervisor) fn keep_connections_of(&mut self, id: DomainId) {
        if let Some(room) = self.rooms.get_mut(usize::from(id.0)).and_then(Option::as_mut) {
            room.last_connections.clear();
            room.last_connections.extend(self.ledger.connections_of(id).map(|(slot, _)| slot));
        }
    }

    /// An operator does not wait for ever for a module that dies again and again before it is live.
    fn tell_of_a_loop(&mut self, id: DomainId, name: Name) {
        let Some(room) = self.room_mut(id).filter(|room| room.waiter.is_some()) else { return };
        room.died_since = room.died_since.saturating_add(1);
        if room.died_since > MAX_DIED_SINCE {
            self.forget_undone(id);
            let answer = refusal(format_args!(
                "{name} has been started again {MAX_DIED_SINCE} times, and has died each time before it was live: `report {name}` says of what; it goes on being started"
            ));
            self.answer_waiter(id, &answer);
        }
    }

    /// Reaps a dead instance and does what its module's policy says.
    pub(in crate::supervisor) fn conclude(&mut self, id: DomainId) {
        let Some(Died { cause, decision, .. }) = self.room_mut(id).and_then(|room| room.death.take()) else {
            return;
        };
        let whole = self.reap(id).is_ok();
        let Some(module) = self.ledger.module(id) else { return };
        let (name, instance) = (module.name, Instance { domain: id, generation: module.generation });
        let next = steps::after_reaping(module.was_live, cause.kind(), decision, whole);
        // Where not all of its memory came back it stays dead, whatever was decided.
        let has_failed = next == Next::GiveUp && !matches!(decision, Decision::Restart(_));
        self.tell_death(name, instance.generation, &cause, has_failed.then_some(decision));
        if next != Next::Forget {
            self.trial_has_failed(id, format_args!("{cause}"));
        }
        match next {
            Next::Forget => {
                let answer = match &cause {
                    Cause::Exited(0) => Answer::Loaded { instance, outcome: Outcome::Exited },
                    cause => refusal(format_args!("{name}: {cause}; nothing was published")),
                };
                self.answer_waiter(id, &answer);
                self.report_leak(id, name);
            }
            Next::Restart(delay) => {
                self.tell_of_a_loop(id, name);
                self.restart_in(instance, cause.kind(), delay);
            }
            Next::Done => {
                self.answer_waiter(id, &Answer::Done);
                self.report_leak(id, name);
            }
            Next::GiveUp => self.give_up(id),
        }
    }
}
