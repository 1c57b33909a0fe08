//! What becomes of a module that has died: the policy that its manifest asks for, and a budget.

use core::fmt;

pub use ipc_proto::manifest::Restart;

/// How often a module is started again after one load, where the system's manifest does not say. Then it is left alone
/// until somebody loads it anew.
pub const DEFAULT_BUDGET: u32 = 5;

/// How an instance ended, as far as the policy cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It exited with code 0.
    Finished,
    /// A fault, a panic, a failed init, an exit with another code, or the operator's `crash`.
    Failure,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Start a new instance.
    Restart,
    /// Leave it dead: its policy says so.
    Stay,
    /// Leave it dead: its policy wants a restart, and the budget, which is so many, is spent.
    Fail(u32),
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Decision::Restart => f.write_str("it is started again"),
            Decision::Stay => f.write_str("it stays dead, by its restart policy"),
            Decision::Fail(budget) => {
                write!(f, "it stays dead after {budget} restarts: unload it, and load it when it is mended")
            }
        }
    }
}

/// Decides for a module with `policy` that ended by `cause` and was started again `restarts` times since its load, of
/// at most `budget`.
pub const fn decide(policy: Restart, cause: Cause, restarts: u32, budget: u32) -> Decision {
    match (policy, cause) {
        (Restart::Never, _) | (Restart::OnFailure, Cause::Finished) => Decision::Stay,
        (Restart::OnFailure, Cause::Failure) | (Restart::Always, _) if restarts < budget => Decision::Restart,
        (Restart::OnFailure, Cause::Failure) | (Restart::Always, _) => Decision::Fail(budget),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_and_cause_below_at_and_above_the_budget() {
        use Cause::{Failure, Finished};
        use Decision::{Restart as Again, Stay};
        const BUDGET: u32 = DEFAULT_BUDGET;
        const FAIL: Decision = Decision::Fail(BUDGET);
        for (policy, cause, below, at) in [
            (Restart::Never, Finished, Stay, Stay),
            (Restart::Never, Failure, Stay, Stay),
            (Restart::OnFailure, Finished, Stay, Stay),
            (Restart::OnFailure, Failure, Again, FAIL),
            (Restart::Always, Finished, Again, FAIL),
            (Restart::Always, Failure, Again, FAIL),
        ] {
            for (restarts, expected) in
                [(0, below), (BUDGET - 1, below), (BUDGET, at), (BUDGET + 1, at), (u32::MAX, at)]
            {
                assert_eq!(
                    decide(policy, cause, restarts, BUDGET),
                    expected,
                    "{policy:?} {cause:?} {restarts}"
                );
            }
        }
    }
}
