//! How an instance died.

use std::fmt;

use root_task_core::restart::Cause;

/// How an instance died.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// Its thread faulted.
    Fault(
        /// What it did.
        String,
    ),
    /// Its code panicked.
    Panicked(
        /// Its own words.
        String,
    ),
    /// Its init returned an error.
    InitFailed {
        /// Its own number.
        code: u32,
        /// Its own words.
        reason: String,
    },
    /// It exited.
    Exited(
        /// With this code; 0 is success.
        u32,
    ),
    /// Its init has not ended in time.
    InitOverdue,
    /// It was struck by a death, or crashed by the test.
    Crashed,
    /// The test, as the operator, has it restarted.
    Restarted,
    /// It is started again because it has lost this server.
    Lost(
        /// Its name.
        String,
    ),
    /// The test, as the operator, has unloaded it.
    Unloaded,
}

impl How {
    /// What the restart policy has to know.
    pub(crate) fn cause(&self) -> Cause {
        match self {
            How::Exited(0) => Cause::Finished,
            How::Restarted | How::Lost(_) => Cause::Demanded,
            _ => Cause::Failure,
        }
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            How::Fault(what) => write!(f, "{what}"),
            How::Panicked(words) => write!(f, "panicked: {words}"),
            How::InitFailed { code, reason } => write!(f, "init returned error {code}: {reason}"),
            How::Exited(code) => write!(f, "exited with code {code}"),
            How::InitOverdue => f.write_str("init has not ended in time"),
            How::Crashed => f.write_str("was crashed"),
            How::Restarted => f.write_str("is restarted by the operator"),
            How::Lost(server) => write!(f, "is restarted: it has lost {server} (on_loss)"),
            How::Unloaded => f.write_str("is unloaded"),
        }
    }
}
