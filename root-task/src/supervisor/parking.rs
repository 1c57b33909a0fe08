//! A place for the caller of the event in hand, while the kernel's place for it is needed for others.

use sel4::{MessageInfo, cap};

use crate::arch;
use crate::memory::{Memory, OutOf};

/// The place, and whether somebody is in it.
pub struct Parking {
    slot: u64,
    taken: bool,
}

impl Parking {
    /// Takes the slot, for good.
    ///
    /// # Errors
    /// [`OutOf`] slots.
    pub fn lay_out(memory: &mut Memory) -> Result<Parking, OutOf> {
        let slots = memory.alloc_slots(1)?;
        Ok(Parking { slot: u64::from(slots.first.0), taken: false })
    }

    /// Parks the caller of the event in hand, if it has one. A second time in the same event changes nothing.
    pub fn park(&mut self) {
        if self.taken {
            return;
        }
        // What is left from an earlier event was not to be answered. Neither call can fail: the slot is there, and empty
        // then.
        let _ = arch::slot(self.slot).delete();
        let _ = arch::slot(self.slot).save_caller();
        self.taken = true;
    }

    /// Moves the caller of the event in hand into an empty slot, where it stays when the event is over. `false` where nobody
    /// waits for an answer: the event was sent and not called, or its caller is gone. Then the slot stays empty.
    ///
    /// # Errors
    /// The kernel's: the slot is not empty.
    pub fn save_caller_to(&mut self, slot: u64) -> sel4::Result<bool> {
        // Nobody can be parked without an error of the kernel's, and not be moved on.
        self.park();
        match arch::slot(slot).move_(&arch::slot(self.slot)) {
            Ok(()) => self.taken = false,
            Err(sel4::Error::FailedLookup) => return Ok(false),
            Err(error) => return Err(error),
        }
        Ok(true)
    }

    /// Answers the caller if it was parked; gives whether it was. The place is free again.
    pub fn answer(&mut self, info: MessageInfo) -> bool {
        if self.taken {
            cap::Endpoint::from_bits(self.slot).nb_send(info);
        }
        core::mem::take(&mut self.taken)
    }

    /// The caller is not to be answered, or has been. The place is free again.
    pub fn leave(&mut self) {
        self.taken = false;
    }
}
