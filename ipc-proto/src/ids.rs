//! Identities: a domain, one instance of it, and a service. A bare integer never names a thing.

use core::fmt;

use postcard_schema_ng::Schema;
use serde::{Deserialize, Serialize};

/// The number of a module's slot in the supervisor's table. Stays the same over a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DomainId(pub u16);

/// Which instance of a domain: counts up by one at every start and is never used twice for one
/// [`DomainId`], not even after an unload. The first is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Schema)]
pub struct Generation(pub u32);

impl Generation {
    /// Before the first instance.
    pub const NONE: Generation = Generation(0);

    /// The next one; `None` once all 2^32 - 1 are used up (the supervisor then refuses to load).
    pub fn next(self) -> Option<Generation> {
        self.0.checked_add(1).map(Generation)
    }
}

/// One instance of a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Instance {
    /// The domain.
    pub domain: DomainId,
    /// Which of its instances.
    pub generation: Generation,
}

/// A service as the ledger knows it: an entry of its table, and which use of that entry.
///
/// A restarted module keeps its services, so that its clients' capabilities stay valid; an unloaded one
/// loses them, and the entry's next use has another `epoch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ServiceRef {
    /// The entry of the ledger's service table.
    pub index: u16,
    /// Which use of that entry; the first is 1.
    pub epoch: u32,
}

impl fmt::Display for DomainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
