//! Restarts: when a dead module is started again, by its policy or because an operator wants it.

use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Sentence, State};
use root_task_core::restart::{self, Decision, History};
use root_task_core::steps::{self, Demand};

use crate::report::Cause;
use crate::supervisor::asked::operator::{is_not_loaded, later, not_loaded, pinned, sentence};
use crate::supervisor::waiter::Asker;
use crate::supervisor::{Response, Supervisor, answer};

impl Supervisor {
    /// A module that died by `cause`, and is reaped, is started again, so many nanoseconds from now.
    pub(in crate::supervisor) fn restart_in(&mut self, dead: Instance, cause: restart::Cause, delay: u64) {
        let (now, budget) = (self.timer.now(), self.system.restart_budget());
        if let Some(room) = self.room_mut(dead.domain) {
            room.history.note(cause, &budget, now);
        }
        if steps::restarts_at_once(self, dead, delay) {
            self.start_again(dead.domain);
        }
    }

    /// It has waited long enough.
    pub(in crate::supervisor) fn restart_is_due(&mut self, dead: Instance) {
        if steps::is_to_restart(&self.ledger, dead) {
            self.start_again(dead.domain);
        }
    }

    pub(in crate::supervisor) fn newest(&self, id: DomainId) -> Option<Instance> {
        self.ledger.newest(id)
    }

    /// Starts the next instance now.
    pub(in crate::supervisor) fn start_again(&mut self, id: DomainId) {
        steps::cancel_restart(self, id);
        let plan = self.next_plan(id);
        if let Err(error) = plan.and_then(|(plan, file)| self.start_instance(id, &plan, &file)) {
            self.is_not_started(id, &error);
        }
    }

    /// An operator wants a module to be started again, whatever its policy and its budget say.
    pub(in crate::supervisor) fn restart_by_name(&mut self, name: &Name) -> Response {
        let Some(id) = self.ledger.find(name) else { return not_loaded(name) };
        if self.is_pinned(name) && self.state(id) != Some(State::Failed) {
            return pinned(name, "restarted");
        }
        if let Err(why) = self.is_not_ending(id, name) {
            return answer(&Answer::Refused(why));
        }
        let begun = match steps::restart_on_demand(self, id) {
            Some(Demand::Await) => {
                self.while_it_waits(id, Asker::Operator, |supervisor| supervisor.is_wanted_again(id))
            }
            // What is being made of it is its next instance.
            Some(Demand::Replace) if self.is_being_made(id) => {
                self.while_it_waits(id, Asker::Operator, |_| ())
            }
            Some(Demand::Replace) => self.while_it_waits(id, Asker::Operator, |supervisor| {
                supervisor.forgive(id);
                supervisor.dies(id, Cause::Restarted);
            }),
            Some(Demand::Mend) => self.while_it_waits(id, Asker::Operator, |supervisor| {
                supervisor.forgive(id);
                supervisor.start_again(id);
            }),
            Some(Demand::Hurry) => {
                self.while_it_waits(id, Asker::Operator, |supervisor| supervisor.start_again(id))
            }
            None => Err(match self.state(id) {
                Some(state) => {
                    sentence(format_args!("{name} is {state}: `restart` is for a module that has been live"))
                }
                None => is_not_loaded(name),
            }),
        };
        later(begun)
    }

    /// Whether a module that is dead can be started.
    ///
    /// # Errors
    /// What is being done with it, which comes to its end first.
    pub(in crate::supervisor) fn is_not_ending(&self, id: DomainId, name: &Name) -> Result<(), Sentence> {
        match self.errands.end_of(id) {
            Some(ending) => Err(sentence(format_args!("{name} {ending}: `ps` shows when that is done"))),
            None => Ok(()),
        }
    }

    /// Whether an instance of it is not whole yet.
    pub(in crate::supervisor) fn is_being_made(&self, id: DomainId) -> bool {
        self.room(id).is_some_and(|room| room.building.is_some())
    }

    /// A module that has died is started again when it is reaped, whatever was decided at its death.
    pub(in crate::supervisor) fn is_wanted_again(&mut self, id: DomainId) {
        self.forgive(id);
        if let Some(death) = self.room_mut(id).and_then(|room| room.death.as_mut()) {
            death.decision = Decision::Restart(0);
        }
    }

    /// What it did before does not count any more.
    pub(in crate::supervisor) fn forgive(&mut self, id: DomainId) {
        if let Some(room) = self.room_mut(id) {
            room.history = History::default();
        }
    }
}
