//! What has come of a push, and why nothing has.

use std::fmt;
use std::time::Duration;

use ipc_proto::ids::Instance;
use ipc_proto::push::{Reply, VERSION};

/// What has come of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// The module is live.
    Live {
        /// The instance.
        instance: Instance,
        /// Whether it took the place of another file's.
        replaced: bool,
    },
    /// A program that has run to its end.
    Ended,
    /// Refused, and why: nothing has changed.
    Refused(String),
    /// It was not live, and the earlier one has ended for it: what that had in its memory is lost.
    Undone {
        /// The instance that was made of the earlier file, where one is live.
        again: Option<Instance>,
        /// What has happened.
        why: String,
    },
}

/// Why nothing is known of a push, or it cannot be made.
#[derive(Debug)]
pub enum LinkError {
    /// Nobody answers on the line.
    Silent(Duration),
    /// Whoever answers has another version of the interface.
    Version(u16),
    /// So much of the file is there, and no more was taken in that time.
    Stuck {
        /// In bytes.
        has: usize,
        /// How long the file is.
        of: usize,
        /// How long.
        waited: Duration,
    },
    /// The line was cut off.
    Cut(std::io::Error),
    /// The system has forgotten the file: it was started anew, or somebody else pushes.
    Forgotten,
    /// What is answered makes no sense.
    Nonsense(String),
    /// The file is there, and the module was neither live nor refused in that time.
    NotLive(Duration),
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::Silent(waited) => write!(
                f,
                "the system has not answered on its second serial line for {} s: it has not booted yet, its manifest does \
                 not have `push = true`, or something else has the line",
                waited.as_secs()
            ),
            LinkError::Version(theirs) => write!(
                f,
                "the system speaks version {theirs} of the line and this tool version {VERSION}: boot it anew from this clone"
            ),
            LinkError::Stuck { has, of, waited } => write!(
                f,
                "the system has {has} of {of} bytes, and has taken no more for {} s: push it again",
                waited.as_secs()
            ),
            LinkError::Cut(error) => write!(f, "the line was cut off ({error}): has the system ended?"),
            LinkError::Forgotten => f.write_str(
                "the system has forgotten the file: another push has begun, or it was started anew",
            ),
            LinkError::Nonsense(what) => write!(f, "the other side of the line answers nonsense: {what}"),
            LinkError::NotLive(waited) => write!(
                f,
                "the file is there, and the module is not live after {} s: `ps` in the shell shows its state",
                waited.as_secs()
            ),
        }
    }
}

impl std::error::Error for LinkError {}

impl LinkError {
    /// Whether the whole file can be there, so that something can still come of it.
    pub const fn is_open(&self) -> bool {
        match self {
            LinkError::Silent(_) | LinkError::Version(_) | LinkError::Stuck { .. } => false,
            LinkError::Cut(_) | LinkError::Forgotten | LinkError::Nonsense(_) | LinkError::NotLive(_) => true,
        }
    }
}

/// What a last reply says.
///
/// # Errors
/// Where it is none.
pub fn settled(reply: Reply) -> Result<Pushed, LinkError> {
    match reply {
        Reply::Live { instance, replaced, .. } => Ok(Pushed::Live { instance, replaced }),
        Reply::Ended { .. } => Ok(Pushed::Ended),
        Reply::Refused { why, .. } => Ok(Pushed::Refused(harmless(&why))),
        Reply::Undone { again, why, .. } => Ok(Pushed::Undone { again, why: harmless(&why) }),
        Reply::Unknown { .. } => Err(LinkError::Forgotten),
        reply => Err(LinkError::Nonsense(format!("{reply:?}"))),
    }
}

/// Text from the other side, without what a terminal takes for a command.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}
