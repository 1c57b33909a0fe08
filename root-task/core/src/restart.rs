//! What becomes of a module that has died: the policy that its manifest asks for, a budget of restarts for each window
//! of time, and a delay before each that grows with their number.
//!
//! The first restart in a window comes at once, so that what fails once in a while is hardly missed. The second one waits
//! for the first delay, each further one twice as long as the one before. A window begins with a restart; the next one
//! after its end begins a new window, and everything anew.

use core::fmt::{self, Write};

use heapless::String;
pub use ipc_proto::manifest::Restart;
use ipc_proto::operator::MAX_THEN;
use ipc_proto::supervisor::{Line, MAX_LINE};

/// How often a module is started again in a window, where the system's manifest does not say. Then it has failed: it is
/// left alone until somebody restarts it, or loads it anew.
pub const DEFAULT_BUDGET: u32 = 5;
/// How long a window is, in milliseconds.
pub const DEFAULT_WINDOW_MS: u32 = 60_000;
/// How long the second restart of a window waits, in milliseconds.
pub const DEFAULT_DELAY_MS: u32 = 10;
/// The longest that one waits, in milliseconds.
pub const DEFAULT_LONGEST_DELAY_MS: u32 = 1_000;

/// How an instance ended, as far as the policy cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// It exited with code 0.
    Finished,
    /// A fault, a panic, a failed init, an exit with another code, or the operator's `crash`.
    Failure,
    /// Nothing of its own: an operator wants another instance, or it has lost a server for whose sake it is started again.
    /// Then its policy is not asked, and its budget not touched: whoever wants that bounds it.
    Demanded,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Start a new instance, so many nanoseconds later.
    Restart(u64),
    /// Leave it dead: its policy says so.
    Stay,
    /// Leave it dead: its policy wants a restart, and the budget, which is so many, is spent.
    Fail(u32),
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Decision::Restart(0) => f.write_str("it is started again"),
            Decision::Restart(delay) => write!(f, "it is started again in {} ms", delay / 1_000_000),
            Decision::Stay => f.write_str("it stays dead, by its restart policy"),
            Decision::Fail(budget) => {
                write!(f, "it stays dead after {budget} restarts: `restart` it when it is mended")
            }
        }
    }
}

/// How an instance died that has no successor, as a line of the log: what comes then is whole, and `cause` is cut for that.
pub fn last_words(cause: &str, then: Decision) -> Line {
    let mut tail = String::<MAX_THEN>::new();
    // It fits: the longest is shorter.
    let _ = write!(tail, "; {then}");
    let mut line = Line::new();
    let room = cause.floor_char_boundary(MAX_LINE.saturating_sub(tail.len()));
    // So much room there is.
    let _ = line.push_str(cause.get(..room).unwrap_or_default());
    let _ = line.push_str(&tail);
    line
}

/// How often a module may be started again, and how soon. Times are in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Restarts in a window.
    pub restarts: u32,
    /// How long a window is.
    pub window: u64,
    /// How long its second restart waits.
    pub delay: u64,
    /// The longest that one waits.
    pub longest_delay: u64,
}

/// The restarts of a module since it was loaded, as far as the next one depends on them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct History {
    /// When the window began.
    began: u64,
    /// The restarts in it.
    restarts: u32,
}

impl History {
    /// How many restarts are in the window that `now` falls into.
    fn counts(&self, budget: &Budget, now: u64) -> u32 {
        let over = now.saturating_sub(self.began) >= budget.window;
        if over { 0 } else { self.restarts }
    }

    /// Decides for a module with `policy` that ends at the moment `now` by `cause`.
    pub fn decide(&self, policy: Restart, cause: Cause, budget: &Budget, now: u64) -> Decision {
        match (policy, cause) {
            (_, Cause::Demanded) => return Decision::Restart(0),
            (Restart::Never, _) | (Restart::OnFailure, Cause::Finished) => return Decision::Stay,
            (Restart::OnFailure, Cause::Failure) | (Restart::Always, _) => {}
        }
        match self.counts(budget, now) {
            restarts if restarts >= budget.restarts => Decision::Fail(budget.restarts),
            0 => Decision::Restart(0),
            restarts => {
                let doubled = restarts.saturating_sub(1).min(63);
                let factor = 1_u64.checked_shl(doubled).unwrap_or(u64::MAX);
                Decision::Restart(budget.delay.saturating_mul(factor).min(budget.longest_delay))
            }
        }
    }

