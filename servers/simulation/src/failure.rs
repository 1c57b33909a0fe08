//! Why a run came to no good end: what the test is told.

use std::fmt;

/// Why a run was given up. It is a failure of the test, not of a module in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A program of the test's own has panicked: one of its assertions, for instance.
    Panicked {
        /// Which one.
        who: String,
        /// What it said, and where.
        words: String,
    },
    /// Nobody can go on, and nothing will happen that changes this, but a program has not ended.
    Deadlock(
        /// Who waits for whom.
        String,
    ),
    /// More events than a run may have, which are kernel calls, turns of the supervisor and jumps of the clock: something
    /// goes on for ever, or [`crate::System::at_most`] is too few.
    TooManyEvents(
        /// How many those are.
        u64,
    ),
    /// Somebody has asked for what is not simulated.
    NotSimulated {
        /// Who.
        who: String,
        /// For what.
        what: String,
    },
    /// An instance has not called the kernel for a minute of this machine's time: it is in a loop, or stopped by a debugger.
    Busy(
        /// Which one.
        String,
    ),
    /// A module cannot be loaded; on the target its load would be refused.
    Load(
        /// Which one and why.
        String,
    ),
    /// This machine gives no further thread.
    NoThread(
        /// In its words.
        String,
    ),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Panicked { who, words } => write!(f, "{who} panicked: {words}"),
            Failure::Deadlock(who) => {
                write!(f, "deadlock: nobody can go on, no time will pass that changes this, and\n{who}")
            }
            Failure::TooManyEvents(most) => write!(
                f,
                "more than {most} events: something goes on for ever, or `System::at_most` has to allow more"
            ),
            Failure::NotSimulated { who, what } => write!(
                f,
                "{who} uses {what}, which the simulation does not have: test that on the target, with a scenario"
            ),
            Failure::Busy(who) => write!(f, "{who} has not called the kernel for a minute: is it in a loop?"),
            Failure::Load(why) => f.write_str(why),
            Failure::NoThread(why) => write!(f, "this machine gives no further thread: {why}"),
        }
    }
}

impl std::error::Error for Failure {}
