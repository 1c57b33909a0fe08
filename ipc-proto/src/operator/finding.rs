//! What an examination of a module finds: what its thread does, and who keeps it from doing more.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::{Grant, Sentence, Users};
use crate::ids::Instance;
use crate::name::Name;

/// A system call that can block who makes it. Yield, NBSend, NBRecv and Reply cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// Sends, and waits for somebody to receive it.
    Send,
    /// The same, and waits for the answer.
    Call,
    /// Waits for a message, or for a signal.
    Recv,
    /// Answers, and waits for the next message.
    ReplyRecv,
}

/// What the supervisor, which is called, waits for before it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Until {
    /// Somebody publishes this name.
    Published(Name),
    /// An operator lets the module go on, which was loaded to be held.
    Released,
}

/// What a module does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Finding {
    /// It runs, and was at this address.
    Busy {
        /// The address.
        ip: u64,
    },
    /// It waits in a system call.
    Blocked {
        /// In which.
        call: Call,
        /// On which slot of its CSpace.
        slot: u64,
        /// What that leads to; `None` where nothing was granted for it.
        to: Option<Grant>,
        /// What the supervisor waits for, where it leads there.
        until: Option<Until>,
        /// Where the call is made.
        ip: u64,
    },
    /// It has published, and waits for a call on its own endpoint: it has nothing to do.
    Idle,
    /// It does not run, and its file has no system call at this address: it has just faulted there, or made a call from
    /// memory that is not its file's.
    Elsewhere {
        /// The address.
        ip: u64,
    },
    /// It would run, but nobody of its priority does.
    Starved {
        /// Its priority.
        priority: u8,
        /// For how many milliseconds nobody of that priority has run, at least.
        ms: u32,
        /// The module of the highest priority that runs, and that priority; `None` where none did any more when it was
        /// looked for.
        by: Option<(Name, u8)>,
        /// Where it would go on.
        ip: u64,
    },
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Call::Send => "Send",
            Call::Call => "Call",
            Call::Recv => "Recv",
            Call::ReplyRecv => "ReplyRecv",
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Busy { ip } => write!(f, "busy at ip {ip:#x}"),
            Finding::Blocked { call, slot, to, until, ip } => {
                write!(f, "blocked in {call} on slot {slot} ")?;
                match to {
                    Some(grant) => write!(f, "({grant})")?,
                    None => f.write_str("(which it was granted nothing for)")?,
                }
                match until {
                    Some(Until::Published(name)) => write!(f, " until `{name}` is published")?,
                    Some(Until::Released) => f.write_str(" until an operator releases it")?,
                    None => {}
                }
                write!(f, " at ip {ip:#x}")
            }
            Finding::Idle => f.write_str("idle, waiting for calls"),
            Finding::Elsewhere { ip } => {
                write!(f, "blocked at ip {ip:#x}, where its file has no system call")
            }
            Finding::Starved { priority, ms, by, ip } => {
                write!(
                    f,
                    "starved at ip {ip:#x}: nobody of its priority, {priority}, has run for {ms} ms, "
                )?;
                match by {
                    Some((name, priority)) => write!(f, "since {name}, of priority {priority}, is busy"),
                    None => f.write_str("and who has run instead does not any more"),
                }
            }
        }
    }
}

/// The answer to [`Request::Examine`](super::Request::Examine).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Examined {
    /// What this instance does.
    Found {
        /// Which it is.
        instance: Instance,
        /// What it does.
        finding: Finding,
        /// Who stands on a call to it, received or not.
        callers: Users,
    },
    /// The instance has died meanwhile.
    Gone,
    /// It cannot be examined.
    Refused(Sentence),
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;
    use crate::operator::{MAX_SENTENCE, MAX_USERS};
    use crate::supervisor::MAX_LINE;
    use crate::wire;

    fn longest_name() -> Name {
        Name::new(&"n".repeat(crate::name::MAX_NAME)).unwrap()
    }

    fn longest() -> Finding {
        let (to, until) = (Some(Grant::Connection(longest_name())), Some(Until::Published(longest_name())));
        Finding::Blocked { call: Call::ReplyRecv, slot: u64::MAX, to, until, ip: u64::MAX }
    }

    #[test]
    fn each_in_words() {
        let name = Name::new("echo").unwrap();
        let blocked = |call, slot, to, until| Finding::Blocked { call, slot, to, until, ip: 0x40_1000 };
        for (finding, words) in [
            (Finding::Busy { ip: 0x40_1000 }, "busy at ip 0x401000"),
            (
                blocked(Call::Call, 16, Some(Grant::Connection(name)), None),
                "blocked in Call on slot 16 (connection to echo) at ip 0x401000",
            ),
            (
                blocked(Call::Call, 2, Some(Grant::Requests), Some(Until::Published(name))),
                "blocked in Call on slot 2 (requests, to the supervisor) until `echo` is published at ip 0x401000",
            ),
            (
                blocked(Call::Call, 2, Some(Grant::Requests), Some(Until::Released)),
                "blocked in Call on slot 2 (requests, to the supervisor) until an operator releases it at ip 0x401000",
            ),
            (
                blocked(Call::Recv, 20, None, None),
                "blocked in Recv on slot 20 (which it was granted nothing for) at ip 0x401000",
            ),
            (Finding::Idle, "idle, waiting for calls"),
            (
                Finding::Elsewhere { ip: 0x40_1000 },
                "blocked at ip 0x401000, where its file has no system call",
            ),
            (
                Finding::Starved { priority: 50, ms: 20, by: Some((name, 100)), ip: 0x40_1000 },
                "starved at ip 0x401000: nobody of its priority, 50, has run for 20 ms, since echo, of priority 100, is \
                 busy",
            ),
            (
                Finding::Starved { priority: 50, ms: 20, by: None, ip: 0x40_1000 },
                "starved at ip 0x401000: nobody of its priority, 50, has run for 20 ms, and who has run instead does not \
                 any more",
            ),
        ] {
            assert_eq!(finding.to_string(), words);
        }
    }

    #[test]
    fn the_longest_fits_a_message_a_sentence_and_a_line_of_the_log() {
        let callers =
            Users { names: core::iter::repeat_n(longest_name(), MAX_USERS).collect(), more: u16::MAX };
        let instance =
            Instance { domain: crate::ids::DomainId(u16::MAX), generation: crate::ids::Generation(u32::MAX) };
        let found = Examined::Found { instance, finding: longest(), callers };
        assert!(wire::encode(&found, &mut [0; wire::MAX_WORDS]).is_ok());
        assert!(longest().to_string().len() + 100 < MAX_SENTENCE);
        // The log cuts a line at its bound. What is cut here is the end of an address, and only where everything is longest.
        let real =
            Finding::Starved { priority: 255, ms: u32::MAX, by: Some((longest_name(), 255)), ip: u64::MAX };
        assert!(real.to_string().len() < MAX_LINE);
    }
}
