//! Lookups that wait for their names: who waits for what and how long, what ends a wait, and who waits for whom.
//!
//! A module has one thread, so it waits for one name at most: the table has a place for each, and a new wait takes the
//! place of the old one. A wait that has ended keeps its place until its client has asked how: between its lookup and
//! that question anything can happen, and nothing of it is lost.

mod cycle;
#[cfg(test)]
mod tests;

use heapless::Vec;
use ipc_proto::badge::MAX_DOMAINS;
use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::name::Name;
use ipc_proto::version::VersionRange;
use ipc_proto::waits::Awaited;

use crate::ledger::{MAX_MODULES, Offer};

pub use cycle::{Members, expected, provider};

/// How many lookups may wait for the same name where the system's manifest does not say: all but one.
pub const DEFAULT_WAITERS: u16 = MAX_DOMAINS - 1;

/// A lookup that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Wait {
    /// Whose it is.
    pub client: Instance,
    /// What it waits for.
    pub name: Name,
    /// The versions that the client speaks.
    pub versions: VersionRange,
    /// Until when, in nanoseconds of the supervisor's clock.
    pub until: u64,
}

impl Wait {
    /// What is left of it, in microseconds.
    pub fn left(&self, now: u64) -> u64 {
        self.until.saturating_sub(now) / 1000
    }
}

/// As many lookups wait for the name as may: `waiters` in the system's manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyWaiters;

/// What a client finds that asks how its wait has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It has no wait.
    Nothing,
    /// It has not ended yet.
    Waiting,
    /// It has ended, and is forgotten now.
    Ended(Awaited),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Entry {
    wait: Wait,
    ended: Option<Awaited>,
    /// Its client may not look the name up: for it the name does not exist, whoever has it.
    in_vain: bool,
    /// Its client has asked how it ends, and waits for that. Until then it may never come to ask: the name server can have
    /// died for good before it could say that there is something to wait for.
    asked: bool,
}

/// The waits, each in the place of its module.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Waits {
    entries: [Option<Entry>; MAX_MODULES],
}

impl Default for Waits {
    fn default() -> Self {
        Waits::new()
    }
}

impl Waits {
    /// None.
    pub const fn new() -> Waits {
        Waits { entries: [const { None }; MAX_MODULES] }
    }

    /// Enters a wait, in the place of the one that the client had. `most` may wait for the same name.
    ///
    /// # Errors
    /// [`TooManyWaiters`]; the client's old wait is gone all the same, since it has asked for another one.
    pub fn enter(&mut self, wait: Wait, most: u16) -> Result<(), TooManyWaiters> {
        self.put(wait, most, false)
    }

    /// Enters a wait for a name that its client may not look up: it waits as for one that does not exist. No publish ends
    /// it, it is in no cycle, and it is not counted among those that may.
    ///
    /// # Errors
    /// As [`Waits::enter`], where `most` wait for the same name that may not.
    pub fn enter_in_vain(&mut self, wait: Wait, most: u16) -> Result<(), TooManyWaiters> {
        self.put(wait, most, true)
    }

    fn put(&mut self, wait: Wait, most: u16, in_vain: bool) -> Result<(), TooManyWaiters> {
        self.remove(wait.client.domain);
        let of_name = self.unended().filter(|other| other.wait.name == wait.name);
        if of_name.filter(|other| other.in_vain == in_vain).count() >= usize::from(most) {
            return Err(TooManyWaiters);
        }
        if let Some(place) = self.entries.get_mut(usize::from(wait.client.domain.0)) {
            *place = Some(Entry { wait, ended: None, in_vain, asked: false });
        }
        Ok(())
    }

    /// A service has become live: ends the waits for it, and gives whose they are.
    pub fn publish(&mut self, offer: Offer, now: u64) -> Vec<DomainId, MAX_MODULES> {
        let mut ended = Vec::new();
        for entry in self.entries.iter_mut().flatten() {
            let fits = entry.wait.name == offer.name && entry.wait.versions.contains(offer.version);
            if fits && entry.ended.is_none() && !entry.in_vain {
                entry.ended = Some(Awaited::Published { left: entry.wait.left(now) });
                // There is room: a module has one place in the table.
                let _ = ended.push(entry.wait.client.domain);
            }
        }
        ended
    }

    /// Ends one wait whose time is over, if there is one, and gives whose it is.
    pub fn due(&mut self, now: u64) -> Option<DomainId> {
        let over = |entry: &&mut Entry| entry.ended.is_none() && entry.wait.until <= now;
        let entry = self.entries.iter_mut().flatten().find(over)?;
        entry.ended = Some(Awaited::TimedOut);
        Some(entry.wait.client.domain)
    }

    /// When the next one is over.
    pub fn next(&self) -> Option<u64> {
        self.waiting().map(|wait| wait.until).min()
    }

    /// Ends the wait of a module, in whatever way.
    pub fn end(&mut self, client: DomainId, how: Awaited) {
        let entry = self.entries.get_mut(usize::from(client.0)).and_then(Option::as_mut);
        if let Some(entry) = entry.filter(|entry| entry.ended.is_none()) {
            entry.ended = Some(how);
        }
    }

    /// The client asks how its wait has ended.
    pub fn ask(&mut self, client: Instance) -> Found {
        let Some(place) = self.entries.get_mut(usize::from(client.domain.0)) else { return Found::Nothing };
        match place {
            Some(entry) if entry.wait.client != client => Found::Nothing,
            Some(Entry { ended: Some(how), .. }) => {
                let how = how.clone();
                *place = None;
                Found::Ended(how)
            }
            Some(entry) => {
                entry.asked = true;
                Found::Waiting
            }
            None => Found::Nothing,
        }
    }

    /// The module has died, or asks for something else.
    pub fn remove(&mut self, client: DomainId) {
        if let Some(place) = self.entries.get_mut(usize::from(client.0)) {
            *place = None;
        }
    }

    /// The waits that have not ended, in the order of their clients' numbers.
    pub fn waiting(&self) -> impl Iterator<Item = &Wait> {
        self.unended().map(|entry| &entry.wait)
    }

    /// Those of which the client has asked how they end: it does nothing else until then.
    pub fn asked(&self) -> impl Iterator<Item = &Wait> {
        self.unended().filter(|entry| entry.asked).map(|entry| &entry.wait)
    }

    /// Those of them whose name can come: a publish ends them.
    pub fn hoping(&self) -> impl Iterator<Item = &Wait> {
        self.unended().filter(|entry| entry.asked && !entry.in_vain).map(|entry| &entry.wait)
    }

    fn unended(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().flatten().filter(|entry| entry.ended.is_none())
    }
}
