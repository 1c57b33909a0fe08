//! How an identity rides in a badge: the kernel delivers it with every message, and only the supervisor mints it.
//!
//! seL4 5.0.0 keeps 28 bits of a badge on 64-bit machines (`seL4_BadgeBits`):
//!
//! ```text
//! 27      26  25 24       19 18      14 13             0
//! [signal][ kind ][ service ][ domain  ][ generation tag ]
//! ```
//!
//! The tag is the generation's low 14 bits. It says at a glance that a badge is stale; what makes a stale badge
//! impossible is that every capability that carries it is revoked before the domain's memory is used again.

use crate::ids::{DomainId, Generation};

/// What the capability that carried the message was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A client's capability to a service of a module.
    Client = 1,
    /// A module's capability to the supervisor, for requests.
    Request = 2,
    /// A module's fault handler capability. The module holds it too and can forge messages on it: whatever comes on
    /// it ends the module.
    Fault = 3,
}

/// Set in every badge of a notification, and in no badge of an endpoint.
pub const SIGNAL: u64 = 1 << 27;

/// What the service number says in the badge of a module's capability to the name server, which has no services: what
/// the name server has to know of who asks, and asks the supervisor about where it is more.
pub mod asker {
    /// It is an operator, and may list names.
    pub const OPERATOR: u16 = 1;
    /// There are names that it may not register, or not look up.
    pub const BOUND: u16 = 2;
}

/// What a module's notification is signalled with by its device.
pub const INTERRUPT: u64 = SIGNAL | 1;
/// What it is signalled with where a client has died, see `manifest::DEPARTURES`.
pub const DEPARTURE: u64 = SIGNAL | 2;
/// What it is signalled with where a server has died that it is connected to, see `manifest::OnLoss`.
pub const LOSS: u64 = SIGNAL | 8;
/// What it is signalled with where the line of the log has come that it follows, see `operator::Request::Follow`.
pub const LOGGED: u64 = SIGNAL | 16;

/// What it is signalled with where its alarm may have gone off, see [`crate::alarm`].
pub const ALARM: u64 = SIGNAL | 32;

/// What it is signalled with where the peer can call it back no more, see [`crate::private`].
pub const PEER_GONE: u64 = SIGNAL | 4;

/// The badge of a capability to receive: it is not delivered to anybody, and makes the capability a parent.
pub const RECEIVER: u64 = 1;

/// How many domains a badge can tell apart.
pub const MAX_DOMAINS: u16 = 1 << 5;
/// How many services a badge can tell apart.
pub const MAX_SERVICES: u16 = 1 << 6;
const TAG_BITS: u32 = 14;

/// The low bits of a generation, as a badge carries them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GenerationTag(pub u16);

impl GenerationTag {
    /// The tag of a generation.
    pub const fn of(generation: Generation) -> GenerationTag {
        GenerationTag((generation.0 & ((1 << TAG_BITS) - 1)) as u16)
    }
}

/// Who holds a capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Holder {
    /// The domain.
    pub domain: DomainId,
    /// Which of its instances.
    pub tag: GenerationTag,
}

/// A decoded badge of an endpoint capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Badge {
    /// What the capability is for.
    pub kind: Kind,
    /// For [`Kind::Client`]: the ledger's number of the service that is called; at the name server, what [`asker`] says.
    pub service: u16,
    /// Who holds the capability.
    pub holder: Holder,
}

impl Badge {
    /// The word that the kernel is given. Numbers beyond [`MAX_SERVICES`] and [`MAX_DOMAINS`] are cut off; the
    /// ledger's tables are no longer than that.
    pub const fn to_word(self) -> u64 {
        ((self.kind as u64) << 25)
            | (((self.service & (MAX_SERVICES - 1)) as u64) << 19)
            | (((self.holder.domain.0 & (MAX_DOMAINS - 1)) as u64) << 14)
            | (self.holder.tag.0 as u64)
    }

    /// Reads a badge back; `None` for words that the supervisor never mints.
    pub const fn from_word(word: u64) -> Option<Badge> {
        let kind = match word >> 25 {
            1 => Kind::Client,
            2 => Kind::Request,
            3 => Kind::Fault,
            _ => return None,
        };
        Some(Badge {
            kind,
            service: ((word >> 19) as u16) & (MAX_SERVICES - 1),
            holder: Holder {
                domain: DomainId(((word >> 14) as u16) & (MAX_DOMAINS - 1)),
                tag: GenerationTag((word & ((1 << TAG_BITS) - 1)) as u16),
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
            for (service, domain, generation) in
                [(0, 0, 1), (MAX_SERVICES - 1, MAX_DOMAINS - 1, u32::MAX), (7, 3, 9)]
            {
                let tag = GenerationTag::of(Generation(generation));
                let badge = Badge { kind, service, holder: Holder { domain: DomainId(domain), tag } };
                assert_eq!(Badge::from_word(badge.to_word()), Some(badge));
                assert!(badge.to_word() < SIGNAL, "28 bits, the highest of which is a signal's");
            }
        }
    }

    #[test]
    fn a_tag_tells_generations_apart_that_are_less_than_2_to_the_14_apart() {
        let first = Generation(5);
        for bit in 0..TAG_BITS {
            assert_ne!(
                GenerationTag::of(first),
                GenerationTag::of(Generation(first.0 + (1 << bit))),
                "{bit}"
            );
        }
    }

    #[test]
    fn foreign_words_are_refused() {
        assert_eq!(Badge::from_word(0), None);
        assert_eq!(Badge::from_word(SIGNAL | 1), None);
        assert_eq!(Badge::from_word(u64::MAX), None);
    }
}
