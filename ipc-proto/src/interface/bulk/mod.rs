//! Bulk data of a method: it lies in memory that client and server share, and the message says how much of it there is.
//!
//! | file | what it holds |
//! |---|---|
//! | [`shared`] | the shared memory as both sides see it: copied in and out, never looked at in place |
//! | [`client`] | what a stub does: opens the window, has it filled, asks, and has it emptied |
//! | [`server`] | what a dispatch does: finds the window and gives the method a view of it |
//! | `meanwhile` | what happens in the middle of a copy, where a simulation wants something to; not there on the target |
//! | `shelf` | such memory without a kernel, for tests; not there on the target |
//!
//! The last word of a window is its **seal**. The stub writes the word there that also goes in the message, another one for
//! each call ([`Part`]). Where one of the two dies, or the connection is taken back, or a call that was received on it,
//! whoever is left has zeroes in the window's place in the same turn, and the server has them until its next dispatch asks for
//! the window. So who finds the seal as it was after a copy knows that all of it was copied from memory that was shared to the
//! end, in this call; and what a dispatch copies for a call that was taken back is in no later one's memory. The seal does not
//! say that nobody else wrote: the client can, at any moment, as far as the server can tell, and the server as far as the
//! client can.
//!
//! ```
//! use ipc_proto::interface::bulk::{BulkIn, BulkOut, CopyError, Sharing, Shelf};
//! use ipc_proto::interface::dispatch::Events;
//! use ipc_proto::interface::{interface, wire_error};
//!
//! /// What a store answers instead.
//! #[wire_error]
//! pub enum StoreError {
//!     /// It is more than there is room for.
//!     TooLong = 1,
//!     /// The client, or its memory, was gone before all of it was copied.
//!     Gone = 2,
//!     /// The store died meanwhile.
//!     Interrupted = 3,
//! }
//!
//! impl From<CopyError> for StoreError {
//!     fn from(_: CopyError) -> StoreError {
//!         StoreError::Gone
//!     }
//! }
//!
//! /// Keeps 64 bytes.
//! #[interface(name = "store", version = 1, error = StoreError, window_pages = 1)]
//! pub trait Store {
//!     /// Keeps them.
//!     ///
//!     /// # Request
//!     /// The bytes.
//!     /// # Preconditions
//!     /// None.
//!     /// # Response
//!     /// Nothing.
//!     /// # Errors
//!     /// `TooLong`, `Gone`, `Interrupted`.
//!     fn put(&mut self, bytes: BulkIn<'_>) -> Result<(), StoreError>;
//!
//!     /// Gives them.
//!     ///
//!     /// # Request
//!     /// Room for them.
//!     /// # Preconditions
//!     /// None.
//!     /// # Response
//!     /// How many there are.
//!     /// # Errors
//!     /// `TooLong`, `Gone`.
//!     #[method(idempotent)]
//!     fn get(&mut self, room: BulkOut<'_>) -> Result<u64, StoreError>;
//! }
//!
//! struct Kept(heapless::Vec<u8, 64>);
//!
//! impl Events for Kept {}
//!
//! impl Store for Kept {
//!     fn put(&mut self, bytes: BulkIn<'_>) -> Result<(), StoreError> {
//!         let mut copy = heapless::Vec::new();
//!         copy.resize(bytes.len(), 0).map_err(|_| StoreError::TooLong)?;
//!         bytes.copy_to(0, &mut copy)?; // first copied, then looked at: the client can write there at any moment
//!         self.0 = copy;
//!         Ok(())
//!     }
//!
//!     fn get(&mut self, room: BulkOut<'_>) -> Result<u64, StoreError> {
//!         if room.len() < self.0.len() {
//!             return Err(StoreError::TooLong);
//!         }
//!         room.copy_from(0, &self.0)?;
//!         Ok(self.0.len() as u64)
//!     }
//! }
//!
//! // On the target the server is `StoreServer(state, module_rt::bulk::Windows)`, and the stub is over a `Connection`.
//! let shelf = Shelf::new();
//! let server = Sharing::new(StoreServer(Kept(heapless::Vec::new()), &shelf), 1, &shelf);
//! let store = StoreClient::new(&server);
//! assert_eq!(store.put(b"a slice, or a function that fills the window".as_slice()), Ok(()));
//! let mut bytes = [0; 64];
//! assert_eq!(store.get(bytes.as_mut_slice()), Ok(44));
//! assert_eq!(bytes.get(..7), Some(b"a slice".as_slice()));
//! ```

pub mod client;
#[cfg(not(target_os = "none"))]
pub mod meanwhile;
pub mod server;
pub mod shared;
#[cfg(not(target_os = "none"))]
pub mod shelf;

use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};

use postcard_schema_ng::Schema;
use serde::{Deserialize, Serialize};
use zerocopy::{FromBytes, Immutable, IntoBytes};

