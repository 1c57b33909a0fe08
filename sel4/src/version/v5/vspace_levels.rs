//! The levels of an address space, counted from its root, 0, to the tables whose entries are small pages, 3.

use super::TranslationTableObjectType;
use crate::{FrameObjectType, sys};

/// How many levels of tables there are.
pub const NUM_LEVELS: usize = 4;

/// How many bits of an address each level resolves.
pub const STEP_BITS: usize = sys::PAGE_TABLE_BITS - 3;

/// How much of the address space an entry of a table at this level covers, as a power of two of bytes.
///
/// Where mapping a page fails with [`FailedLookup`](crate::Error::FailedLookup), message register 2 holds this of
/// the level above the table that is missing.
#[must_use]
pub const fn step_bits(level: usize) -> usize {
    let below = NUM_LEVELS.saturating_sub(level).saturating_sub(1);
    FrameObjectType::GRANULE.bits().saturating_add(below.saturating_mul(STEP_BITS))
}

/// How much of the address space a table at this level covers, as a power of two of bytes.
#[must_use]
pub const fn span_bits(level: usize) -> usize {
    step_bits(level).saturating_add(STEP_BITS)
}

/// The table whose absence a failed mapping reports: `bits_left` is message register 2 after
/// [`FailedLookup`](crate::Error::FailedLookup).
#[must_use]
pub const fn missing_table(bits_left: usize) -> Option<TranslationTableObjectType> {
    let mut level = 1;
    while level < NUM_LEVELS {
        if span_bits(level) == bits_left {
            return TranslationTableObjectType::from_level(level);
        }
        level = level.saturating_add(1);
    }
    None
}
