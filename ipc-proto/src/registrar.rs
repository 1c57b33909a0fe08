//! Interface `registrar`: what the name server, and nobody else, asks of the supervisor.
//!
//! The name server decides about names; the supervisor's ledger decides about what exists and what is live.
//! Neither trusts the other with its own part: the name server holds no capability to any service, and the
//! supervisor, which is told the name of each, lets nobody have or find one by it.

use heapless::Vec;
use serde::{Deserialize, Serialize};

use crate::ids::{DomainId, Generation, ServiceRef};
use crate::name::Name;
use crate::operator::ServiceState;
use crate::version::{Version, VersionRange};

/// The label of every request of this interface.
pub const LABEL: u16 = 0x101;
/// How many entries a page of [`Request::Entries`] holds.
pub const PAGE: usize = 8;

/// A request. `client` and `owner` are badges as the kernel delivered them to the name server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Request {
    /// Enter a reservation in the ledger: a service of `owner` that is not yet visible. With `again`, the entry
    /// that the same module's earlier instance had is taken up, so that its clients' capabilities stay valid.
    /// Answer: [`Answer::Entered`] or [`Answer::Refused`].
    Enter {
        /// Who reserves.
        owner: u64,
        /// The entry of an earlier instance, if the name server knows one for this name.
        again: Option<ServiceRef>,
        /// Under which name it will be found: so it is known who waits for whom.
        name: Name,
        /// In which version.
        version: Version,
    },
    /// Whether the system's manifest lets `asker` do something with a name. Asked of those whose badge says that there are
    /// names that they may not ([`crate::badge::asker::BOUND`]). Answer: [`Answer::Done`], or [`Answer::Refused`] with
    /// [`Refusal::NotGranted`].
    May {
        /// Who asks for it.
        asker: u64,
        /// What for.
        right: Right,
        /// With which name.
        name: Name,
    },
    /// Give `client` a capability to `service`. Refused unless the ledger says that it is live.
    /// Answer: [`Answer::Connected`], [`Answer::OtherInterface`] or [`Answer::Refused`].
    Connect {
        /// Who looked the name up.
        client: u64,
        /// What it found.
        service: ServiceRef,
        /// The interface that the client speaks: its hash, where it has said so.
        interface: Option<u64>,
    },
    /// A lookup has found nothing: let `client` wait. Answer: [`Answer::Done`]; [`Answer::Published`] where the service
    /// is there, and nothing was entered; [`Answer::Refused`].
    Wait {
        /// Who has looked the name up.
        client: u64,
        /// The name.
        name: Name,
        /// The versions that the client speaks.
        versions: VersionRange,
        /// How long it waits, in microseconds.
        micros: u64,
    },
    /// The entries of the ledger, from this one on: an instance of the name server begins with what its predecessor knew.
    /// Answer: [`Entries`], and not an [`Answer`], which all others would have to carry along.
    Entries {
        /// The number of the first.
        from: u16,
    },
    /// What state the entry is in for its clients, if it still exists. Answer: [`Answer::State`].
    State {
        /// The entry.
        service: ServiceRef,
    },
}

/// What the system's manifest lets a module do with a name, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Right {
    /// Reserve it.
    Register,
    /// Look it up.
    LookUp,
}

/// Why the supervisor refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Refusal {
    /// The badge is not that of a living instance.
    NoSuchDomain,
    /// The system's manifest does not let it. Who looks a name up must not be told so: the name does not exist for it.
    NotGranted,
    /// The service does not exist any more.
    Gone,
    /// The service is reserved and was never published: to its clients it does not exist.
    NotPublished,
    /// The service was published, but its module is being restarted, or has failed.
    NotLive,
    /// The service was published, and its module has failed: it is not restarted by itself.
    Failed,
    /// The owner has published already: names are reserved during init.
    AlreadyPublished,
    /// The ledger's service table is full.
    TooManyServices,
    /// The owner has as many services as it may have.
    TooManyForOwner,
    /// The client's connection slots are used up.
    TooManyConnections,
    /// The service's module has as many clients as it may have.
    TooManyClients,
    /// As many lookups wait for the name as may, or the supervisor has no room for one more.
    TooManyWaiters,
    /// The client wants to wait longer than it may.
    WaitTooLong,
    /// The client is inside a wait: it cannot have looked anything up.
    WaitsAlready,
    /// The kernel refused to make the capability.
    Kernel,
}

/// An entry of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// Whose it is.
    pub owner: DomainId,
    /// Which one it is.
    pub service: ServiceRef,
    /// Under which name it was reserved.
    pub name: Name,
    /// The version of its interface.
    pub version: Version,
}

/// The answer to [`Request::Entries`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entries {
    /// One for each service, reserved ones included.
    pub page: Vec<Entry, PAGE>,
    /// The number to go on from, if there are more.
    pub next: Option<u16>,
}

/// The answer, with status `Ok`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Answer {
    /// The reservation is in the ledger.
    Entered(ServiceRef),
    /// It is done.
    Done,
    /// The capability is in the client's CSpace.
    Connected {
        /// Which slot of it.
        slot: u8,
        /// Which instance serves now.
        generation: Generation,
    },
    /// It was published in the meantime, or before this instance of the name server came: nobody has to wait.
    Published {
        /// The entry.
        service: ServiceRef,
        /// The version.
        version: Version,
    },
    /// The client is not connected: the service is of another interface than it speaks, which has this hash.
    OtherInterface(u64),
    /// The entry's state; `None` where it does not exist any more.
    State(Option<ServiceState>),
    /// It cannot be done; nothing has changed.
    Refused(Refusal),
}
