//! A page of this program's memory that the kernel, or another thread, writes to behind the compiler's back.

use core::ptr;

use sel4::{CapRights, Error, VmAttributes, Word, cap};

/// Nothing of the image, the boot information or the IPC buffer is above this address.
pub const WINDOW: usize = 0x2000_0000;

/// The words of a page.
pub const WORDS: usize = 512;

/// A page mapped at a known address.
#[derive(Clone, Copy, Debug)]
pub struct Page(usize);

impl Page {
    /// Maps `frame` at `vaddr`, which must lie above [`WINDOW`].
    ///
    /// # Errors
    /// The kernel's; [`Error::RangeError`] for an address below the window.
    pub fn map(frame: cap::Granule, vaddr: usize) -> sel4::Result<Page> {
        Page::map_with(frame, vaddr, VmAttributes::DEFAULT)
    }

    /// The same, with these attributes.
    ///
    /// # Errors
    /// As those of [`Page::map`].
    pub fn map_with(frame: cap::Granule, vaddr: usize, attributes: VmAttributes) -> sel4::Result<Page> {
        if vaddr < WINDOW {
            return Err(Error::RangeError);
        }
        let vspace = sel4::init_thread::slot::VSPACE.cap();
        frame.frame_map(vspace, vaddr, CapRights::read_write(), attributes)?;
        Ok(Page(vaddr))
    }

    /// Its address.
    pub const fn vaddr(self) -> usize {
        self.0
    }

    fn word(self, index: usize) -> *mut Word {
        ptr::with_exposed_provenance_mut::<Word>(self.0).wrapping_add(index % WORDS)
    }

    /// The word of that number, counted from 0.
    pub fn read(self, index: usize) -> Word {
        // SAFETY: the address lies in the page that `map` mapped, outside of everything that the compiler knows. A
        // test that has unmapped it since ends in a fault and not in another value.
        unsafe { self.word(index).read_volatile() }
    }

    /// Sets the word of that number.
    pub fn write(self, index: usize, value: Word) {
        // SAFETY: as in `read`.
        unsafe { self.word(index).write_volatile(value) }
    }
}
