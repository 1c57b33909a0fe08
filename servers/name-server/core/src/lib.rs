//! The name table: which module has reserved which name, in which version, for which service.
//!
//! Pure decisions. The table knows nothing about visibility: whether a service is live is the supervisor's ledger
//! to say, and a lookup that finds an entry here is a question to the supervisor, not an answer to the client.
//!
//! Modules never unregister. An entry whose service the supervisor no longer knows is stale, and is noticed when it
//! stands in somebody's way:
//!
//! | the table says | the name server does |
//! |---|---|
//! | [`Decision::New`] | enters the service in the ledger, then [`Registry::reserve`] |
//! | [`Decision::Again`] | the same, and gives the ledger the entry's service, so that clients keep theirs |
//! | [`Decision::Conflict`] | asks whether the entry's service exists; if not, [`Registry::forget`]s it and decides again |
//! | [`Decision::Full`], [`Decision::TooManyForOwner`] | asks about every one of [`Registry::entries`], forgets the stale ones and decides again, once |
//! | [`Registry::lookup`] finds | has the supervisor connect the client; if the service is gone, forgets it |
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

mod server;
mod supervisor;

use core::fmt;

use heapless::Vec;
use ipc_proto::ids::{DomainId, ServiceRef};
use ipc_proto::name::Name;
use ipc_proto::version::{Version, VersionRange};

pub use server::NameServer;
pub use supervisor::Supervisor;

/// The most names in the table.
pub const MAX_NAMES: usize = 64;
/// The most names of one module.
pub const MAX_NAMES_PER_OWNER: usize = 8;

/// A reserved name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The name.
    pub name: Name,
    /// The version of its interface.
    pub version: Version,
    /// Whose it is: the domain, because a restarted module keeps its names.
    pub owner: DomainId,
    /// The ledger's entry. Its epoch tells a module from a later one in the same place.
    pub service: ServiceRef,
}

/// What a reservation comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The name is free.
    New,
    /// The owner has the name already, from an earlier instance or an earlier try.
    Again(Entry),
    /// Another module has the name, unless it is gone.
    Conflict(Entry),
    /// [`MAX_NAMES`] are in the table, some of them perhaps stale.
    Full,
    /// The owner has [`MAX_NAMES_PER_OWNER`], some of them perhaps those of an earlier module in its place.
    TooManyForOwner,
}

/// Why a lookup finds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupError {
    /// Nobody has reserved the name.
    NoSuchName,
    /// The entry's version is none that the client speaks. Before anybody is told, the supervisor has to be asked
    /// whether the service is live: a reserved name is invisible.
    Version(Entry),
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LookupError::NoSuchName => f.write_str("nobody has reserved that name"),
            LookupError::Version(entry) => write!(f, "{} is there in version {}", entry.name, entry.version),
        }
    }
}

impl core::error::Error for LookupError {}

/// The table has changed since [`Registry::decide`]; nothing was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused(pub Decision);

/// The name table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Registry {
    entries: Vec<Entry, MAX_NAMES>,
}

impl Registry {
    /// An empty table.
    pub const fn new() -> Registry {
        Registry { entries: Vec::new() }
    }

    /// What a reservation of `name` by `owner` would come to. Changes nothing.
    pub fn decide(&self, owner: DomainId, name: &Name) -> Decision {
        match self.find(name) {
            Some(entry) if entry.owner == owner => Decision::Again(*entry),
            Some(entry) => Decision::Conflict(*entry),
            None if self.owned_by(owner) >= MAX_NAMES_PER_OWNER => Decision::TooManyForOwner,
            None if self.entries.is_full() => Decision::Full,
            None => Decision::New,
        }
    }

    /// Enters a name, or the new version and service of a name that its owner had already. The ledger has the
    /// service.
    ///
    /// # Errors
    /// [`Refused`] where [`Registry::decide`] says neither `New` nor `Again`; nothing has changed.
    pub fn reserve(&mut self, entry: Entry) -> Result<(), Refused> {
        match self.decide(entry.owner, &entry.name) {
            Decision::New => self.entries.push(entry).map_err(|_| Refused(Decision::Full)),
            Decision::Again(_) => {
                for old in self.entries.iter_mut().filter(|old| old.name == entry.name) {
                    *old = entry;
                }
                Ok(())
            }
            refused => Err(Refused(refused)),
        }
    }

    /// Drops the entry of a service that the supervisor no longer knows. `false` where there is none.
    pub fn forget(&mut self, service: ServiceRef) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.service != service);
        self.entries.len() < before
    }

    /// The entry of `name`, if its version is one of `versions`. Whether its service is live is not known here.
    ///
    /// # Errors
    /// [`LookupError`].
    pub fn lookup(&self, name: &Name, versions: VersionRange) -> Result<Entry, LookupError> {
        let entry = self.find(name).ok_or(LookupError::NoSuchName)?;
        if versions.contains(entry.version) { Ok(*entry) } else { Err(LookupError::Version(*entry)) }
    }

    /// All entries, in the order in which the names were first reserved; stale ones included.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// At most `N` entries, leaving out the first `from`.
    pub fn page<const N: usize>(&self, from: u16) -> Vec<Entry, N> {
        self.entries.iter().skip(usize::from(from)).take(N).copied().collect()
    }

    fn find(&self, name: &Name) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == *name)
    }

    fn owned_by(&self, owner: DomainId) -> usize {
        self.entries.iter().filter(|entry| entry.owner == owner).count()
    }
}
