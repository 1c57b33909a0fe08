//! A window of one page in the root task's own address space, through which frames are filled.

use sel4::{CapRights, cap};

use crate::arch;

/// Where the window is: above the root task's image, in a page table of its own.
pub const VADDR: usize = 0x2000_0000;

/// The page size.
const PAGE: usize = 4096;

/// The window. Proof that its page table is in place.
pub struct Scratch(());

impl Scratch {
    /// Called once by boot, when the window's page tables are mapped.
    pub const fn ready() -> Scratch {
        Scratch(())
    }

    /// Copies `bytes` to the start of a frame; what does not fit is left out (the plan never asks for it).
    ///
    /// # Errors
    /// The kernel's; the frame is unmapped again in any case.
    pub fn fill(&self, frame: cap::Granule, bytes: &[u8], executable: bool) -> sel4::Result<()> {
        let vspace = sel4::init_thread::slot::VSPACE.cap();
        frame.frame_map(vspace, VADDR, CapRights::read_write(), arch::DATA)?;
        // SAFETY: the frame is mapped at `VADDR` until the unmap below, nobody else maps or uses the window, and a
        // page of plain bytes has no invalid values.
        let page = unsafe { core::slice::from_raw_parts_mut(VADDR as *mut u8, PAGE) };
        let count = bytes.len().min(PAGE);
        if let (Some(to), Some(from)) = (page.get_mut(..count), bytes.get(..count)) {
            arch::copy(to, from);
        }
        if executable {
            arch::make_executable(frame)?;
        }
        frame.frame_unmap()
    }

    /// Shows the bytes of a frame that is mapped elsewhere, through a copy of its capability in the empty slot `spare`.
    ///
    /// # Errors
    /// The kernel's; the copy is gone again in any case.
    pub fn read(&self, frame: cap::Granule, spare: u64, look: impl FnOnce(&[u8])) -> sel4::Result<()> {
        arch::slot(spare).copy(&arch::root_slot(frame), CapRights::read_only())?;
        let copy = cap::Granule::from_bits(spare);
        let vspace = sel4::init_thread::slot::VSPACE.cap();
        let mapped = copy.frame_map(vspace, VADDR, CapRights::read_only(), arch::DATA);
        if mapped.is_ok() {
            // SAFETY: the copy is mapped at `VADDR` until it is deleted below, nobody writes to its memory before this
            // returns, since nobody else runs, and a page of plain bytes has no invalid values.
            look(unsafe { core::slice::from_raw_parts(VADDR as *const u8, PAGE) });
        }
        // Takes the mapping along.
        arch::slot(spare).delete()?;
        mapped
    }
}
