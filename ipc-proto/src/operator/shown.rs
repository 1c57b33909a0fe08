//! What an operator is shown: modules, services, deaths, memory.

use core::fmt;

use heapless::Vec;
use serde::{Deserialize, Serialize};

use super::{MAX_USERS, ServiceState, State};
use crate::ids::Instance;
use crate::name::Name;
use crate::version::VersionRange;

/// The death of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Death {
    /// The module.
    pub name: Name,
    /// Which instance.
    pub instance: Instance,
    /// The address of the instruction that its thread would have gone on with.
    pub ip: u64,
}

/// A line of `ps`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleInfo {
    /// The name.
    pub name: Name,
    /// Domain and generation.
    pub instance: Instance,
    /// Where it is in its life.
    pub state: State,
    /// How often it was started again since it was loaded.
    pub restarts: u32,
    /// The size of everything it holds, in bytes.
    pub memory: u64,
}

/// How much of its stack an instance has used: the running one, or the last one as long as it is kept for its report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackUse {
    /// From the stack's end down to the lowest word that was written and is not zero, in bytes. What was written as zeros
    /// only, or reserved and never written, does not count.
    pub used: u32,
    /// What its manifest asked for, in bytes.
    pub size: u32,
}

impl fmt::Display for StackUse {
    /// In KiB: the used ones rounded up.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{} KiB", self.used.div_ceil(1024), self.size / 1024)
    }
}

/// The clients of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Users {
    /// The first of them.
    pub names: Vec<Name, MAX_USERS>,
    /// How many there are beside those.
    pub more: u16,
}

impl fmt::Display for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.names.iter().enumerate() {
            write!(f, "{}{name}", if index == 0 { "" } else { ", " })?;
        }
        match self.more {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// What the ledger says about a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceInfo {
    /// The module that owns it.
    pub owner: Name,
    /// Visible or not.
    pub state: ServiceState,
    /// How many clients hold a capability to it.
    pub clients: u16,
}

/// A lookup that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitInfo {
    /// The module that waits.
    pub client: Name,
    /// For which name.
    pub name: Name,
    /// The versions that it speaks.
    pub versions: VersionRange,
    /// How much longer, in microseconds.
    pub left: u64,
    /// The module that is expected to publish the name, if one is known.
    pub provider: Option<Name>,
}

/// Memory and slots by the books.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryInfo {
    /// Bytes of memory that no module holds.
    pub free_bytes: u64,
    /// Bytes that modules and the supervisor hold.
    pub used_bytes: u64,
    /// Slots of the supervisor's CSpace that are free.
    pub free_slots: u32,
    /// Slots that modules and the supervisor use.
    pub used_slots: u32,
    /// Slots that hold pieces of memory, in use or not. Memory that was cut up stays cut up until a larger piece is
    /// needed, so this number grows and shrinks without anything being lost.
    pub piece_slots: u32,
    /// Bytes of memory that dead instances hold until their report is taken. They count neither as free nor as used: they
    /// come back when they are needed.
    pub kept_bytes: u64,
    /// The same for slots.
    pub kept_slots: u32,
}

/// What modules hold, as [`Request::Fingerprint`](super::Request::Fingerprint) gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// How many modules are in it.
    pub modules: u16,
    /// How many pages of memory.
    pub pages: u32,
    /// The hash (SipHash-1-3, whose key is 0) of all of it.
    pub hash: u64,
}

/// What the kernel says about everything that is free by the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The books.
    pub books: MemoryInfo,
    /// How many untypeds were asked.
    pub untypeds: u32,
    /// The free bytes in them, as the kernel reported them.
    pub kernel_free_bytes: u64,
    /// How many free slots were tried.
    pub slots_tried: u32,
    /// How many of those held a capability: leaks.
    pub slots_taken: u32,
    /// How many untypeds were made into one object of their whole size.
    pub retyped: u32,
    /// How many could not be: leaks.
    pub refused: u32,
}

impl Proof {
    /// Whether kernel and books agree.
    pub fn is_whole(&self) -> bool {
        self.kernel_free_bytes == self.books.free_bytes
            && self.slots_taken == 0
            && self.refused == 0
            && self.slots_tried == self.books.free_slots
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::{Answer, WAITS_PAGE};
    use crate::wire;

    #[test]
    fn the_longest_page_of_waits_fits_a_message() {
        let longest = Name::new(&"n".repeat(crate::name::MAX_NAME)).unwrap();
        let wait = WaitInfo {
            client: longest,
            name: longest,
            versions: VersionRange::ANY,
            left: u64::MAX,
            provider: Some(longest),
        };
        let page = Answer::Waits(core::iter::repeat_n(wait, WAITS_PAGE).collect(), Some(u16::MAX));
        assert!(wire::encode(&page, &mut [0; wire::MAX_WORDS]).is_ok());
    }

    #[test]
    fn a_stack_is_told_in_kib_and_what_is_begun_counts() {
        for (used, told) in [(0, "0/16 KiB"), (1, "1/16 KiB"), (1024, "1/16 KiB"), (1025, "2/16 KiB")] {
            assert_eq!(std::format!("{}", StackUse { used, size: 16 * 1024 }), told);
        }
    }

    #[test]
    fn whole_means_that_nothing_is_missing_and_nothing_was_left_out() {
        let books = MemoryInfo { free_bytes: 4096, free_slots: 7, piece_slots: 1, ..MemoryInfo::default() };
        let proof = Proof {
            books,
            untypeds: 1,
            kernel_free_bytes: 4096,
            slots_tried: 7,
            slots_taken: 0,
            retyped: 1,
            refused: 0,
        };
        assert!(proof.is_whole());
        for kernel_free_bytes in [4095, 4097] {
            assert!(!Proof { kernel_free_bytes, ..proof }.is_whole(), "{kernel_free_bytes} bytes");
        }
        for slots_tried in [6, 8] {
            assert!(!Proof { slots_tried, ..proof }.is_whole(), "{slots_tried} slots");
        }
        assert!(!Proof { slots_taken: 1, ..proof }.is_whole());
        assert!(!Proof { refused: 1, ..proof }.is_whole());
    }
}
