//! What an untyped has left is the kernel's exact word: the proof that a domain's memory is whole.

use sel4::{ObjectBlueprint, cap};

use crate::kit::{Kit, cnode, slot};
use crate::verdict::{Verdict, check};

/// 256 KiB.
const SIZE_BITS: usize = 18;

/// The test.
pub fn test(kit: &mut Kit) -> Verdict {
    let memory: cap::Untyped = kit.make(ObjectBlueprint::Untyped { size_bits: SIZE_BITS })?;
    let spare = kit.slots(2)?;
    let left = || memory.untyped_memory_left(SIZE_BITS, &cnode().absolute_cptr_for_self(), spare);
    check("bytes left of an empty one", left()?, 0x4_0000_u64)?;
    let endpoint: cap::Endpoint = kit.make_from(memory, ObjectBlueprint::Endpoint)?;
    check("bytes left beside an endpoint", left()?, 0x3_fff0_u64)?;
    // Asking changed nothing: neither the answer, nor the endpoint, nor the two slots.
    check("bytes left, asked again", left()?, 0x3_fff0_u64)?;
    check("whether the endpoint is gone", kit.is_gone(endpoint)?, false)?;
    slot(memory).revoke()?;
    check("bytes left after a revoke", left()?, 0x4_0000_u64)
}
