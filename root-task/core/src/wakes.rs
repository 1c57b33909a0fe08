//! Which modules are to be woken, and which were since they last asked: one alarm for each.

use ipc_proto::alarm::{Answer, Request};
use ipc_proto::ids::{DomainId, Generation, Instance};

use crate::alarms::{Alarms, What};
use crate::ledger::MAX_MODULES;

/// Whose alarm has gone off, and was not asked about since.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wakes {
    rang: [Generation; MAX_MODULES],
}

impl Default for Wakes {
    fn default() -> Self {
        Wakes::new()
    }
}

impl Wakes {
    /// Nobody's.
    pub const fn new() -> Wakes {
        Wakes { rang: [Generation::NONE; MAX_MODULES] }
    }

    fn rang(&mut self, domain: DomainId) -> Option<&mut Generation> {
        self.rang.get_mut(usize::from(domain.0))
    }

    /// What a running instance asks, `now` in nanoseconds of the supervisor's clock.
    pub fn ask(&mut self, alarms: &mut Alarms, who: Instance, request: Request, now: u64) -> Answer {
        let Some(rang) = self.rang(who.domain) else { return Answer::Refused };
        // Another instance's is nobody's any more.
        let has_rung = core::mem::replace(rang, Generation::NONE) == who.generation;
        let is_so = match request {
            Request::Take => has_rung,
            Request::Cancel => alarms.cancel(What::Wake(who)),
            Request::Set { micros } => {
                let at = now.saturating_add(micros.saturating_mul(1000));
                if alarms.set(What::Wake(who), at).is_err() {
                    return Answer::Refused;
                }
                true
            }
        };
        if is_so { Answer::Done } else { Answer::Not }
    }

    /// The alarm of a running instance has gone off: it is to be signalled.
    pub fn goes_off(&mut self, who: Instance) {
        if let Some(rang) = self.rang(who.domain) {
            *rang = who.generation;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Instance = Instance { domain: DomainId(3), generation: Generation(1) };
    const SECOND: Instance = Instance { domain: DomainId(3), generation: Generation(2) };

    /// Everything that is due, as the supervisor does it.
    fn ring(wakes: &mut Wakes, alarms: &mut Alarms, now: u64) -> u32 {
        let mut count = 0_u32;
        while let Some(What::Wake(who)) = alarms.due(now) {
            wakes.goes_off(who);
            count = u32::saturating_add(count, 1);
        }
        count
    }

    #[test]
    fn it_goes_off_once_not_before_its_time_and_is_told_once() {
        let (mut wakes, mut alarms) = (Wakes::new(), Alarms::new());
        assert_eq!(wakes.ask(&mut alarms, FIRST, Request::Set { micros: 5 }, 100), Answer::Done);
        assert_eq!(ring(&mut wakes, &mut alarms, 5099), 0);
        assert_eq!(wakes.ask(&mut alarms, FIRST, Request::Take, 5099), Answer::Not);
        assert_eq!(ring(&mut wakes, &mut alarms, 5100), 1);
        assert_eq!(wakes.ask(&mut alarms, FIRST, Request::Take, 5100), Answer::Done);
        assert_eq!(wakes.ask(&mut alarms, FIRST, Request::Take, 5100), Answer::Not);
        assert_eq!(ring(&mut wakes, &mut alarms, u64::MAX), 0);
    }

    #[test]
    fn set_again_it_takes_the_others_place_also_of_one_that_has_gone_off() {
        let (mut wakes, mut alarms) = (Wakes::new(), Alarms::new());
        wakes.ask(&mut alarms, FIRST, Request::Set { micros: 5 }, 0);
        wakes.ask(&mut alarms, FIRST, Request::Set { micros: 9 }, 0);
        assert_eq!(ring(&mut wakes, &mut alarms, 8999), 0, "the first one is no more");
        assert_eq!(ring(&mut wakes, &mut alarms, 9000), 1);
        wakes.ask(&mut alarms, FIRST, Request::Set { micros: 9 }, 9000);
        assert_eq!(
            wakes.ask(&mut alarms, FIRST, Request::Take, 9001),
            Answer::Not,
            "that was the one before"
        );
        assert_eq!(ring(&mut wakes, &mut alarms, 18_000), 1);
    }

    #[test]
    fn cancelled_it_does_not_go_off_and_says_whether_it_would_have() {
        let (mut wakes, mut alarms) = (Wakes::new(), Alarms::new());
        assert_eq!(wakes.ask(&mut alarms, FIRST, Request::Cancel, 0), Answer::Not);
        wakes.ask(&mut alarms, FIRST, Request::Set { micros: 5 }, 0);
        assert_eq!(wakes.ask(&mut alarms, FIRST, Request::Cancel, 0), Answer::Done);
        assert_eq!(ring(&mut wakes, &mut alarms, u64::MAX), 0);
        wakes.ask(&mut alarms, FIRST, Request::Set { micros: 5 }, 0);
        ring(&mut wakes, &mut alarms, 5000);
        assert_eq!(wakes.ask(&mut alarms, FIRST, Request::Cancel, 0), Answer::Not, "it has gone off");
        assert_eq!(
            wakes.ask(&mut alarms, FIRST, Request::Take, 0),
            Answer::Not,
            "and is not wanted any more"
        );
    }

    #[test]
    fn an_instance_is_not_told_of_the_one_before_it() {
        let (mut wakes, mut alarms) = (Wakes::new(), Alarms::new());
        wakes.ask(&mut alarms, FIRST, Request::Set { micros: 5 }, 0);
        ring(&mut wakes, &mut alarms, 5000);
        assert_eq!(wakes.ask(&mut alarms, SECOND, Request::Take, 5000), Answer::Not);
        wakes.ask(&mut alarms, FIRST, Request::Set { micros: 5 }, 0);
        alarms.cancel_all_of(FIRST);
        assert_eq!(ring(&mut wakes, &mut alarms, u64::MAX), 0, "a death takes it along");
    }

    #[test]
    fn any_time_is_one_and_a_domain_beyond_the_table_has_none() {
        let (mut wakes, mut alarms) = (Wakes::new(), Alarms::new());
        assert_eq!(wakes.ask(&mut alarms, FIRST, Request::Set { micros: 0 }, 7), Answer::Done);
        assert_eq!(ring(&mut wakes, &mut alarms, 7), 1, "at once");
        assert_eq!(wakes.ask(&mut alarms, FIRST, Request::Set { micros: u64::MAX }, 7), Answer::Done);
        assert_eq!(alarms.next(), Some(u64::MAX));
        let beyond = Instance { domain: DomainId(u16::try_from(MAX_MODULES).unwrap()), ..FIRST };
        assert_eq!(wakes.ask(&mut alarms, beyond, Request::Set { micros: 1 }, 7), Answer::Refused);
        wakes.goes_off(beyond);
    }
}
