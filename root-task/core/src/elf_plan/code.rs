//! What an instance executes: the executable segments as they lie in the file. No page is both writable and
//! executable, so that this is what lies in its memory, too.

use core::ops::{Deref, Range};

use heapless::Vec;

use super::{ElfPlan, MAX_SEGMENTS, Permissions};

/// The code of a module, and the file that it lies in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code<B> {
    file: B,
    /// Where each segment lies in memory, and where in the file.
    segments: Vec<(u64, Range<usize>), MAX_SEGMENTS>,
}

impl<B: Deref<Target = [u8]>> Code<B> {
    /// The code of a checked file.
    pub fn of(plan: &ElfPlan, file: B) -> Code<B> {
        let executable =
            plan.segments.iter().filter(|segment| segment.permissions == Permissions::ReadExecute);
        let lies = |segment: &super::Segment| {
            let end = segment.file_offset.saturating_add(segment.file_size);
            (segment.vaddr, segment.file_offset..end)
        };
        Code { segments: executable.map(lies).collect(), file }
    }

    /// Whether the module has `instruction` at this address.
    pub fn has(&self, address: u64, instruction: &[u8]) -> bool {
        self.segments.iter().any(|(vaddr, lies)| {
            let bytes = self.file.get(lies.clone()).unwrap_or_default();
            let offset = address.checked_sub(*vaddr).and_then(|offset| usize::try_from(offset).ok());
            offset.and_then(|offset| bytes.get(offset..)).is_some_and(|rest| rest.starts_with(instruction))
        })
    }
}
