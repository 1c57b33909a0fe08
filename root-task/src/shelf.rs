//! Where the files of pushed modules are kept: places in the root task's own address space, made when they are needed for
//! the first time, and kept.
//!
//! A file is read through a [`Book`], of which there are as many as there are those who may read: rooms, instances that are
//! made, dead ones that are kept. Only a place of which there is none is written to.

use core::fmt;
use core::ops::Deref;
use core::sync::atomic::{AtomicU32, Ordering};

use heapless::Vec;
use ipc_proto::push::MAX_FILE;
use sel4::{CapRights, ObjectBlueprint, cap};

use crate::arch;
use crate::memory::{Memory, OutOf, Untyped};

/// The most files that are kept at a time, with the one that comes.
pub const MAX_PLACES: usize = 8;
/// Where the first place is.
const VADDR: usize = 0x3000_0000;
/// How far the next one is: each has a page table of its own.
const STRIDE: usize = 0x20_0000;
const PAGE: usize = 4096;
/// How many pages a place has.
const PAGES: usize = MAX_FILE as usize / PAGE;
/// The pages and their table, as a power of two of bytes.
const UNTYPED_BITS: u8 = 19;

const _: () = assert!((PAGES + 1) * PAGE == 1 << UNTYPED_BITS && PAGES * PAGE == MAX_FILE as usize);

/// How many books there are of each place.
static READERS: [AtomicU32; MAX_PLACES] = [const { AtomicU32::new(0) }; MAX_PLACES];

/// A file that is kept as long as somebody has it.
pub struct Book {
    place: usize,
    bytes: usize,
}

fn readers(place: usize) -> Option<&'static AtomicU32> {
    READERS.get(place)
}

impl Book {
    fn of(place: usize, bytes: usize) -> Book {
        if let Some(readers) = readers(place) {
            readers.fetch_add(1, Ordering::Relaxed);
        }
        Book { place, bytes }
    }
}

impl Clone for Book {
    fn clone(&self) -> Book {
        Book::of(self.place, self.bytes)
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        if let Some(readers) = readers(self.place) {
            readers.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Deref for Book {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let at = VADDR.wrapping_add(self.place.wrapping_mul(STRIDE)) as *const u8;
        // SAFETY: only `Shelf::close` makes the first book of a place, which was mapped before, for good, with at least as
        // many bytes; and nobody writes there as long as there is a book.
        unsafe { core::slice::from_raw_parts(at, self.bytes) }
    }
}

impl fmt::Debug for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Book({}, {} bytes)", self.place, self.bytes)
    }
}

/// Why there is no place.
#[derive(Clone, Copy, Debug)]
pub enum NoPlace {
    /// There are [`MAX_PLACES`] files.
    Full,
    /// There is no memory for one more.
    OutOf(OutOf),
}

/// The places. Nobody else maps anything there.
pub struct Shelf {
    /// What each was made of.
    places: Vec<Untyped, MAX_PLACES>,
    /// Which one is written to, and how many bytes its file has.
    open: Option<(usize, usize)>,
}

impl Shelf {
    /// Without a place.
    pub const fn new() -> Shelf {
        Shelf { places: Vec::new(), open: None }
    }

    /// Opens a place for a file of so many bytes; the one that was open is given up.
    ///
    /// # Errors
    /// [`NoPlace`]; nothing is lost.
    pub fn open(&mut self, memory: &mut Memory, bytes: u32) -> Result<(), NoPlace> {
        self.open = None;
        let unread = |place: &usize| readers(*place).is_some_and(|count| count.load(Ordering::Relaxed) == 0);
        let place = match (0..self.places.len()).find(unread) {
            Some(place) => place,
            None => self.make(memory)?,
        };
        self.open = Some((place, (bytes as usize).min(MAX_FILE as usize)));
        Ok(())
    }

    /// Makes one more place.
    fn make(&mut self, memory: &mut Memory) -> Result<usize, NoPlace> {
        let place = self.places.len();
        if self.places.is_full() {
            return Err(NoPlace::Full);
        }
        let (slots, untyped) = memory.alloc(PAGES.saturating_add(1), UNTYPED_BITS).map_err(NoPlace::OutOf)?;
        let first = u64::from(slots.first.0);
        let at = VADDR.saturating_add(place.saturating_mul(STRIDE));
        match map(&untyped, first, at) {
            Ok(()) => {
                // There is room, see above.
                let _ = self.places.push(untyped);
                Ok(place)
            }
            Err(error) => {
                // The revoke takes the mappings along.
                if memory.revoke_and_free(untyped).is_ok() {
                    memory.free_slots(slots);
                }
                Err(NoPlace::OutOf(OutOf::Kernel(error)))
            }
        }
    }

    /// Writes to the open place; what is outside is left out.
    pub fn write(&mut self, at: u32, piece: &[u8]) {
        let Some((place, bytes)) = self.open else { return };
        let start = VADDR.wrapping_add(place.wrapping_mul(STRIDE)) as *mut u8;
        // SAFETY: the place was mapped before it was opened, for good, with at least as many bytes; there is no book of an
        // open place, and this is the only slice to it.
        let file = unsafe { core::slice::from_raw_parts_mut(start, bytes) };
        let at = at as usize;
        let end = at.saturating_add(piece.len());
        if let Some(to) = file.get_mut(at..end) {
            to.copy_from_slice(piece);
        }
    }

    /// The open place holds a whole file: from now on it is read.
    pub fn close(&mut self) -> Option<Book> {
        let (place, bytes) = self.open.take()?;
        Some(Book::of(place, bytes))
    }

    /// The open place is not needed.
    pub fn give_up(&mut self) {
        self.open = None;
    }
}

/// Makes a table and the pages, and maps them from `at` on. The tables above are the scratch window's.
fn map(untyped: &Untyped, first: u64, at: usize) -> sel4::Result<()> {
    let table = first.saturating_add(PAGES as u64);
    let [.., page_table]: [ObjectBlueprint; _] = arch::TABLES;
    untyped.retype(&arch::FRAME, first, PAGES)?;
    untyped.retype(&page_table, table, 1)?;
    let vspace = sel4::init_thread::slot::VSPACE.cap();
    arch::map_page_table(table, vspace, at)?;
    for page in 0..PAGES {
        let frame = cap::Granule::from_bits(first.saturating_add(page as u64));
        let vaddr = at.saturating_add(page.saturating_mul(PAGE));
        frame.frame_map(vspace, vaddr, CapRights::read_write(), arch::DATA)?;
    }
    Ok(())
}