    /// A restart has been decided on at the moment `now`, after an end by `cause`.
    pub fn note(&mut self, cause: Cause, budget: &Budget, now: u64) {
        if cause == Cause::Demanded {
            return;
        }
        let restarts = self.counts(budget, now);
        if restarts == 0 {
            self.began = now;
        }
        self.restarts = restarts.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use ipc_proto::interface::MAX_REPEATED;

    use super::*;

    #[test]
    fn a_request_of_which_its_server_dies_leaves_some_restarts() {
        // The first time, and each time that the stub asks again.
        let deaths = MAX_REPEATED + 1;
        assert!(deaths < DEFAULT_BUDGET, "{deaths} deaths of one call, {DEFAULT_BUDGET} restarts");
    }

    const BUDGET: Budget = Budget { restarts: 5, window: 1_000, delay: 10, longest_delay: 60 };

    /// A module that dies at these moments, one after the other.
    fn decisions(budget: &Budget, moments: &[u64]) -> std::vec::Vec<Decision> {
        let mut history = History::default();
        let decide = |now: &u64| {
            let decision = history.decide(Restart::Always, Cause::Finished, budget, *now);
            if let Decision::Restart(_) = decision {
                history.note(Cause::Finished, budget, *now);
            }
            decision
        };
        moments.iter().map(decide).collect()
    }

    #[test]
    fn what_comes_after_the_last_death_is_whole_however_long_the_cause() {
        for (then, tail) in [
            (Decision::Fail(5), "; it stays dead after 5 restarts: `restart` it when it is mended"),
            (
                Decision::Fail(u32::MAX),
                "; it stays dead after 4294967295 restarts: `restart` it when it is mended",
            ),
            (Decision::Stay, "; it stays dead, by its restart policy"),
        ] {
            let most = MAX_LINE - tail.len();
            for (cause, kept) in [(0, 0), (most - 1, most - 1), (most, most), (most + 1, most), (500, most)] {
                let line = last_words(&"x".repeat(cause), then);
                assert_eq!(line.as_str(), std::format!("{}{tail}", "x".repeat(kept)), "{cause}");
            }
            // A character of two bytes is kept whole, or not at all.
            let cause = std::format!("{}\u{e4}", "x".repeat(most - 1));
            assert_eq!(last_words(&cause, then).as_str(), std::format!("{}{tail}", "x".repeat(most - 1)));
        }
    }

    #[test]
    fn every_policy_and_cause_below_at_and_above_the_budget() {
        use Cause::{Failure, Finished};
        use Decision::Stay;
        const FAIL: Decision = Decision::Fail(BUDGET.restarts);
        let again = Decision::Restart(60);
        for (policy, cause, below, at) in [
            (Restart::Never, Finished, Stay, Stay),
            (Restart::Never, Failure, Stay, Stay),
            (Restart::OnFailure, Finished, Stay, Stay),
            (Restart::OnFailure, Failure, again, FAIL),
            (Restart::Always, Finished, again, FAIL),
            (Restart::Always, Failure, again, FAIL),
        ] {
            for (restarts, expected) in [(4, below), (5, at), (6, at), (u32::MAX, at)] {
                let history = History { began: 0, restarts };
                assert_eq!(
                    history.decide(policy, cause, &BUDGET, 999),
                    expected,
                    "{policy:?} {cause:?} {restarts}"
                );
            }
        }
    }

    #[test]
    fn the_first_at_once_then_doubled_to_the_bound_then_failed() {
        let again = Decision::Restart;
        let expected = [again(0), again(10), again(20), again(40), again(60), Decision::Fail(5)];
        assert_eq!(decisions(&BUDGET, &[1, 2, 3, 4, 5, 6]), expected);
    }

    #[test]
    fn what_is_demanded_comes_at_once_and_does_not_count() {
        for policy in [Restart::Never, Restart::OnFailure, Restart::Always] {
            for restarts in [0, 4, 5, u32::MAX] {
                let mut history = History { began: 0, restarts };
                let demanded = history.decide(policy, Cause::Demanded, &BUDGET, 5);
                assert_eq!(demanded, Decision::Restart(0), "{policy:?} {restarts}");
                history.note(Cause::Demanded, &BUDGET, 5);
                assert_eq!(history, History { began: 0, restarts });
            }
        }
    }

    #[test]
    fn a_window_ends_at_its_bound_and_everything_begins_anew() {
        let again = Decision::Restart;
        assert_eq!(decisions(&BUDGET, &[0, 1, 999]), [again(0), again(10), again(20)], "below");
        assert_eq!(
            decisions(&BUDGET, &[0, 1, 1_000, 1_001]),
            [again(0), again(10), again(0), again(10)],
            "at it"
        );
        assert_eq!(decisions(&BUDGET, &[7, 8, 1_006, 1_007]), [again(0), again(10), again(20), again(0)]);
    }

    #[test]
    fn no_window_holds_more_than_its_budget() {
        let moments: std::vec::Vec<u64> = (0..500).map(|step| step * 37).collect();
        let mut began = 0;
        let mut restarts = 0;
        for (now, decision) in moments.iter().zip(decisions(&BUDGET, &moments)) {
            if now - began >= BUDGET.window {
                (began, restarts) = (*now, 0);
            }
            restarts += u32::from(matches!(decision, Decision::Restart(_)));
            assert!(restarts <= BUDGET.restarts, "at {now}");
        }
    }

    #[test]
    fn extreme_numbers_neither_overflow_nor_wait_beyond_the_bound() {
        let most = Budget { restarts: u32::MAX, window: u64::MAX, delay: u64::MAX, longest_delay: u64::MAX };
        let history = History { began: u64::MAX, restarts: u32::MAX - 1 };
        assert_eq!(history.decide(Restart::Always, Cause::Failure, &most, 0), Decision::Restart(u64::MAX));
        let mut history = History { began: 0, restarts: u32::MAX };
        history.note(Cause::Failure, &most, 0);
        assert_eq!(history.decide(Restart::Always, Cause::Failure, &most, 0), Decision::Fail(u32::MAX));
        let none = Budget { restarts: 0, ..BUDGET };
        assert_eq!(History::default().decide(Restart::Always, Cause::Failure, &none, 5), Decision::Fail(0));
        let at_once = Budget { delay: 0, ..BUDGET };
        assert_eq!(decisions(&at_once, &[1, 2, 3]), [Decision::Restart(0); 3]);
    }
}
