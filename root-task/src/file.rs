//! A module's file: one of the boot archive, or one that was pushed.

use core::ops::Deref;

use ipc_proto::name::Name;

use crate::shelf::Book;

/// Which file, and its bytes.
#[derive(Clone, Debug)]
pub struct File {
    /// What it is called: in the archive, or by its sum.
    pub name: Name,
    bytes: Bytes,
}

#[derive(Clone, Debug)]
enum Bytes {
    Archived(&'static [u8]),
    Pushed(Book),
}

impl File {
    /// One of the boot archive.
    pub const fn archived(name: Name, bytes: &'static [u8]) -> File {
        File { name, bytes: Bytes::Archived(bytes) }
    }

    /// One that was pushed.
    pub const fn pushed(name: Name, book: Book) -> File {
        File { name, bytes: Bytes::Pushed(book) }
    }

    /// Whether it was pushed: then its manifest may have any name.
    pub const fn is_pushed(&self) -> bool {
        matches!(self.bytes, Bytes::Pushed(_))
    }
}

impl Deref for File {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Archived(bytes) => bytes,
            Bytes::Pushed(book) => book,
        }
    }
}
