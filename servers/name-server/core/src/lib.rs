//! The name table: which module has reserved which name, in which versions, for which services.
//!
//! A name can be there in several versions, each with a service of its own. All of them belong to one module, which
//! publishes them together.
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
//! | [`Registry::lookup`] finds | has the supervisor connect the client; if the service is gone, forgets it and looks for an older one |
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

mod server;
mod supervisor;

use core::fmt;

use heapless::Vec;
use ipc_proto::ids::{DomainId, ServiceRef};
use ipc_proto::name::Name;
use ipc_proto::operator::ServiceState;
use ipc_proto::version::{MAX_VERSIONS, Offered, Version, VersionRange};

pub use server::NameServer;
pub use supervisor::Supervisor;

/// The most names in the table; one in two versions counts twice.
pub const MAX_NAMES: usize = 64;
/// The most names of one module, and so the most versions of one name: those of its running instance, as many as the
/// supervisor lets that have, and those of its earlier one, which are gone when it publishes.
pub const MAX_NAMES_PER_OWNER: usize = 2 * MAX_VERSIONS;

/// A reserved name, in one version.
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
    /// The name is free, or the owner has it in other versions.
    New,
    /// The owner has it already in that version, from an earlier instance or an earlier try.
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
    /// It is there in versions that the client does not speak; this is the newest. Before anybody is told,
    /// [`Registry::offered`] has to ask which of them are published: a reserved name is invisible.
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

    /// What a reservation of `name` by `owner` in this version would come to. Changes nothing.
    pub fn decide(&self, owner: DomainId, name: &Name, version: Version) -> Decision {
        if let Some(entry) = self.of_name(name).find(|entry| entry.owner != owner) {
            return Decision::Conflict(*entry);
        }
        match self.of_name(name).find(|entry| entry.version == version) {
            Some(entry) => Decision::Again(*entry),
            None if self.owned_by(owner) >= MAX_NAMES_PER_OWNER => Decision::TooManyForOwner,
            None if self.entries.is_full() => Decision::Full,
            None => Decision::New,
        }
    }

    /// Enters a name in a version, or the new service of one that its owner had already. The ledger has the service.
    ///
    /// # Errors
    /// [`Refused`] where [`Registry::decide`] says neither `New` nor `Again`; nothing has changed.
    pub fn reserve(&mut self, entry: Entry) -> Result<(), Refused> {
        match self.decide(entry.owner, &entry.name, entry.version) {
            Decision::New => self.entries.push(entry).map_err(|_| Refused(Decision::Full)),
            Decision::Again(_) => {
                let same = |old: &&mut Entry| old.name == entry.name && old.version == entry.version;
                for old in self.entries.iter_mut().filter(same) {
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

    /// The entry of `name` with the newest of `versions` that there is. Whether its service is live is not known here:
    /// where it is not, [`VersionRange::before`] leads to the next one.
    ///
    /// # Errors
    /// [`LookupError`].
    pub fn lookup(&self, name: &Name, versions: VersionRange) -> Result<Entry, LookupError> {
        let spoken = self.of_name(name).filter(|entry| versions.contains(entry.version));
        if let Some(best) = spoken.max_by_key(|entry| entry.version) {
            return Ok(*best);
        }
        let newest = self.of_name(name).max_by_key(|entry| entry.version);
        Err(newest.map_or(LookupError::NoSuchName, |entry| LookupError::Version(*entry)))
    }

    /// The versions beside the `spoken` ones in which `name` is there for its clients, by what `state` says of each
    /// service: what is only reserved is not, nor what is being unloaded, or gone. `None` where there is none.
    ///
    /// # Errors
    /// Those of `state`.
    pub fn offered<E>(
        &self,
        name: &Name,
        spoken: VersionRange,
        mut state: impl FnMut(ServiceRef) -> Result<Option<ServiceState>, E>,
    ) -> Result<Option<Offered>, E> {
        let mut versions = Vec::<Version, MAX_VERSIONS>::new();
        for entry in self.of_name(name).filter(|entry| !spoken.contains(entry.version)) {
            match state(entry.service)? {
                Some(ServiceState::Live | ServiceState::Down | ServiceState::Failed) => {
                    // There is room: no instance has published more names than that.
                    let _ = versions.push(entry.version);
                }
                Some(ServiceState::Reserved | ServiceState::Stopping) | None => {}
            }
        }
        Ok(Offered::of(versions))
    }

    /// All entries, in the order in which the names were first reserved; stale ones included.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// At most `N` entries, leaving out the first `from`.
    pub fn page<const N: usize>(&self, from: u16) -> Vec<Entry, N> {
        self.entries.iter().skip(usize::from(from)).take(N).copied().collect()
    }

    /// The entries of a name, one for each version; all of them have the same owner.
    fn of_name(&self, name: &Name) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.name == *name)
    }

    fn owned_by(&self, owner: DomainId) -> usize {
        self.entries.iter().filter(|entry| entry.owner == owner).count()
    }
}
