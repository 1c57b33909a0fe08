//! Frames that two modules share, and what takes their place in a module that has lost them.
//!
//! The frames come from an untyped of the window's own, so that one revoke takes them from both. Each module has them by
//! copies in the supervisor's CSpace; when they are gone, the same slots hold copies of the module's **grave**: a frame
//! of its own that is mapped in each place of what it has lost.

use ipc_proto::ids::Generation;
use ipc_proto::name::Name;
use ipc_proto::window::{PAGE_BYTES, REGIONS_BASE};
use root_task_core::slots::SlotRange;
use root_task_core::windows::View;
use sel4::{CapRights, cap};

use crate::arch;
use crate::memory::{Leak, Memory, OutOf, Untyped};

/// A page as a power of two of bytes.
const PAGE_BITS: u8 = 12;

/// The frames of a window, and on each side a slot for each page that something lies in.
pub struct Panes {
    /// Where the frames come from, as long as there are any.
    untyped: Option<Untyped>,
    slots: SlotRange,
    pages: u8,
    reach: u8,
    /// Whose side is gone.
    gone: Option<(Name, Generation)>,
}

impl Panes {
    /// Makes the frames; nobody sees them yet. Something lies in as many pages as the `reach` says, at least in those.
    ///
    /// # Errors
    /// [`OutOf`] memory or slots; nothing is lost.
    pub fn make(memory: &mut Memory, pages: u8, reach: u8) -> Result<Panes, OutOf> {
        let bits = u8::try_from(pages.next_power_of_two().trailing_zeros()).unwrap_or(u8::MAX);
        let slots = usize::from(reach).saturating_mul(2).saturating_add(usize::from(pages));
        let (slots, untyped) = memory.alloc(slots, PAGE_BITS.saturating_add(bits))?;
        let made = untyped.retype(&arch::FRAME, u64::from(slots.first.0), usize::from(pages));
        let mut panes = Panes { untyped: Some(untyped), slots, pages, reach, gone: None };
        match made {
            Ok(()) => Ok(panes),
            Err(error) => {
                let _ = panes.free_memory(memory);
                panes.dissolve(memory);
                Err(OutOf::Kernel(error))
            }
        }
    }

    fn slot(&self, offset: usize) -> u64 {
        u64::from(self.slots.first.0).saturating_add(offset as u64)
    }

    /// The slot of a page on one side.
    fn place(&self, side: usize, page: u8) -> u64 {
        let rows = side.saturating_mul(usize::from(self.reach)).saturating_add(usize::from(self.pages));
        self.slot(rows.saturating_add(usize::from(page)))
    }

    /// Maps for one side, from `vaddr` on, what it is to see there: the frames, and its grave in each page behind them; or
    /// its grave in all of them; or nothing. Nothing is there yet.
    ///
    /// # Errors
    /// The kernel's: [`Panes::hide`] what is there.
    pub fn show(
        &self,
        side: usize,
        view: View,
        grave: cap::Granule,
        (vspace, vaddr): (cap::VSpace, u64),
    ) -> sel4::Result<()> {
        for page in 0..self.reach {
            let frame = match view {
                View::Nothing => return Ok(()),
                View::Shared if page < self.pages => cap::Granule::from_bits(self.slot(usize::from(page))),
                View::Shared | View::Grave => grave,
            };
            let place = self.place(side, page);
            arch::slot(place).copy(&arch::root_slot(frame), CapRights::read_write())?;
            let at = vaddr.saturating_add(u64::from(page).saturating_mul(u64::from(PAGE_BYTES)));
            let at = usize::try_from(at).map_err(|_| sel4::Error::RangeError)?;
            cap::Granule::from_bits(place).frame_map(vspace, at, CapRights::read_write(), arch::DATA)?;
        }
        Ok(())
    }

    /// Takes whatever is mapped for one side away.
    pub fn hide(&self, side: usize) {
        for page in 0..self.reach {
            // Takes the mapping along. What cannot be deleted is not there.
            let _ = arch::slot(self.place(side, page)).delete();
        }
    }

    /// Takes the frames back, wherever they are mapped.
    ///
    /// # Errors
    /// [`Leak`] where the kernel says that not all of the memory came back.
    pub fn free_memory(&mut self, memory: &mut Memory) -> Result<(), Leak> {
        self.untyped.take().map_or(Ok(()), |untyped| memory.revoke_and_free(untyped))
    }

    /// One side's instance is gone, or none is: the other one's grave is in the place of what it shared.
    pub fn is_left_by(&mut self, gone: Option<(Name, Generation)>) {
        self.gone = gone;
    }

    /// Whose side is gone, if one is.
    pub const fn gone(&self) -> Option<(Name, Generation)> {
        self.gone
    }

    /// Gives the slots back, with what is mapped by them. The frames are gone.
    pub fn dissolve(self, memory: &mut Memory) {
        [0, 1].into_iter().for_each(|side| self.hide(side));
        memory.free_slots(self.slots);
    }
}

/// What a module needs to have windows at all: the page table of their regions, and its grave.
pub struct Annex {
    untyped: Untyped,
    slots: SlotRange,
}

impl Annex {
    /// Makes both, and joins the table to the module's address space.
    ///
    /// # Errors
    /// [`OutOf`] memory or slots; nothing is lost.
    pub fn make(memory: &mut Memory, vspace: cap::VSpace) -> Result<Annex, OutOf> {
        let (slots, untyped) = memory.alloc(2, PAGE_BITS.saturating_add(1))?;
        let [.., table] = arch::TABLES;
        let first = u64::from(slots.first.0);
        let made = untyped.retype(&table, first, 1).and_then(|()| {
            untyped.retype(&arch::FRAME, first.saturating_add(1), 1)?;
            arch::map_page_table(first, vspace, REGIONS_BASE as usize)
        });
        let annex = Annex { untyped, slots };
        match made {
            Ok(()) => Ok(annex),
            Err(error) => {
                let _ = annex.dissolve(memory);
                Err(OutOf::Kernel(error))
            }
        }
    }

    /// The frame for what the module has lost.
    pub fn grave(&self) -> cap::Granule {
        cap::Granule::from_bits(u64::from(self.slots.first.0).saturating_add(1))
    }

    /// Takes both back.
    ///
    /// # Errors
    /// [`Leak`] where the kernel says that not all of the memory came back.
    pub fn dissolve(self, memory: &mut Memory) -> Result<(), Leak> {
        let whole = memory.revoke_and_free(self.untyped);
        memory.free_slots(self.slots);
        whole
    }
}
