//! How an identity rides in a badge: the kernel delivers it with every message, and only the supervisor mints it.
//!
//! ```text
//! 63      60 59          48 47         32 31                    0
//! [  kind  ] [  service   ] [   domain  ] [     generation      ]
//! ```

use crate::ids::{DomainId, Generation, Instance};

/// What the capability that carried the message was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A client's capability to a service of a module.
    Client = 1,
    /// A module's capability to the supervisor, for requests.
    Request = 2,
    /// A module's fault handler capability. The module holds it too and can forge messages on it: see
    /// `root-task/src/faults.rs`.
    Fault = 3,
}

/// Set in every badge of a notification, and in no badge of an endpoint.
pub const SIGNAL: u64 = 1 << 63;

/// A decoded badge of an endpoint capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Badge {
    /// What the capability is for.
    pub kind: Kind,
    /// For [`Kind::Client`]: which of the receiving module's services, by the order of its reservations.
    pub service: u16,
    /// Who holds the capability.
    pub holder: Instance,
}

impl Badge {
    /// The word that the kernel is given. Service numbers above 4,095 are cut off; the ledger has far fewer.
    pub const fn to_word(self) -> u64 {
        ((self.kind as u64) << 60)
            | (((self.service & 0xfff) as u64) << 48)
            | ((self.holder.domain.0 as u64) << 32)
            | (self.holder.generation.0 as u64)
    }

    /// Reads a badge back; `None` for words that the supervisor never mints.
    pub const fn from_word(word: u64) -> Option<Badge> {
        let kind = match word >> 60 {
            1 => Kind::Client,
            2 => Kind::Request,
            3 => Kind::Fault,
            _ => return None,
        };
        Some(Badge {
            kind,
            service: ((word >> 48) & 0xfff) as u16,
            holder: Instance {
                domain: DomainId(((word >> 32) & 0xffff) as u16),
                generation: Generation((word & 0xffff_ffff) as u32),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_comes_back() {
        for kind in [Kind::Client, Kind::Request, Kind::Fault] {
            for (service, domain, generation) in [(0, 0, 1), (4095, u16::MAX, u32::MAX), (7, 3, 9)] {
                let badge = Badge {
                    kind,
                    service,
                    holder: Instance { domain: DomainId(domain), generation: Generation(generation) },
                };
                assert_eq!(Badge::from_word(badge.to_word()), Some(badge));
                assert_eq!(badge.to_word() & SIGNAL, 0);
            }
        }
    }

    #[test]
    fn foreign_words_are_refused() {
        assert_eq!(Badge::from_word(0), None);
        assert_eq!(Badge::from_word(SIGNAL | 1), None);
        assert_eq!(Badge::from_word(u64::MAX), None);
    }
}
