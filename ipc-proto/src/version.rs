//! Versions of interfaces, and which of them a client can speak.

use core::fmt;

use heapless::Vec;
use serde::{Deserialize, Serialize};

/// The most versions in which one name can be there: all of a module's services can have the same name.
pub const MAX_VERSIONS: usize = 8;

/// The version of an interface. Versions are whole numbers; the first is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Version(pub u16);

/// The versions that a client can speak, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

    /// The part of it that is older than `version`; `None` where that is nothing.
    pub fn before(&self, version: Version) -> Option<VersionRange> {
        let newest = self.newest.min(Version(version.0.checked_sub(1)?));
        (self.oldest <= newest).then_some(VersionRange { newest, ..*self })
    }
}

/// The versions in which a name is there, at least one, the oldest first: what a client is told that speaks none of them.
/// Two words, since every module has the code that reads it: eight numbers, and in the places after the last one that
/// again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Offered(u64, u64);

impl Offered {
    /// These versions, in the order of their numbers; of more than [`MAX_VERSIONS`] the first ones. `None` where there is
    /// none.
    pub fn of(versions: impl IntoIterator<Item = Version>) -> Option<Offered> {
        let mut all: Vec<Version, MAX_VERSIONS> = versions.into_iter().take(MAX_VERSIONS).collect();
        all.sort_unstable();
        let newest = *all.last()?;
        let places = (0..MAX_VERSIONS).rev().map(|place| all.get(place).unwrap_or(&newest));
        let packed = places.fold(0_u128, |packed, version| packed << 16 | u128::from(version.0));
        Some(Offered(packed as u64, (packed >> 64) as u64))
    }

    /// Them.
    pub fn versions(self) -> impl Iterator<Item = Version> {
        let mut rest = u128::from(self.1) << 64 | u128::from(self.0);
        let mut last = None;
        core::iter::from_fn(move || {
            let version = Version(rest as u16);
            let listed = last.is_none_or(|last| last < version).then_some(version);
            // Behind the last place there are zeroes, which end it, too.
            rest >>= 16;
            last = Some(version);
            listed
        })
    }
}

/// As in "it is there in version 1" and "in versions 1, 2, 4".
impl fmt::Display for Offered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = self.0 as u16 == (self.0 >> 16) as u16;
        let mut before = if one { "version " } else { "versions " };
        for version in self.versions() {
            f.write_str(before)?;
            version.fmt(f)?;
            before = ", ";
        }
        Ok(())
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire;

    fn offered(numbers: &[u16]) -> Offered {
        Offered::of(numbers.iter().copied().map(Version)).unwrap()
    }

    #[test]
    fn what_is_older_than_a_version() {
        let range = |oldest, newest| VersionRange { oldest: Version(oldest), newest: Version(newest) };
        for (version, rest) in [
            (5, Some(range(2, 4))),
            (4, Some(range(2, 3))),
            (3, Some(range(2, 2))),
            (2, None),
            (1, None),
            (0, None),
        ] {
            assert_eq!(range(2, 4).before(Version(version)), rest, "before {version}");
        }
        assert_eq!(VersionRange::ANY.before(Version(1)), Some(VersionRange::exactly(Version(0))));
        assert_eq!(VersionRange::ANY.before(Version(0)), None);
    }

    #[test]
    fn versions_are_told_in_order_and_in_words() {
        assert_eq!(offered(&[2]).to_string(), "version 2");
        assert_eq!(offered(&[2, 1]).to_string(), "versions 1, 2");
        assert_eq!(offered(&[4, 1, 2]).to_string(), "versions 1, 2, 4");
    }

    #[test]
    fn how_many_versions_below_at_and_above_the_bound() {
        assert_eq!(Offered::of([]), None);
        let most = MAX_VERSIONS as u16;
        for count in [1, 2, most - 1, most, most + 1] {
            for first in [0, 1, u16::MAX - count] {
                let all = || (first..first + count).map(Version);
                let offered = Offered::of(all()).unwrap();
                assert!(offered.versions().eq(all().take(MAX_VERSIONS)), "{count} from {first}");
                let mut words = [0; wire::MAX_WORDS];
                let used = wire::encode(&offered, &mut words).unwrap();
                assert_eq!(wire::decode::<Offered>(&words[..used]), Ok(offered), "{count}");
            }
        }
    }
}
