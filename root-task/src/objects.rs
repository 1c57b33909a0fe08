//! What boot makes once and keeps, and why it could not.

use core::fmt;

use root_task_core::slots::SlotRange;
use root_task_core::untyped::MIN_SIZE_BITS;
use sel4::{Cap, CapType, ObjectBlueprint};

use crate::memory::{Memory, OutOf};

/// The root task cannot be set up: the machine is too small, or the kernel is not the one that it was built for.
#[derive(Clone, Copy, Debug)]
pub enum SetUpError {
    /// Not enough of something.
    OutOf(OutOf),
    /// The kernel refused.
    Kernel(sel4::Error),
}

impl fmt::Display for SetUpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetUpError::OutOf(error) => error.fmt(f),
            SetUpError::Kernel(error) => write!(f, "the kernel refused: {error:?}"),
        }
    }
}

impl From<OutOf> for SetUpError {
    fn from(error: OutOf) -> Self {
        SetUpError::OutOf(error)
    }
}

impl From<sel4::Error> for SetUpError {
    fn from(error: sel4::Error) -> Self {
        SetUpError::Kernel(error)
    }
}

/// Objects that the root task makes once, at boot, and keeps: each of its own kind, in consecutive slots.
pub struct Objects {
    slots: SlotRange,
}

impl Objects {
    /// Makes one object of each blueprint, from memory of their own.
    ///
    /// # Errors
    /// [`SetUpError`]; boot ends there.
    pub fn make(memory: &mut Memory, blueprints: &[ObjectBlueprint]) -> Result<Objects, SetUpError> {
        let slots = memory.alloc_slots(blueprints.len())?;
        for (blueprint, slot) in blueprints.iter().zip(slots.iter()) {
            let bits = u8::try_from(blueprint.physical_size_bits()).unwrap_or(u8::MAX).max(MIN_SIZE_BITS);
            // Kept for good: the grant is never given back.
            let untyped = memory.alloc_untyped(bits)?;
            untyped.retype(blueprint, u64::from(slot.0), 1)?;
        }
        Ok(Objects { slots })
    }

    /// The slot of the `index`th object; 0, the null capability, where there is none.
    pub fn slot(&self, index: u16) -> u64 {
        self.slots.get(index).map_or(0, |slot| u64::from(slot.0))
    }

    /// The capability to the `index`th object.
    pub fn cap<T: CapType>(&self, index: u16) -> Cap<T> {
        Cap::from_bits(self.slot(index))
    }
}
