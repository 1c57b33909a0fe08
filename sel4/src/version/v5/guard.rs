//! Guards of seL4 5.0.0: a tagged word, with 18 bits for the guard.

use crate::{Word, sys};

/// The word for a guard of this value and size; what does not fit is cut off.
#[must_use]
pub const fn word(guard: Word, guard_size: Word) -> Word {
    // The two fields were asked for with the tag in them.
    let value = sys::CAP_DATA_GUARD & !sys::CAP_DATA_GUARD_TYPE;
    let size = sys::CAP_DATA_GUARD_SIZE & !sys::CAP_DATA_GUARD_TYPE;
    sys::CAP_DATA_GUARD_TYPE
        | (guard.wrapping_shl(value.trailing_zeros()) & value)
        | (guard_size.wrapping_shl(size.trailing_zeros()) & size)
}
