//! The two files that multiboot takes on x86_64: the kernel, and the root task as its only module.

use anyhow::Result;

use super::elf::{Kind, Program, Segment, write};
use crate::arch::Arch;

/// The kernel as multiboot wants it: 32 bits, every segment where it lies in memory.
///
/// # Errors
/// Where the kernel is not linked for that.
pub fn kernel(kernel: &Program) -> Result<Vec<u8>> {
    let in_memory = |segment: &Segment| Segment { virtual_start: segment.physical_start, ..segment.clone() };
    let segments: Vec<_> = kernel.segments.iter().map(in_memory).collect();
    // Its entry is in the part that runs before paging, where both addresses are the same.
    write(Kind::Multiboot, kernel.entry, &segments)
}

/// The root task with the archive behind it. It has nothing but loadable segments, since this kernel
/// loads every program header that it finds.
///
/// # Errors
/// Where the root task's segments overlap.
pub fn root_task(root_task: &Program, archive: &Segment) -> Result<Vec<u8>> {
    let mut segments = root_task.segments.clone();
    segments.push(archive.clone());
    write(Kind::Native(Arch::X86_64), root_task.entry, &segments)
}
