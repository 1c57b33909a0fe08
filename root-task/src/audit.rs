//! The kernel's word on everything that is free: memory and slots, against the books.

use ipc_proto::operator::{MAX_RETYPED_BITS, Proof};
use root_task_core::untyped::Untyped;
use sel4::{AbsoluteCPtr, CapRights, ObjectBlueprint};

use crate::arch;
use crate::memory::{self, Memory, free_bytes_by_the_kernel};

/// Asks every free untyped how much of it is free, and tries every free slot for emptiness.
/// With `retype`, each that is not too large is also made into one object of its whole size.
pub fn prove(memory: &Memory, retype: bool) -> Proof {
    let mut proof = Proof {
        books: memory.books(),
        untypeds: 0,
        kernel_free_bytes: 0,
        slots_tried: 0,
        slots_taken: 0,
        retyped: 0,
        refused: 0,
    };
    for untyped in memory.free_untypeds() {
        let free = free_bytes_by_the_kernel(untyped.slot, untyped.size_bits, memory.spare()).unwrap_or(0);
        proof.untypeds = proof.untypeds.saturating_add(1);
        proof.kernel_free_bytes = proof.kernel_free_bytes.saturating_add(free);
        if retype && untyped.size_bits <= MAX_RETYPED_BITS {
            let count = match retype_whole(&untyped, u64::from(memory.spare().first.0)) {
                Ok(()) => &mut proof.retyped,
                Err(_) => &mut proof.refused,
            };
            *count = count.saturating_add(1);
        }
    }
    let probe = memory.probe();
    for slot in memory.free_slot_numbers() {
        proof.slots_tried = proof.slots_tried.saturating_add(1);
        if !is_empty(&arch::slot(u64::from(slot.0)), probe) {
            proof.slots_taken = proof.slots_taken.saturating_add(1);
        }
    }
    proof
}

/// Makes one object of the whole untyped, which works only where nothing of it is in use, and takes it back.
fn retype_whole(untyped: &Untyped, spare: u64) -> sel4::Result<()> {
    let whole = ObjectBlueprint::Untyped { size_bits: usize::from(untyped.size_bits) };
    memory::retype(untyped.slot, &whole, spare, 1)?;
    arch::slot(spare).delete()
}

/// A copy out of an empty slot fails, and says that the source is empty; out of any other it succeeds, or fails for
/// another reason.
/// `probe` is an empty slot of the supervisor's.
pub fn is_empty(slot: &AbsoluteCPtr, probe: u64) -> bool {
    match arch::slot(probe).copy(slot, CapRights::all()) {
        Err(sel4::Error::FailedLookup) => true,
        Ok(()) => {
            let _ = arch::slot(probe).delete();
            false
        }
        Err(_) => false,
    }
}
