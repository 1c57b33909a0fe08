//! What a verdict means for a module whose registers are known, and whether it is time to end it.

use ipc_proto::ids::Generation;
use ipc_proto::name::Name;
use ipc_proto::operator::{Call, Finding, Grant, State, Until};
use ipc_proto::slots;

use super::Verdict;

/// Where a thread stands, by its registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stands {
    /// The address of its next instruction, or of the one that it is inside.
    pub ip: u64,
    /// The call that could block it and the slot that it names, if that instruction is one.
    pub call: Option<(Call, u64)>,
    /// What it has left in the registers of a call's notes: other calls from the same place have others.
    pub notes: [u64; 2],
}

/// Whether a thread has not run, by all that is known, since it stood here before: it stands at the same place and does not
/// run now, since the bell has answered, or could have been blocked by the call that it stands on.
pub fn unmoved(before: Option<&Stands>, now: &Stands, bell: bool) -> bool {
    before == Some(now) && (bell || now.call.is_some())
}

/// What a verdict means: `to` is what the slot of its call was granted for, `until` what the supervisor would wait for,
/// `priority` the module's, and `runner` says who another module is and which priority it has.
pub fn finding(
    verdict: Verdict,
    stands: &Stands,
    state: State,
    to: Option<Grant>,
    until: Option<Until>,
    priority: u8,
    runner: impl FnOnce(ipc_proto::ids::DomainId) -> Option<(Name, u8)>,
) -> Finding {
    let ip = stands.ip;
    match (verdict, stands.call) {
        (Verdict::Busy, _) => Finding::Busy { ip },
        (Verdict::Starved(nanoseconds, by), _) => {
            let ms = u32::try_from(nanoseconds / 1_000_000).unwrap_or(u32::MAX);
            Finding::Starved { priority, ms, by: by.and_then(runner), ip }
        }
        (Verdict::Blocked, None) => Finding::Elsewhere { ip },
        (Verdict::Blocked, Some((Call::Recv | Call::ReplyRecv, slots::RECEIVE)))
            if matches!(state, State::Live | State::Stopping) =>
        {
            Finding::Idle
        }
        (Verdict::Blocked, Some((call, slot))) => {
            let until = until.filter(|_| slot == slots::SUPERVISOR && call == Call::Call);
            Finding::Blocked { call, slot, to, until, ip }
        }
    }
}

/// Since when a module has been found not to answer its calls, whenever it was examined for that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unanswering(Option<(Generation, u64)>);

impl Unanswering {
    /// This instance has been found like this, now. Gives for how long it has not been found otherwise, where that is as
    /// long as one of its calls may take, `deadline`: all in nanoseconds.
    ///
    /// One that waits for calls has lost one and serves the next, and one that is starved is kept from serving: neither
    /// would be better off for a new beginning.
    pub fn found(&mut self, who: Generation, finding: &Finding, now: u64, deadline: u64) -> Option<u64> {
        if matches!(finding, Finding::Idle | Finding::Starved { .. }) {
            self.0 = None;
            return None;
        }
        let since = match self.0 {
            Some((generation, since)) if generation == who => since,
            _ => now,
        };
        self.0 = Some((who, since));
        Some(now.saturating_sub(since)).filter(|time| *time > 0 && *time >= deadline)
    }
}

#[cfg(test)]
mod tests {
    use ipc_proto::ids::DomainId;

    use super::*;

    fn stands(call: Option<(Call, u64)>) -> Stands {
        Stands { ip: 0x40_1000, call, notes: [1, 2] }
    }

    #[test]
    fn unmoved_is_the_same_call_and_nothing_else() {
        let on_call = stands(Some((Call::Call, 16)));
        assert!(unmoved(Some(&on_call), &on_call, false) && unmoved(Some(&on_call), &on_call, true));
        for other in [
            stands(Some((Call::Send, 16))),
            stands(Some((Call::Call, 17))),
            Stands { ip: 0x40_1004, ..on_call },
            Stands { notes: [3, 2], ..on_call },
        ] {
            assert!(!unmoved(Some(&on_call), &other, false), "{other:?}");
            assert!(!unmoved(Some(&on_call), &other, true), "{other:?}");
        }
        // A loop of one instruction does not move, and is on no call.
        assert!(!unmoved(Some(&stands(None)), &stands(None), false));
        // Who has let go of the processor there has faulted, or makes calls that nobody can read.
        assert!(unmoved(Some(&stands(None)), &stands(None), true));
        assert!(!unmoved(None, &on_call, true));
    }

