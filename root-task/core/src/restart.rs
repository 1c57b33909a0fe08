//! What becomes of a module that has died: the policy that its manifest asks for, and a budget.

use core::fmt;

pub use ipc_proto::manifest::Restart;

/// How often a module is started again after one load. Then it is left alone until somebody loads it anew.
pub const MAX_RESTARTS: u32 = 5;

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
    /// Leave it dead: its policy wants a restart, and the budget is spent.
    Fail,
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Decision::Restart => f.write_str("it is started again"),
            Decision::Stay => f.write_str("it stays dead, by its restart policy"),
            Decision::Fail => {
                write!(
                    f,
                    "it stays dead after {MAX_RESTARTS} restarts: unload it, and load it when it is mended"
                )
            }
        }
    }
}

/// Decides for a module with `policy` that ended by `cause` and was started again `restarts` times since its load.
pub const fn decide(policy: Restart, cause: Cause, restarts: u32) -> Decision {
    match (policy, cause) {
        (Restart::Never, _) | (Restart::OnFailure, Cause::Finished) => Decision::Stay,
        (Restart::OnFailure, Cause::Failure) | (Restart::Always, _) if restarts < MAX_RESTARTS => {
            Decision::Restart
        }
        (Restart::OnFailure, Cause::Failure) | (Restart::Always, _) => Decision::Fail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_and_cause_below_at_and_above_the_budget() {
        use Cause::{Failure, Finished};
        use Decision::{Fail, Restart as Again, Stay};
        for (policy, cause, below, at) in [
            (Restart::Never, Finished, Stay, Stay),
            (Restart::Never, Failure, Stay, Stay),
            (Restart::OnFailure, Finished, Stay, Stay),
            (Restart::OnFailure, Failure, Again, Fail),
            (Restart::Always, Finished, Again, Fail),
            (Restart::Always, Failure, Again, Fail),
        ] {
            for (restarts, expected) in [
                (0, below),
                (MAX_RESTARTS - 1, below),
                (MAX_RESTARTS, at),
                (MAX_RESTARTS + 1, at),
                (u32::MAX, at),
            ] {
                assert_eq!(decide(policy, cause, restarts), expected, "{policy:?} {cause:?} {restarts}");
            }
        }
    }
}
