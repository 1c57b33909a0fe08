//! What is to happen at which moment: a short list, the earliest first.

use heapless::Vec;
use ipc_proto::ids::Instance;
use ipc_proto::operator::Act;

use crate::ledger::MAX_MODULES;

/// How many alarms can be set at a time.
pub const MAX_ALARMS: usize = 196;
/// How many of them operators can ask for: five for each module are its own or the supervisor's, and six more the
/// supervisor's.
pub const MAX_ACTS: usize = MAX_ALARMS - 5 * MAX_MODULES - 6;

/// What is to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// What an operator has asked for is done to the instance.
    Act(Instance, Act),
    /// The instance is being stopped, and has had its time.
    StopOver(Instance),
    /// The instance has had its bound of messages, or of log, and its period is over.
    PeriodOver(Instance),
    /// The instance's private endpoint was open for as long as it was to be.
    PrivateOver(Instance),
    /// The instance has asked to be woken, see `wakes.rs`.
    Wake(Instance),
    /// The instance is dead, and its module has waited long enough for its restart.
    Restart(Instance),
    /// Others have had their time: work that can wait goes on though the bell has not rung.
    GoOn,
    /// The worker has had its turn.
    TurnOver,
    /// The supervisor looks which calls and inits last too long.
    Look,
    /// More has come over the host's serial line than was read in one turn.
    Line,
    /// The module that is examined has had its time.
    Examined,
    /// The time of a lookup that waits is over, or who waits for whom is to be looked at.
    Waits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Alarm {
    at: u64,
    what: What,
}

/// [`MAX_ALARMS`] are set already, or [`MAX_ACTS`] of an operator's: try again when one has gone off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyAlarms;

/// The alarms that are set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Alarms {
    /// From the latest to the earliest; those of the same moment from the last one set to the first.
    list: Vec<Alarm, MAX_ALARMS>,
}

impl Alarms {
    /// None.
    pub const fn new() -> Alarms {
        Alarms { list: Vec::new() }
    }

    /// Sets one, `at` in nanoseconds of the supervisor's clock. The same thing is set once: a second time moves it.
    ///
    /// # Errors
    /// [`TooManyAlarms`]; nothing has changed.
    pub fn set(&mut self, what: What, at: u64) -> Result<(), TooManyAlarms> {
        let acts = self.list.iter().filter(|alarm| matches!(alarm.what, What::Act(..)) && alarm.what != what);
        if matches!(what, What::Act(..)) && acts.count() >= MAX_ACTS {
            return Err(TooManyAlarms);
        }
        self.cancel(what);
        let index = self.list.iter().position(|alarm| alarm.at <= at).unwrap_or(self.list.len());
        self.list.insert(index, Alarm { at, what }).map_err(|_| TooManyAlarms)
    }

    /// Takes one back. Gives whether it was set.
    pub fn cancel(&mut self, what: What) -> bool {
        let before = self.list.len();
        self.list.retain(|alarm| alarm.what != what);
        self.list.len() < before
    }

    /// Takes back whatever was to be done to this instance.
    pub fn cancel_all_of(&mut self, instance: Instance) {
        let of = |what| match what {
            What::Act(who, _)
            | What::StopOver(who)
            | What::PeriodOver(who)
            | What::PrivateOver(who)
            | What::Wake(who) => who == instance,
            _ => false,
        };
        self.list.retain(|alarm| !of(alarm.what));
    }

    /// Whether one is set.
    pub fn is_set(&self, what: What) -> bool {
        self.at(what).is_some()
    }

    /// For which moment it is set, if it is.
    pub fn at(&self, what: What) -> Option<u64> {
        self.list.iter().find(|alarm| alarm.what == what).map(|alarm| alarm.at)
    }

    /// What is set, in no order.
    pub fn all(&self) -> impl Iterator<Item = What> {
        self.list.iter().map(|alarm| alarm.what)
    }

