//! Memory that is shared with a client or a server: see `ipc_proto::window`.
//!
//! The other side may write at any moment, and may be hostile. So nothing is ever looked at in place: [`Window::read`]
//! copies out, and what was copied is then checked. When the other side is gone, the memory is full of zeroes, and is
//! this module's alone: until this module asks for a window again, which can be in the same place.

use core::sync::atomic::{AtomicU64, Ordering};

use ipc_proto::interface::Client;
use ipc_proto::slots;
use ipc_proto::window::{Answer, LABEL, Request, WindowRefusal};

use crate::connection::Connection;
use crate::sys;

pub use ipc_proto::window::WindowError;

/// The bytes of a word.
const WORD: usize = size_of::<AtomicU64>();

/// A window, as this module sees it. It stays readable and writable for as long as the module lives, whatever lies there: after
/// it was lost memory of this module's own, and the next window of the two, of whatever size, from when this module asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    vaddr: usize,
    bytes: usize,
}

/// The offset is not inside the window, or what is copied would reach beyond its end. Nothing was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfWindow;

fn ask(request: &Request) -> Result<Window, WindowError> {
    match Connection::in_slot(slots::SUPERVISOR).call(LABEL, request).map_err(WindowError::Call)? {
        Answer::Window { vaddr, bytes } => Ok(Window { vaddr: vaddr as usize, bytes: bytes as usize }),
        Answer::Made { vaddr, bytes } => {
            sys::windows_made(|made| {
                made.store(made.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed)
            });
            Ok(Window { vaddr: vaddr as usize, bytes: bytes as usize })
        }
        Answer::None(why) => Err(WindowError::Refused(why)),
    }
}

impl Connection {
    /// Shares so many pages with the server of this connection. Asked for again, it is the same window; after it was
    /// lost, a new one in the same place. It is lost where a call was taken back that the server had received, too: at its
    /// deadline. A new one can also be where a window with a server was that is gone: ask for what you share with others
    /// again before you write there.
    ///
    /// # Errors
    /// [`WindowError`].
    pub fn window(self, pages: u8) -> Result<Window, WindowError> {
        let slot =
            u8::try_from(self.slot()).map_err(|_| WindowError::Refused(WindowRefusal::NotConnected))?;
        ask(&Request::Open { slot, pages })
    }
}

impl Window {
    /// The window that a client shares with this module. Ask when its call begins, and not again before that is answered: the
    /// next window of the two comes into the same place when this is asked, and what is written for a call that was taken
    /// back must not lie there.
    ///
    /// # Errors
    /// [`WindowError`].
    pub fn of(client: Client) -> Result<Window, WindowError> {
        ask(&Request::Of { client: client.badge() })
    }

    /// Its size in bytes.
    pub const fn len(self) -> usize {
        self.bytes
    }

    /// Whether it has no bytes at all: never.
    pub const fn is_empty(self) -> bool {
        self.bytes == 0
    }

    /// The memory as atomic words, which promise nothing of who else writes them.
    pub(crate) fn words(self) -> &'static [AtomicU64] {
        let first: *const AtomicU64 = core::ptr::with_exposed_provenance(self.vaddr);
        // SAFETY: a window is whole pages at a page's beginning, and all of them stay mapped for this module's whole life: the
        // supervisor puts other memory there when the shared one is gone, and leaves it behind the end of a smaller one that
        // follows (`root_task_core::windows::Window::reach`). Nobody in this program has a reference to it that is not to
        // atomics. In a simulated system it is a program's memory that is never given back, and has atomics in it.
        unsafe { core::slice::from_raw_parts(first, self.bytes / WORD) }
    }

    fn range(self, offset: usize, length: usize) -> Result<*mut u8, OutOfWindow> {
        let end = offset.checked_add(length).ok_or(OutOfWindow)?;
        if end > self.bytes {
            return Err(OutOfWindow);
        }
        Ok(core::ptr::with_exposed_provenance_mut(self.vaddr.saturating_add(offset)))
    }

    /// Copies out of the window.
    ///
    /// # Errors
    /// [`OutOfWindow`].
    pub fn read(self, offset: usize, to: &mut [u8]) -> Result<(), OutOfWindow> {
        let from = self.range(offset, to.len())?;
        let length = to.len();
        for (index, byte) in to.iter_mut().enumerate() {
            sys::copies(from.addr(), length, index);
            // SAFETY: inside the window, which stays mapped for this module's whole life, as in `words`. Volatile, since
            // others write to it.
            *byte = unsafe { from.wrapping_add(index).read_volatile() };
        }
        Ok(())
    }

    /// Copies into the window.
    ///
    /// # Errors
    /// [`OutOfWindow`].
    pub fn write(self, offset: usize, from: &[u8]) -> Result<(), OutOfWindow> {
        let to = self.range(offset, from.len())?;
        for (index, byte) in from.iter().enumerate() {
            sys::copies(to.addr(), from.len(), index);
            // SAFETY: as in `read`; nobody in this program has a reference to it.
            unsafe { to.wrapping_add(index).write_volatile(*byte) };
        }
        Ok(())
    }
}