pub use client::{Drain, Fill, InPlace, Opened, Share, drain, fill};
pub use server::{BulkIn, BulkOut, CopyError, Windows};
pub use shared::{OutOfBounds, Shared};
#[cfg(not(target_os = "none"))]
pub use shelf::{Sharing, Shelf};

use crate::window::{PAGE_BYTES, WindowError};

/// The bytes of the seal.
const SEAL_BYTES: usize = size_of::<u64>();
/// How many bits of a [`Part`] are the length: enough for the largest window.
const LENGTH_BITS: u32 = 20;

const _: () = assert!(capacity(crate::window::MAX_PAGES) < 1 << LENGTH_BITS);

/// How many bytes of bulk data fit into a window of so many pages: all but the seal.
pub const fn capacity(pages: u8) -> usize {
    (pages as usize).saturating_mul(PAGE_BYTES as usize).saturating_sub(SEAL_BYTES)
}

/// What a message says of bulk data: how many bytes there are, from the beginning of the window on, and when the call was
/// made, so that no two calls say the same. It stands in the window's seal, too. Never 0.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, FromBytes, IntoBytes, Immutable, Schema,
)]
#[repr(transparent)]
pub struct Part(u64);

impl Part {
    /// That of a call which is made at this moment. `length` is at most the [`capacity`] of a window.
    pub const fn new(length: usize, moment: u64) -> Part {
        let word = moment << LENGTH_BITS | length as u64 & ((1 << LENGTH_BITS) - 1);
        Part(if word == 0 { 1 << LENGTH_BITS } else { word })
    }

    /// How many bytes; whatever the other side has said, so that it is checked against the window.
    pub const fn length(self) -> usize {
        (self.0 & ((1 << LENGTH_BITS) - 1)) as usize
    }
}

/// A window's bytes and its seal.
#[derive(Clone, Copy, Debug)]
struct Sealed<'a> {
    data: Shared<'a>,
    seal: &'a AtomicU64,
}

impl<'a> Sealed<'a> {
    /// `None` for a window without room for a seal.
    fn of(memory: &'a [AtomicU64]) -> Option<Sealed<'a>> {
        let (seal, data) = memory.split_last()?;
        Some(Sealed { data: Shared::of(data), seal })
    }

    fn close(&self, part: Part) {
        self.seal.store(part.0, Ordering::Relaxed);
    }

    /// Whether it is as this call's client has closed it. Zero, which no [`Part`] is, where the memory is not shared any more.
    fn is_closed(&self, part: Part) -> bool {
        self.seal.load(Ordering::Relaxed) == part.0
    }
}

/// Why bulk data did not come over. Whether the method was executed is in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkError {
    /// It is longer than the interface's window. Nothing was sent: pass less at a time.
    TooLong {
        /// How many bytes there can be.
        most: u32,
    },
    /// There is no window, so nothing was sent. The supervisor's reason says what to do.
    Window(WindowError),
    /// The memory that was shared on the connection is gone: the server died, or the capability was taken back, or another call
    /// of this client to the same server, since the window was opened. The method was not executed. The next call opens a
    /// window anew; what the client had put into the old one has to be put there again.
    Lost,
    /// The same, when the method had been executed: what it gave back was lost before all of it was copied.
    Torn,
}

impl fmt::Display for BulkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BulkError::TooLong { most } => {
                write!(f, "its window has room for {most} bytes and no more; nothing was sent")
            }
            BulkError::Window(error) => write!(f, "no window: {error}"),
            BulkError::Lost => f.write_str(
                "the memory that was shared on the connection was lost; the call was not executed",
            ),
            BulkError::Torn => {
                f.write_str("the connection died before all of the answer was copied; the call was executed")
            }
        }
    }
}

impl core::error::Error for BulkError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::MAX_PAGES;

    #[test]
    fn a_part_says_its_length_below_at_and_above_the_bound_and_is_never_zero() {
        let most = capacity(MAX_PAGES);
        assert_eq!(most, 65_528);
        for length in [0, 1, most - 1, most, (1 << LENGTH_BITS) - 1] {
            for moment in [0, 1, u64::MAX] {
                let part = Part::new(length, moment);
                assert_eq!(part.length(), length);
                assert_ne!(part.0, 0, "{length} at {moment}");
            }
        }
        assert_eq!(Part::new(1 << LENGTH_BITS, 7).length(), 0, "it does not reach into the moment");
        assert_ne!(Part::new(5, 1), Part::new(5, 2));
    }

    #[test]
    fn a_window_has_a_seal_and_no_bytes_where_there_is_one_word_only() {
        let words = [const { AtomicU64::new(0) }; 2];
        assert!(Sealed::of(&words[..0]).is_none());
        assert_eq!(Sealed::of(&words[..1]).unwrap().data.len(), 0);
        let sealed = Sealed::of(&words).unwrap();
        sealed.close(Part::new(3, 9));
        assert!(sealed.is_closed(Part::new(3, 9)) && !sealed.is_closed(Part::new(3, 8)));
        assert_eq!((sealed.data.len(), words[0].load(Ordering::Relaxed)), (8, 0));
    }
}
