//! The server's half: a dispatch finds the window that it shares with who calls, and gives the method a view of it.
//!
//! What the message says is checked against the window as the supervisor knows it, and the window's seal against the message:
//! a client that shares no memory with this instance, or not any more, reads [`Status::Refused`], and nothing is executed.

use core::fmt;
use core::ops::Deref;
use core::sync::atomic::AtomicU64;

use super::{OutOfBounds, Part, Sealed, Shared};
use crate::interface::Client;
use crate::label::Status;

/// Where a server's dispatch finds the memory that it shares with a client.
#[diagnostic::on_unimplemented(
    message = "`{Self}` knows no windows: the second part of a server with bulk data is `module_rt::bulk::Windows`, or a \
               `&Shelf` in a test"
)]
pub trait Windows {
    /// The memory of a window. It stays, whatever becomes of the client.
    type Memory: Deref<Target = [AtomicU64]>;

    /// The window that this client shares with the server now; `None` where there is none. Asked once for each call, when it
    /// begins: the client's next memory can come into the place of what it has lost.
    fn of(&self, client: Client) -> Option<Self::Memory>;
}

/// Why a server could not copy bulk data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyError {
    /// What was to be copied does not lie in the data. Nothing was copied: the server's own mistake.
    OutOfBounds,
    /// The client is not there any more, or its connection was taken back, or this call, at its deadline: what was copied is not
    /// what it sent, or reaches nobody. Whatever is answered reaches nobody either: undo what depends on it.
    Lost,
}

impl fmt::Display for CopyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CopyError::OutOfBounds => OutOfBounds.fmt(f),
            CopyError::Lost => f.write_str("the client or its call is gone, and the memory that it shared"),
        }
    }
}

impl core::error::Error for CopyError {}

impl From<OutOfBounds> for CopyError {
    fn from(_: OutOfBounds) -> CopyError {
        CopyError::OutOfBounds
    }
}

/// The part of a window that a call is about.
#[derive(Clone, Copy, Debug)]
struct View<'a> {
    sealed: Sealed<'a>,
    data: Shared<'a>,
    part: Part,
}

impl<'a> View<'a> {
    fn of(memory: &'a [AtomicU64], part: Part) -> Result<View<'a>, Status> {
        let sealed = Sealed::of(memory).ok_or(Status::Refused)?;
        let data = sealed.data.first(part.length()).ok_or(Status::BadMessage)?;
        if !sealed.is_closed(part) {
            return Err(Status::Refused);
        }
        Ok(View { sealed, data, part })
    }

    /// After a copy: whether it was of shared memory to the end.
    fn still(&self) -> Result<(), CopyError> {
        if self.sealed.is_closed(self.part) { Ok(()) } else { Err(CopyError::Lost) }
    }
}

/// Bulk data that a client sends: an argument of a method. The client can change it at any moment, so it can only be copied;
/// check the copy, and copy nothing twice.
#[derive(Clone, Copy, Debug)]
pub struct BulkIn<'a>(View<'a>);

impl<'a> BulkIn<'a> {
    /// What a message says that there is, in this window.
    ///
    /// # Errors
    /// The status that the client sees: [`Status::BadMessage`] where it says more than there is, and [`Status::Refused`]
    /// where the window is not the one of this call.
    pub fn of(memory: &'a [AtomicU64], part: Part) -> Result<BulkIn<'a>, Status> {
        View::of(memory, part).map(BulkIn)
    }

    /// How many bytes there are.
    pub const fn len(&self) -> usize {
        self.0.data.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Copies what begins at byte `at`, as much as fills `to`.
    ///
    /// # Errors
    /// [`CopyError`]; at `Lost` what is in `to` is nobody's.
    pub fn copy_to(&self, at: usize, to: &mut [u8]) -> Result<(), CopyError> {
        self.0.data.copy_to(at, to)?;
        self.0.still()
    }
}

/// Room for bulk data that a client gets: an argument of a method. Say in the answer how much of it was used.
#[derive(Clone, Copy, Debug)]
pub struct BulkOut<'a>(View<'a>);

impl<'a> BulkOut<'a> {
    /// The room that a message says that there is, in this window.
    ///
    /// # Errors
    /// As [`BulkIn::of`].
    pub fn of(memory: &'a [AtomicU64], part: Part) -> Result<BulkOut<'a>, Status> {
        View::of(memory, part).map(BulkOut)
    }

    /// For how many bytes there is room.
    pub const fn len(&self) -> usize {
        self.0.data.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Copies all of `from` to where byte `at` is.
    ///
    /// # Errors
    /// [`CopyError`].
    pub fn copy_from(&self, at: usize, from: &[u8]) -> Result<(), CopyError> {
        self.0.data.copy_from(at, from)?;
        self.0.still()
    }
}
