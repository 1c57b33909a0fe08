//! The guard of a CNode: bits of an address that are checked, not looked up.

use crate::version::guard;
use crate::{WORD_SIZE, Word};

/// A guard and its size, as minting a CNode capability and configuring a thread take it.
///
/// Manual: section "Capability Address Lookup".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct CNodeCapData(Word);

impl CNodeCapData {
    /// A guard of `guard_size` bits (at most 63) that have this value. On seL4 5.0.0 the value has 18 bits; what
    /// does not fit is cut off.
    ///
    /// `new(0, 0)` leaves the guard as it is where a thread is configured; in a mint it means no guard.
    #[must_use]
    pub const fn new(guard: Word, guard_size: usize) -> Self {
        Self(guard::word(guard, guard_size as Word))
    }

    /// A guard of this many bits, all 0.
    #[must_use]
    pub const fn skip(num_bits: usize) -> Self {
        Self::new(0, num_bits)
    }

    /// The guard that makes a CNode of `cnode_size_bits` the whole of a capability space: addresses are then
    /// simply its slots' numbers.
    #[must_use]
    pub const fn skip_high_bits(cnode_size_bits: usize) -> Self {
        Self::skip(WORD_SIZE.saturating_sub(cnode_size_bits))
    }

    /// The word as the kernel has it.
    #[must_use]
    pub const fn into_word(self) -> Word {
        self.0
    }
}
