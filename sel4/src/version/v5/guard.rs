//! Guards of seL4 5.0.0: a field for the size, and one of 18 bits for the guard.

use crate::{Word, sys};

/// The word for a guard of this value and size; what does not fit is cut off.
///
/// libsel4 also sets a bit that tells guards from badges. The kernel does not look at it, and without it no guard
/// at all is the word 0, which leaves a CNode's guard as it is where a thread is configured: as on later kernels.
#[must_use]
pub const fn word(guard: Word, guard_size: Word) -> Word {
    let value = sys::CAP_DATA_GUARD & !sys::CAP_DATA_GUARD_TYPE;
    let size = sys::CAP_DATA_GUARD_SIZE & !sys::CAP_DATA_GUARD_TYPE;
    (guard.wrapping_shl(value.trailing_zeros()) & value)
        | (guard_size.wrapping_shl(size.trailing_zeros()) & size)
}