    /// The moment of the earliest.
    pub fn next(&self) -> Option<u64> {
        self.list.last().map(|alarm| alarm.at)
    }

    /// Takes out the earliest, if its moment has come.
    pub fn due(&mut self, now: u64) -> Option<What> {
        self.list.last().filter(|alarm| alarm.at <= now)?;
        self.list.pop().map(|alarm| alarm.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_proto::ids::{DomainId, Generation};

    fn crash(domain: u16) -> What {
        What::Act(Instance { domain: DomainId(domain), generation: Generation(1) }, Act::Crash)
    }

    #[test]
    fn they_go_off_in_order_and_not_before() {
        let mut alarms = Alarms::new();
        for (domain, at) in [(1, 30), (2, 10), (3, 20), (4, 10)] {
            alarms.set(crash(domain), at).unwrap();
        }
        assert_eq!((alarms.next(), alarms.due(9)), (Some(10), None));
        let order: std::vec::Vec<What> = std::iter::from_fn(|| alarms.due(29)).collect();
        assert_eq!(order, [crash(2), crash(4), crash(3)], "those of one moment as they were set");
        assert_eq!((alarms.next(), alarms.due(30), alarms.next()), (Some(30), Some(crash(1)), None));
    }

    #[test]
    fn setting_again_moves_and_cancelling_removes() {
        let mut alarms = Alarms::new();
        alarms.set(crash(1), 10).unwrap();
        alarms.set(crash(1), 20).unwrap();
        assert_eq!((alarms.due(15), alarms.next()), (None, Some(20)));
        alarms.cancel(crash(2));
        alarms.cancel(crash(1));
        assert_eq!(alarms.next(), None);
    }

    #[test]
    fn an_instance_takes_its_own_along() {
        let mut alarms = Alarms::new();
        alarms.set(crash(1), 10).unwrap();
        alarms.set(crash(2), 20).unwrap();
        alarms.set(What::Look, 30).unwrap();
        let What::Act(who, _) = crash(1) else { panic!("an act") };
        alarms.set(What::Act(who, Act::Unload), 5).unwrap();
        alarms.set(What::StopOver(who), 6).unwrap();
        alarms.set(What::PeriodOver(who), 7).unwrap();
        alarms.set(What::PrivateOver(who), 8).unwrap();
        alarms.set(What::Wake(who), 9).unwrap();
        alarms.cancel_all_of(who);
        let left: std::vec::Vec<What> = std::iter::from_fn(|| alarms.due(99)).collect();
        assert_eq!(left, [crash(2), What::Look]);
    }

    #[test]
    fn the_bound_below_at_and_above() {
        let mut alarms = Alarms::new();
        for domain in 0..u16::try_from(MAX_ACTS).unwrap() {
            assert_eq!(alarms.set(crash(domain), 5), Ok(()), "{domain}");
        }
        assert_eq!(alarms.set(crash(999), 5), Err(TooManyAlarms));
        assert_eq!(alarms.set(crash(3), 1), Ok(()), "moving one needs no room");
        // Whatever operators ask for, the modules' and the supervisor's own have room.
        let own = (0..u16::try_from(MAX_MODULES).unwrap()).flat_map(|domain| match crash(domain) {
            What::Act(who, _) => [
                What::StopOver(who),
                What::PeriodOver(who),
                What::PrivateOver(who),
                What::Wake(who),
                What::Restart(who),
            ],
            other => [other; 5],
        });
        for what in
            own.chain([What::GoOn, What::TurnOver, What::Look, What::Examined, What::Waits, What::Line])
        {
            assert_eq!(alarms.set(what, 7), Ok(()), "{what:?}");
        }
        assert_eq!(alarms.list.len(), MAX_ALARMS);
        assert_eq!(alarms.due(1), Some(crash(3)));
        assert_eq!(alarms.set(crash(999), 5), Ok(()));
    }
}
