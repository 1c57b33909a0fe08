//! What a module can tell of its locker.

use sel4::{AbsoluteCPtr, CapRights};

/// Whether a slot holds something; `spare` is an empty one. Whatever else a copy fails of, the slot is not empty then.
pub fn holds(slot: &AbsoluteCPtr, spare: &AbsoluteCPtr) -> bool {
    match spare.copy(slot, CapRights::all()) {
        Err(error) => error != sel4::Error::FailedLookup,
        Ok(()) => spare.delete().is_ok(),
    }
}
