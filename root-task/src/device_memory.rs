//! Frames of devices, cut out of the device memory that the kernel lists.

use root_task_core::slots::SlotIndex;
use sel4::{ObjectBlueprint, cap};

use crate::arch;
use crate::memory::{Memory, bytes, retype};
use crate::objects::SetUpError;

/// The frame of a device at `paddr`, cut out of the untyped that covers it. The rest of that memory stays
/// unused, and the frame is kept for good: device memory never comes back whole while one piece of it is in use.
///
/// # Errors
/// [`SetUpError`] where the kernel lists no such device.
pub fn device_frame(
    bootinfo: &sel4::BootInfoPtr,
    memory: &mut Memory,
    paddr: u64,
) -> Result<cap::Granule, SetUpError> {
    let frame_bits = arch::FRAME.physical_size_bits();
    let listed = bootinfo.untyped_list().enumerate().find_map(|(index, untyped)| {
        let start = untyped.paddr() as u64;
        let there = untyped.is_device()
            && untyped.size_bits() >= frame_bits
            && (start..start.saturating_add(bytes(u8::try_from(untyped.size_bits()).ok()?))).contains(&paddr);
        there.then_some((index, start, untyped.size_bits()))
    });
    let (index, mut start, mut size_bits) = listed.ok_or(SetUpError::Kernel(sel4::Error::FailedLookup))?;
    let slot = bootinfo.untyped().range().start.saturating_add(index);
    let mut untyped = SlotIndex(u32::try_from(slot).unwrap_or(u32::MAX));
    while size_bits > frame_bits {
        size_bits = size_bits.saturating_sub(1);
        let halves = memory.alloc_slots(2)?;
        let [low, high] = [0, 1].map(|index| halves.get(index).unwrap_or(halves.first));
        retype(untyped, &ObjectBlueprint::Untyped { size_bits }, u64::from(low.0), 2)?;
        let middle = start.saturating_add(bytes(u8::try_from(size_bits).unwrap_or(u8::MAX)));
        (untyped, start) = if paddr < middle { (low, start) } else { (high, middle) };
    }
    let frame = memory.alloc_slots(1)?;
    retype(untyped, &arch::FRAME, u64::from(frame.first.0), 1)?;
    Ok(cap::Granule::from_bits(u64::from(frame.first.0)))
}
