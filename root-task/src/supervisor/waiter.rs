//! An operator that waits for an answer: its reply capability, saved until the answer is known.

use sel4::cap;

use super::{Parking, Response};
use crate::arch;
use crate::memory::{Memory, OutOf};
use root_task_core::slots::SlotRange;

/// A saved caller.
pub struct Waiter {
    slots: SlotRange,
}

impl Waiter {
    /// Saves the caller whose request is in hand.
    ///
    /// # Errors
    /// [`OutOf`] slots; the caller can still be answered in the ordinary way.
    pub fn save(memory: &mut Memory, parking: &mut Parking) -> Result<Waiter, OutOf> {
        let slots = memory.alloc_slots(1)?;
        match parking.save_caller_to(u64::from(slots.first.0)) {
            Ok(()) => Ok(Waiter { slots }),
            Err(error) => {
                memory.free_slots(slots);
                Err(OutOf::Kernel(error))
            }
        }
    }

    /// Answers it. Does not wait: a caller that is gone gets nothing.
    pub fn answer(self, memory: &mut Memory, response: Response) {
        if let Response::Answer(info) = response {
            cap::Endpoint::from_bits(u64::from(self.slots.first.0)).nb_send(info);
        }
        // The answer has used the capability up; where the caller was gone, the kernel had deleted it.
        let _ = arch::slot(u64::from(self.slots.first.0)).delete();
        memory.free_slots(self.slots);
    }
}
