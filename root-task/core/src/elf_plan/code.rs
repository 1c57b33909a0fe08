//! What an instance executes: the executable segments as they lie in the file. No page is both writable and
//! executable, so that this is what lies in its memory, too.

use heapless::Vec;

use super::{ElfPlan, MAX_SEGMENTS, Permissions};

/// The code of a module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code<'a> {
    segments: Vec<(u64, &'a [u8]), MAX_SEGMENTS>,
}

impl<'a> Code<'a> {
    /// The code of a checked file.
    pub fn of(plan: &ElfPlan, file: &'a [u8]) -> Code<'a> {
        let executable =
            plan.segments.iter().filter(|segment| segment.permissions == Permissions::ReadExecute);
        let bytes = |segment: &super::Segment| {
            let end = segment.file_offset.saturating_add(segment.file_size);
            (segment.vaddr, file.get(segment.file_offset..end).unwrap_or_default())
        };
        Code { segments: executable.map(bytes).collect() }
    }

    /// Whether the module has `instruction` at this address.
    pub fn has(&self, address: u64, instruction: &[u8]) -> bool {
        self.segments.iter().any(|(vaddr, bytes)| {
            let offset = address.checked_sub(*vaddr).and_then(|offset| usize::try_from(offset).ok());
            offset.and_then(|offset| bytes.get(offset..)).is_some_and(|rest| rest.starts_with(instruction))
        })
    }
}
