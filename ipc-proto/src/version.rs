//! Versions of interfaces, and which of them a client can speak.

use core::fmt;

use heapless::Vec;
use serde::{Deserialize, Serialize};

/// The most versions in which one name can be there: all of a module's services can have the same name.
pub const MAX_VERSIONS: usize = 8;

/// The version of an interface. Versions are whole numbers; the first is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
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

/// The versions in which a name is there, the oldest first: what a client is told that speaks none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Version, MAX_VERSIONS>", into = "Vec<Version, MAX_VERSIONS>")]
pub struct Offered {
    versions: [Version; MAX_VERSIONS],
    count: u8,
}

impl Offered {
    /// These versions, in the order of their numbers; of more than [`MAX_VERSIONS`] the first ones.
    pub fn of(versions: impl IntoIterator<Item = Version>) -> Offered {
        let mut all: Vec<Version, MAX_VERSIONS> = versions.into_iter().take(MAX_VERSIONS).collect();
        all.sort_unstable();
        Offered::from(all)
    }

    /// Them.
    pub fn versions(&self) -> &[Version] {
        self.versions.get(..usize::from(self.count)).unwrap_or_default()
    }
}

impl From<Vec<Version, MAX_VERSIONS>> for Offered {
    fn from(listed: Vec<Version, MAX_VERSIONS>) -> Offered {
        let mut offered = Offered::default();
        for (to, version) in offered.versions.iter_mut().zip(listed) {
            *to = version;
            offered.count = offered.count.saturating_add(1);
        }
        offered
    }
}

impl From<Offered> for Vec<Version, MAX_VERSIONS> {
    fn from(offered: Offered) -> Self {
        offered.versions().iter().copied().collect()
    }
}

/// As in "it is there in version 1" and "in versions 1, 2 and 4".
impl fmt::Display for Offered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.versions().len().saturating_sub(1);
        f.write_str(if last == 0 { "version " } else { "versions " })?;
        for (index, version) in self.versions().iter().enumerate() {
            let between = if index == 0 {
                ""
            } else if index == last {
                " and "
            } else {
                ", "
            };
            write!(f, "{between}{version}")?;
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
        Offered::of(numbers.iter().copied().map(Version))
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
        assert_eq!(offered(&[2, 1]).to_string(), "versions 1 and 2");
        assert_eq!(offered(&[4, 1, 2]).to_string(), "versions 1, 2 and 4");
    }

    #[test]
    fn how_many_versions_below_at_and_above_the_bound() {
        let most = MAX_VERSIONS as u16;
        for count in [0, 1, most - 1, most, most + 1] {
            let all: std::vec::Vec<_> = (0..count).map(|i| Version(u16::MAX - count + i)).collect();
            let offered = Offered::of(all.iter().copied());
            assert_eq!(offered.versions(), &all[..usize::from(count.min(most))], "{count}");
            let mut words = [0; wire::MAX_WORDS];
            let used = wire::encode(&offered, &mut words).unwrap();
            assert_eq!(wire::decode::<Offered>(&words[..used]), Ok(offered), "{count}");
            let used = wire::encode(&all, &mut words).unwrap();
            assert_eq!(wire::decode::<Offered>(&words[..used]).is_ok(), count <= most, "{count}");
        }
    }
}
