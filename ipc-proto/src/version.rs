//! Versions of interfaces, and which of them a client can speak.

use core::fmt;

use serde::{Deserialize, Serialize};

/// The version of an interface. Versions are whole numbers; the first is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Version(pub u16);

/// The versions that a client can speak, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRange {
    /// The oldest.
    pub oldest: Version,
    /// The newest.
    pub newest: Version,
}

impl VersionRange {
    /// Whatever version there is: for tools that only list or connect.
    pub const ANY: VersionRange = VersionRange { oldest: Version(0), newest: Version(u16::MAX) };

    /// Only `version`.
    pub const fn exactly(version: Version) -> VersionRange {
        VersionRange { oldest: version, newest: version }
    }

    /// Whether `version` lies in the range.
    pub fn contains(&self, version: Version) -> bool {
        self.oldest <= version && version <= self.newest
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
