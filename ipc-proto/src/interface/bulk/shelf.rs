//! Memory that client and server share in one program, without a kernel, and the way to a server that has it.

use core::cell::Cell;
use core::sync::atomic::{AtomicU64, Ordering};

use serde::{Serialize, de::DeserializeOwned};

use super::{Share, Windows};
use crate::call_error::CallError;
use crate::interface::loopback::Loopback;
use crate::interface::{Call, Client, Dispatch};
use crate::method::Method;
use crate::window::{MAX_PAGES, PAGE_BYTES, WindowError, WindowRefusal};

/// The words of a page.
const PAGE_WORDS: usize = PAGE_BYTES as usize / size_of::<u64>();

/// The memory: of one window at a time.
#[derive(Debug)]
pub struct Shelf {
    memory: [[AtomicU64; PAGE_WORDS]; MAX_PAGES as usize],
    /// Of how many pages the window is; 0 where there is none.
    pages: Cell<u8>,
    made: Cell<u64>,
    moment: Cell<u64>,
}

impl Default for Shelf {
    fn default() -> Shelf {
        Shelf::new()
    }
}

impl Shelf {
    /// Without a window.
    pub const fn new() -> Shelf {
        let memory = [const { [const { AtomicU64::new(0) }; PAGE_WORDS] }; MAX_PAGES as usize];
        Shelf { memory, pages: Cell::new(0), made: Cell::new(0), moment: Cell::new(0) }
    }

    /// Opens a window, as the supervisor does.
    ///
    /// # Errors
    /// [`WindowRefusal`].
    pub fn open(&self, pages: u8) -> Result<&[AtomicU64], WindowRefusal> {
        if pages == 0 || pages > MAX_PAGES {
            return Err(WindowRefusal::Size);
        }
        if self.pages.get() != 0 && self.pages.get() != pages {
            return Err(WindowRefusal::OtherSize);
        }
        if self.pages.replace(pages) == 0 {
            self.made.set(self.made.get().wrapping_add(1));
        }
        self.window().ok_or(WindowRefusal::Size)
    }

    /// The window.
    pub fn window(&self) -> Option<&[AtomicU64]> {
        let words = usize::from(self.pages.get()).saturating_mul(PAGE_WORDS);
        self.memory.as_flattened().get(..words).filter(|words| !words.is_empty())
    }

    /// Takes the window from both sides, as where one of them dies: it is full of zeroes from then on.
    pub fn lose(&self) {
        self.memory.as_flattened().iter().for_each(|word| word.store(0, Ordering::Relaxed));
        self.pages.set(0);
    }
}

impl<'m> Windows for &'m Shelf {
    type Memory = &'m [AtomicU64];

    fn of(&self, _: Client) -> Option<&'m [AtomicU64]> {
        self.window()
    }
}

/// A [`Loopback`] whose client shares this memory with the server.
#[derive(Debug)]
pub struct Sharing<'m, D> {
    /// The server, and the way to it.
    pub loopback: Loopback<D>,
    shelf: &'m Shelf,
}

impl<'m, D: Dispatch> Sharing<'m, D> {
    /// A way to `server` for the client with this badge. The server's own half has the same shelf.
    pub const fn new(server: D, badge: u64, shelf: &'m Shelf) -> Sharing<'m, D> {
        Sharing { loopback: Loopback::new(server, badge), shelf }
    }
}

impl<D: Dispatch> Call for &Sharing<'_, D> {
    fn call_message<R: Serialize + ?Sized, A: DeserializeOwned>(
        &self,
        method: Method,
        request: &R,
    ) -> Result<A, CallError> {
        (&self.loopback).call_message(method, request)
    }

    fn call_words(&self, method: Method, words: [u64; 4]) -> Result<[u64; 4], CallError> {
        (&self.loopback).call_words(method, words)
    }
}

impl<'m, D: Dispatch> Share for &Sharing<'m, D> {
    type Memory = &'m [AtomicU64];

    fn share(&self, pages: u8) -> Result<&'m [AtomicU64], WindowError> {
        self.shelf.open(pages).map_err(WindowError::Refused)
    }

    fn made(&self) -> u64 {
        self.shelf.made.get()
    }

    fn moment(&self) -> u64 {
        let moment = self.shelf.moment.get().wrapping_add(1);
        self.shelf.moment.set(moment);
        moment
    }
}
