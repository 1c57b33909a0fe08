//! Interface `names`: what a module asks of the name server, on [`crate::slots::NAMES`].

use core::fmt;

use heapless::Vec;
use serde::{Deserialize, Serialize};

use crate::ids::{Generation, ServiceRef};
use crate::name::Name;
use crate::registrar::Refusal;
use crate::version::{Offered, Version, VersionRange};

/// The label of every request of this interface.
pub const LABEL: u16 = 0x110;
/// A lookup waits as long as the system's manifest grants its caller (`wait_ms`).
pub const AS_LONG_AS_GRANTED: u64 = u64::MAX;
/// How many names a page of [`Request::List`] holds.
pub const PAGE: usize = 8;

/// A request; the caller is known by the badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Request {
    /// Reserve a name for a service of the caller, during its init. Nothing is visible until the caller
    /// publishes. The same name can be reserved in several versions, by one module, each for a service of its own.
    /// Answer: [`Answer::Reserved`] or [`Answer::Failed`].
    Reserve {
        /// The name.
        name: Name,
        /// The version of its interface.
        version: Version,
    },
    /// Connect the caller to the service that has published `name`: to the newest of those versions that it speaks.
    /// Answer: [`Answer::Found`], [`Answer::Wait`] or [`Answer::Failed`].
    Lookup {
        /// The name.
        name: Name,
        /// The versions that the caller speaks.
        versions: VersionRange,
        /// How long the caller waits where nothing is found that it speaks, in microseconds; 0 is not to wait,
        /// [`AS_LONG_AS_GRANTED`] as long as it may.
        wait: u64,
        /// The interface that the caller speaks, where it has to be that: its hash, [`crate::interface::Interface::HASH`].
        /// A service that has not said of which it is counts as of any.
        interface: Option<u64>,
    },
    /// A page of all names, reserved ones included, from the `from`th on, for operators.
    /// Answer: [`Answer::Page`] or [`Answer::Failed`].
    List {
        /// How many to skip.
        from: u16,
    },
}

/// Why the name server refuses. Its text is the sentence that a person reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NameFailure {
    /// Another module has reserved or published the name.
    Taken,
    /// The name table is full.
    Full,
    /// The caller has as many names as a module can have.
    TooManyForOwner,
    /// Nobody has published the name. (A reserved one looks the same, and so does one that the caller may not look up.)
    NotFound,
    /// The name is there, in other versions only.
    Version {
        /// In which.
        offered: Offered,
    },
    /// The name is there in a version that the caller speaks, and is of another interface: each of the two would take the
    /// other's methods for its own.
    OtherInterface {
        /// The hash of the server's interface.
        served: u64,
        /// The hash of the caller's.
        spoken: u64,
    },
    /// The caller's badge is not a module's.
    BadCaller,
    /// The caller is not an operator.
    NotOperator,
    /// The supervisor refused.
    Supervisor(Refusal),
}

impl NameFailure {
    /// Whether a publish can end it, so that a lookup may wait for one. What is stopping is counted in: it is live
    /// again where the stop is taken back, and its name is free where it is not.
    pub const fn is_absence(&self) -> bool {
        matches!(
            self,
            NameFailure::NotFound
                | NameFailure::Version { .. }
                | NameFailure::Supervisor(Refusal::NotLive | Refusal::Failed)
        )
    }
}

impl fmt::Display for NameFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameFailure::Taken => f.write_str("another module holds the name"),
            NameFailure::Full => f.write_str("the name table is full: unload a module that holds names"),
            NameFailure::TooManyForOwner => f.write_str("the module holds as many names as it can have"),
            NameFailure::NotFound => {
                f.write_str("nobody has published that name: `names` lists what there is")
            }
            NameFailure::Version { offered } => {
                write!(f, "it is there in {offered}, which the caller does not speak")
            }
            NameFailure::OtherInterface { served, spoken } => {
                write!(
                    f,
                    "it is of another interface, {served:x} and not {spoken:x}: build both from one trait"
                )
            }
            NameFailure::BadCaller => f.write_str("the caller is not a module"),
            NameFailure::NotOperator => {
                f.write_str("the caller is not an operator, and only they list names")
            }
            NameFailure::Supervisor(refusal) => f.write_str(match refusal {
                Refusal::NoSuchDomain => "the caller is gone",
                Refusal::NotGranted => {
                    "the system's manifest does not let the module register that name (provides)"
                }
                Refusal::Gone | Refusal::NotPublished => "the service is gone",
                Refusal::NotLive => "the service is being restarted: try again",
                Refusal::Failed => "the service has failed: `restart` brings its module back",
                Refusal::AlreadyPublished => "names are reserved before publish, not after",
                Refusal::TooManyServices => "the supervisor's service table is full",
                Refusal::TooManyForOwner => {
                    "the module has as many services as the system's manifest grants it (names)"
                }
                Refusal::TooManyConnections => {
                    "the caller holds as many connections as its manifest asks for"
                }
                Refusal::TooManyClients => {
                    "the service has as many clients as the system's manifest grants it (clients)"
                }
                Refusal::TooManyWaiters => "as many lookups wait for that name (waiters), or in all, as may",
                Refusal::WaitTooLong => {
                    "the caller wants to wait longer than the system's manifest grants it (wait_ms)"
                }
                Refusal::WaitsAlready => "the caller waits already, so it cannot be asking",
                Refusal::Kernel => "the kernel refused to make the capability",
            }),
        }
    }
}

impl core::error::Error for NameFailure {}

/// A line of the listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// The name.
    pub name: Name,
    /// The version of its interface.
    pub version: Version,
    /// The ledger's entry; the operator interface says what state it is in.
    pub service: ServiceRef,
}

/// The answer, with status `Ok`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Answer {
    /// The name is the caller's; its calls will carry this service number in their badge.
    Reserved(ServiceRef),
    /// The caller is connected.
    Found {
        /// The slot of the caller's CSpace that holds the capability.
        slot: u8,
        /// Which instance serves now.
        generation: Generation,
        /// The version found.
        version: Version,
    },
    /// Nobody has published it yet, and the caller's wait is entered: it asks the supervisor for the end of it
    /// ([`crate::waits::Request::Await`]), and then looks the name up again.
    Wait,
    /// A page of names; fewer than [`PAGE`] means that it is the last.
    Page(Vec<Entry, PAGE>),
    /// It cannot be done; nothing has changed.
    Failed(NameFailure),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lookup_waits_only_for_what_a_publish_can_bring() {
        use NameFailure::*;
        for failure in [
            NotFound,
            Version { offered: Offered::of([crate::version::Version(2)]).unwrap() },
            Supervisor(Refusal::NotLive),
            Supervisor(Refusal::Failed),
        ] {
            assert!(failure.is_absence(), "{failure}");
        }
        for refusal in [
            Refusal::NoSuchDomain,
            Refusal::NotGranted,
            Refusal::AlreadyPublished,
            Refusal::TooManyServices,
            Refusal::TooManyForOwner,
            Refusal::TooManyConnections,
            Refusal::TooManyClients,
            Refusal::TooManyWaiters,
            Refusal::WaitTooLong,
            Refusal::WaitsAlready,
            Refusal::Kernel,
        ] {
            assert!(!Supervisor(refusal).is_absence(), "{refusal:?}");
        }
        let other = OtherInterface { served: 1, spoken: 2 };
        for failure in [Taken, Full, TooManyForOwner, BadCaller, NotOperator, other] {
            assert!(!failure.is_absence(), "{failure}");
        }
    }
}
