//! What a death comes to: for those who stand on a call to the dead, for the module, and when an operator wants it back.

use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::label::Status;
use ipc_proto::operator::State;

use super::{Effects, Tables, waits};
use crate::alarms::What;
use crate::ledger::{Ledger, Module};
use crate::restart::{Cause, Decision};

/// An instance is about to be dead: what was to be done with it is not, and it waits for nothing.
pub fn leaves(on: &mut impl Effects, instance: Instance) {
    on.tables().alarms.cancel_all_of(instance);
    waits::drop_wait(on, instance.domain);
}

/// The generation that will take the place of an instance that dies of `cause`, if one will, and what becomes of those
/// who wait to be received, if nobody will receive them.
pub fn fate_of_callers(
    module: Option<&Module>,
    cause: Cause,
    decision: Decision,
) -> (Generation, Option<Status>) {
    let Some(module) = module.filter(|module| module.was_live && module.state() != State::Stopping) else {
        return (Generation::NONE, Some(Status::NotDelivered));
    };
    match (decision, cause) {
        (Decision::Restart(_), _) => match module.generation.next() {
            Some(next) => (next, None),
            None => (Generation::NONE, Some(Status::Failed)),
        },
        (_, Cause::Finished) => (Generation::NONE, Some(Status::NotDelivered)),
        (_, Cause::Failure | Cause::Demanded) => (Generation::NONE, Some(Status::Failed)),
    }
}

/// What follows the reaping of a dead instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It was never live: the module is forgotten, there is nothing to keep for clients.
    Forget,
    /// The next instance is started, so many nanoseconds later.
    Restart(u64),
    /// It has come to its end, as it should: nothing of it is kept.
    Done,
    /// There is no further instance until an operator wants one, and its clients are told so.
    GiveUp,
}

/// What follows, where all of its memory came back (`whole`) or not.
pub fn after_reaping(was_live: bool, cause: Cause, decision: Decision, whole: bool) -> Next {
    match (decision, cause) {
        // Of those that are demanded one can be in its init: it has lost a server there.
        (Decision::Restart(delay), Cause::Demanded) if whole => Next::Restart(delay),
        _ if !was_live => Next::Forget,
        (Decision::Restart(delay), _) if whole => Next::Restart(delay),
        (Decision::Stay, Cause::Finished) => Next::Done,
        _ => Next::GiveUp,
    }
}

/// A dead and reaped module is to be started again, `delay` nanoseconds from now. `true` where that is at once: also
/// where no alarm is left, since too soon is better than never.
pub fn restarts_at_once(on: &mut impl Effects, dead: Instance, delay: u64) -> bool {
    let at = on.now().saturating_add(delay);
    if delay == 0 || on.tables().alarms.set(What::Restart(dead), at).is_err() {
        return true;
    }
    on.set_timer();
    false
}

/// Whether an instance whose restart was due is still what is to be restarted.
pub fn is_to_restart(ledger: &Ledger, dead: Instance) -> bool {
    let state = ledger.module(dead.domain).map(Module::state);
    ledger.newest(dead.domain) == Some(dead) && state == Some(State::Dead)
}

/// It is not restarted any more.
pub fn cancel_restart(on: &mut impl Effects, id: DomainId) {
    let Tables { ledger, alarms, .. } = on.tables();
    if let Some(dead) = ledger.newest(id) {
        alarms.cancel(What::Restart(dead));
    }
}

/// What an operator's restart comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// It is live: this instance dies, and the next one is started at once.
    Replace,
    /// It has failed: it is started with an empty history.
    Mend,
    /// It waits for its restart: that comes now.
    Hurry,
    /// It has died and is not reaped: when it is, the next one is started, whatever its policy has said.
    Await,
}

/// What an operator's restart comes to; `None` where it is not for a module in that state.
pub fn restart_on_demand(on: &mut impl Effects, id: DomainId) -> Option<Demand> {
    let Tables { ledger, alarms, .. } = on.tables();
    match ledger.module(id)?.state() {
        State::Live => Some(Demand::Replace),
        State::Failed => Some(Demand::Mend),
        State::Dead if ledger.newest(id).is_some_and(|dead| alarms.is_set(What::Restart(dead))) => {
            Some(Demand::Hurry)
        }
        State::Dead => Some(Demand::Await),
        // Its next instance is on its way. A load is not an operator's to restart: it has not come to its end.
        State::Starting if ledger.module(id)?.was_live => Some(Demand::Replace),
        _ => None,
    }
}

/// A module is forgotten. Its instance is dead, and its clients' capabilities are taken back.
pub fn forget(on: &mut impl Effects, id: DomainId) {
    cancel_restart(on, id);
    on.tables().ledger.remove(id);
    // Its names are free: others may be expected to provide them.
    waits::look_soon(on);
}
