//! Interface `window`: memory that a client shares with a server, where messages are too small.
//!
//! The client asks the supervisor for one on a connection ([`Request::Open`]); the server asks for the other side of it
//! with the badge of the client's call ([`Request::Of`]). Both can write, at any moment: copy first, then check. When
//! either of them dies, or the connection is taken back, or a call on it that the server has received, whoever is left has
//! memory of its own there, full of zeroes, which nobody else sees. Behind that page of a module's own is every page of
//! whatever it has lost: what it writes there may be found in all of them, and is gone when it loses more.
//!
//! What was lost comes back where it was when it is asked for again, by each side for itself; what a client that is gone has
//! left to a server is the next client's. So a server asks at the beginning of each call, and not in the middle of one; and a
//! client that has opened a window asks for its others again.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::call_error::CallError;

/// The address of the first region in every module that has windows.
pub const REGIONS_BASE: u64 = 0x60_0000;
/// The size of a region, in which one window lies.
pub const REGION_BYTES: u64 = 0x1_0000;
/// How many regions a module has: one page table is enough for them.
pub const REGIONS: u8 = 32;
/// The size of a page in bytes.
pub const PAGE_BYTES: u32 = 4096;
/// The most pages of a window: a region of them.
pub const MAX_PAGES: u8 = 16;

const _: () = assert!(MAX_PAGES as u64 * PAGE_BYTES as u64 == REGION_BYTES);

/// The address of a region; those beyond the last are not used.
pub const fn region(number: u8) -> u64 {
    REGIONS_BASE.saturating_add(REGION_BYTES.saturating_mul(number as u64))
}

/// The label of every request of this interface, which any module may make to the supervisor. It is one of its own, so
/// that modules without windows do not carry it.
pub const LABEL: u16 = 0x103;

/// A request; the caller is known by the badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Share memory with the server of a connection.
    Open {
        /// A connection slot of the caller's CSpace.
        slot: u8,
        /// How many pages.
        pages: u8,
    },
    /// Where the memory is that a client shares with the caller.
    Of {
        /// The badge that came with the client's call.
        client: u64,
    },
}

/// The answer, with status `Ok`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// The memory is there.
    Window {
        /// Its address in the caller's address space.
        vaddr: u64,
        /// Its size.
        bytes: u32,
    },
    /// There is none.
    None(WindowRefusal),
    /// The memory is there now, full of zeroes, for a client that has asked to share some: another window may have been in
    /// that place.
    Made {
        /// Its address in the caller's address space.
        vaddr: u64,
        /// Its size.
        bytes: u32,
    },
}

/// Why there is no window. Its text is the sentence that a person reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WindowRefusal {
    /// None at all, or more than [`MAX_PAGES`].
    Size,
    /// There is a window for these two already, of another size.
    OtherSize,
    /// There is no connection, or the server does not run; or, for the server, the client has asked for none.
    NotConnected,
    /// The client would have more memory in windows than the system's manifest grants it.
    NotGranted,
    /// One of the two has as many windows as a module can have, or there are as many as the system can have.
    TooMany,
    /// Memory or slots are used up.
    OutOfMemory,
}

impl fmt::Display for WindowRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WindowRefusal::Size => write!(f, "a window has 1 to {MAX_PAGES} pages"),
            WindowRefusal::OtherSize => f.write_str("there is a window already, of another size"),
            WindowRefusal::NotConnected => f.write_str("there is no client or no server for a window"),
            WindowRefusal::NotGranted => {
                f.write_str("the client has as much memory in windows as it is granted (window_kib)")
            }
            WindowRefusal::TooMany => f.write_str("there are as many windows as there can be"),
            WindowRefusal::OutOfMemory => f.write_str("there is no memory left for a window"),
        }
    }
}

impl core::error::Error for WindowRefusal {}

/// Why there is no window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowError {
    /// The supervisor's reason.
    Refused(WindowRefusal),
    /// The supervisor could not be asked: one of the two is built from another version.
    Call(CallError),
}

impl fmt::Display for WindowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WindowError::Refused(why) => why.fmt(f),
            WindowError::Call(error) => write!(f, "the supervisor: {error}"),
        }
    }
}

impl core::error::Error for WindowError {}