    fn found(verdict: Verdict, call: Option<(Call, u64)>, state: State) -> Finding {
        let name = Name::new("other").unwrap();
        let to = Some(Grant::Connection(name));
        let until = Some(Until::Released);
        finding(verdict, &stands(call), state, to, until, 50, |by| (by == DomainId(7)).then_some((name, 90)))
    }

    #[test]
    fn what_each_verdict_means() {
        let (ip, to) = (0x40_1000, Some(Grant::Connection(Name::new("other").unwrap())));
        let blocked = |call, slot, until| Finding::Blocked { call, slot, to, until, ip };
        let by = Some((Name::new("other").unwrap(), 90));
        for (verdict, call, state, expected) in [
            (Verdict::Busy, Some((Call::Recv, 4)), State::Live, Finding::Busy { ip }),
            (Verdict::Blocked, None, State::Live, Finding::Elsewhere { ip }),
            (Verdict::Blocked, Some((Call::Recv, 4)), State::Live, Finding::Idle),
            (Verdict::Blocked, Some((Call::ReplyRecv, 4)), State::Stopping, Finding::Idle),
            // Before it has published nobody can call it.
            (Verdict::Blocked, Some((Call::Recv, 4)), State::Starting, blocked(Call::Recv, 4, None)),
            (Verdict::Blocked, Some((Call::Recv, 8)), State::Live, blocked(Call::Recv, 8, None)),
            (Verdict::Blocked, Some((Call::Send, 4)), State::Live, blocked(Call::Send, 4, None)),
            (Verdict::Blocked, Some((Call::Call, 16)), State::Live, blocked(Call::Call, 16, None)),
            // What the supervisor waits for matters to who calls the supervisor.
            (
                Verdict::Blocked,
                Some((Call::Call, 2)),
                State::Held,
                blocked(Call::Call, 2, Some(Until::Released)),
            ),
            (Verdict::Blocked, Some((Call::Send, 2)), State::Held, blocked(Call::Send, 2, None)),
            (
                Verdict::Starved(20_999_999, Some(DomainId(7))),
                None,
                State::Live,
                Finding::Starved { priority: 50, ms: 20, by, ip },
            ),
            (
                Verdict::Starved(u64::MAX, Some(DomainId(8))),
                None,
                State::Live,
                Finding::Starved { priority: 50, ms: u32::MAX, by: None, ip },
            ),
        ] {
            assert_eq!(found(verdict, call, state), expected, "{verdict:?} {call:?} {state:?}");
        }
    }

    #[test]
    fn it_ends_when_it_was_found_so_for_as_long_as_a_call_may_take() {
        let (busy, idle) = (Finding::Busy { ip: 1 }, Finding::Idle);
        let starved = Finding::Starved { priority: 1, ms: 1, by: None, ip: 1 };
        let mut hangs = Unanswering::default();
        let (first, second) = (Generation(1), Generation(2));
        assert_eq!(hangs.found(first, &busy, 1000, 0), None, "once is not long");
        assert_eq!(hangs.found(first, &busy, 1099, 100), None, "below");
        assert_eq!(hangs.found(first, &busy, 1100, 100), Some(100), "at");
        assert_eq!(hangs.found(first, &Finding::Elsewhere { ip: 1 }, 1101, 100), Some(101), "above");
        for otherwise in [idle, starved] {
            assert_eq!(hangs.found(first, &otherwise, 1200, 100), None);
            assert_eq!(hangs.found(first, &busy, 1300, 100), None, "it begins anew");
            assert_eq!(hangs.found(first, &busy, 1400, 100), Some(100));
        }
        assert_eq!(hangs.found(second, &busy, 1500, 100), None, "another instance");
        assert_eq!(hangs.found(second, &busy, 1600, 100), Some(100));
    }
}
