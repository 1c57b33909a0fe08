//! Mapping attributes as a word; which there are depends on the machine.

use crate::Word;

/// How a page is mapped: cached or not, executable or not. Its constants are the machine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct VmAttributes(Word);

impl VmAttributes {
    /// From the word as the kernel has it.
    #[must_use]
    #[inline(always)]
    pub const fn from_bits(bits: Word) -> Self {
        Self(bits)
    }

    /// The word as the kernel has it.
    #[must_use]
    #[inline(always)]
    pub const fn bits(self) -> Word {
        self.0
    }
}
