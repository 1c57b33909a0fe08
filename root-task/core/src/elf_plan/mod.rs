//! From the bytes of an ELF file to a plan for loading it, or to the sentence that says why not.
//!
//! The whole file is checked before anything is created. Nothing in it is trusted: every number is a claim until
//! it has been compared with the file's length and with the module window. What the checks let through needs no
//! further check when it is executed.
//!
//! | file | what it checks |
//! |---|---|
//! | `header` | that it is an ELF file of this machine, and that its tables lie inside it |
//! | `segments` | what goes where, with which rights |
//! | `manifest` | that there is a manifest, and what it asks for |
//! | `frames` | what that takes: frames, and the size of the untyped |
//! | `code` | nothing: which instruction is at which address |

mod code;
mod error;
mod frames;
mod header;
mod manifest;
mod segments;

use heapless::Vec;
use ipc_proto::manifest::Request;
use ipc_proto::name::Name;

use crate::layout::{INSTANCE_OBJECT_BITS, SLOT_BITS};

pub use code::Code;
pub use error::ElfError;
pub use frames::{Frame, FrameUse};
pub use header::Machine;
pub use segments::{Permissions, Segment};

/// The most segments that are loaded.
pub const MAX_SEGMENTS: usize = 8;
/// The most program headers of whatever kind.
pub const MAX_PROGRAM_HEADERS: u16 = 16;
/// The most sections, so that the search for the manifest is bounded.
pub const MAX_SECTIONS: u16 = 64;

/// What a file is checked against.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'a> {
    /// The machine that the system runs on.
    pub machine: Machine,
    /// The name under which the module is loaded; its manifest must say the same. `None` takes any.
    pub called: Option<Name>,
    /// The name of the module whose place it is to take; its manifest may say that instead.
    pub replaces: Option<Name>,
    /// The sizes of the instance's objects beside frames and CNodes, as powers of two of bytes.
    pub object_bits: &'a [u8],
    /// The size of a CNode slot, as a power of two of bytes.
    pub slot_bits: u8,
}

impl Limits<'static> {
    /// The limits of an ordinary load on `machine`.
    pub const fn new(machine: Machine, called: Option<Name>) -> Limits<'static> {
        Limits { machine, called, replaces: None, object_bits: &INSTANCE_OBJECT_BITS, slot_bits: SLOT_BITS }
    }
}

/// A checked file: everything that loading it needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElfPlan {
    /// The address of the first instruction; inside an executable segment.
    pub entry: u64,
    /// What the manifest asks for.
    pub request: Request,
    /// The segments, none of which share a page.
    pub segments: Vec<Segment, MAX_SEGMENTS>,
    /// How many frames an instance takes: segments, stack and IPC buffer.
    pub frame_count: u16,
    /// What all objects of an instance take, in bytes, laid out from the largest to the smallest.
    pub needed_bytes: u64,
    /// The untyped that they come from has 2^n bytes.
    pub untyped_bits: u8,
}

impl ElfPlan {
    /// Checks `file` completely.
    ///
    /// # Errors
    /// [`ElfError`] names the first rule that the file breaks. Its text says what is wrong, with the numbers, and
    /// what to do.
    pub fn check(file: &[u8], limits: &Limits<'_>) -> Result<ElfPlan, ElfError> {
        let header = header::check(file, limits.machine)?;
        let segments = segments::check(file, &header)?;
        if !segments.iter().any(|segment| segment.executes(header.e_entry)) {
            return Err(ElfError::Entry { entry: header.e_entry });
        }
        let request = manifest::check(file, &header)?;
        if let Some(called) = limits.called
            && called != request.name
            && limits.replaces != Some(request.name)
        {
            return Err(ElfError::WrongName { called, says: request.name });
        }
        let takes = frames::takes(&segments, &request, limits)?;
        Ok(ElfPlan {
            entry: header.e_entry,
            request,
            segments,
            frame_count: takes.frames,
            needed_bytes: takes.bytes,
            untyped_bits: takes.untyped_bits,
        })
    }
}
