//! Why an ELF file is not loaded. The text of each variant is the sentence that a person reads.

use core::fmt;

use ipc_proto::manifest::ManifestError;
use ipc_proto::name::Name;

use super::{MAX_PROGRAM_HEADERS, MAX_SECTIONS, MAX_SEGMENTS};
use crate::layout::{MODULE_BASE, MODULE_END, PAGE_SIZE, USER_END, WINDOW_END};

/// The first rule that a file breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElfError {
    /// The file has no bytes.
    Empty,
    /// A header or a table of headers ends after the end of the file.
    Truncated {
        /// What lies there.
        what: &'static str,
        /// Where it ends.
        end: u64,
        /// How many bytes the file has.
        len: usize,
    },
    /// A header or a table of headers ends at no byte that a file can have.
    BeyondAnyFile {
        /// What lies there.
        what: &'static str,
    },
    /// The first bytes are not those of an ELF file.
    NotElf,
    /// Not a 64-bit file.
    Class(u8),
    /// Not a little-endian file.
    Endianness(u8),
    /// Neither version 1 of the format nor headers of its sizes.
    Format,
    /// Built for another machine.
    Machine {
        /// The number in the file.
        found: u16,
        /// The system's machine.
        expected: &'static str,
    },
    /// Not an executable file at fixed addresses.
    Type(u16),
    /// There is no program header, or none that loads something.
    NothingToLoad,
    /// More than [`MAX_PROGRAM_HEADERS`].
    ProgramHeaders(u16),
    /// More than [`MAX_SEGMENTS`].
    Segments,
    /// More than [`MAX_SECTIONS`].
    Sections(u16),
    /// It wants an interpreter.
    Interpreter,
    /// It wants a dynamic linker.
    Dynamic,
    /// It uses thread-local storage.
    ThreadLocal,
    /// More of a segment is in the file than in memory.
    FileSize {
        /// The segment's address.
        at: u64,
        /// Its size in the file.
        file: u64,
        /// Its size in memory.
        memory: u64,
    },
    /// A segment's bytes lie beyond the end of the file.
    BeyondFile {
        /// The segment's address.
        at: u64,
        /// The offset of its first byte.
        offset: u64,
        /// How many bytes.
        size: u64,
        /// How many bytes the file has.
        len: usize,
    },
    /// A segment touches addresses that are the kernel's, or no addresses at all.
    KernelSpace {
        /// The segment's address.
        at: u64,
        /// Its size in memory.
        size: u64,
    },
    /// A segment touches addresses that the supervisor keeps: guard, stack, IPC buffer.
    ReservedSpace {
        /// The segment's address.
        at: u64,
        /// Its end.
        end: u64,
    },
    /// A segment lies outside the module window.
    OutsideWindow {
        /// The segment's address.
        at: u64,
        /// Its end.
        end: u64,
    },
    /// A segment does not start at the start of a page, in memory and in the file.
    Unaligned {
        /// The segment's address.
        at: u64,
        /// The offset of its first byte.
        offset: u64,
    },
    /// A segment is writable and executable.
    WriteAndExecute {
        /// The segment's address.
        at: u64,
    },
    /// Two segments share a page.
    Overlap {
        /// The page.
        page: u64,
        /// The address of the one.
        first: u64,
        /// The address of the other.
        second: u64,
    },
    /// The entry point lies in no executable segment.
    Entry {
        /// Its address.
        entry: u64,
    },
    /// There is no manifest section.
    NoManifest,
    /// The manifest breaks a rule of its own.
    Manifest(ManifestError),
    /// The manifest's name is another than that under which the file is loaded.
    WrongName {
        /// The name of the file.
        called: Name,
        /// The manifest's.
        says: Name,
    },
    /// The module needs more memory than its manifest allows.
    Quota {
        /// What it needs, in bytes.
        needs: u64,
        /// What the manifest allows, in bytes.
        allows: u32,
    },
}

/// The name of a machine of the ELF standard, for those that somebody could mistake for another.
fn machine_name(number: u16) -> Option<&'static str> {
    Some(match number {
        elf::abi::EM_386 => "x86",
        elf::abi::EM_ARM => "arm",
        elf::abi::EM_X86_64 => "x86_64",
        elf::abi::EM_AARCH64 => "aarch64",
        elf::abi::EM_RISCV => "riscv",
        _ => return None,
    })
}

impl fmt::Display for ElfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            ElfError::Empty => f.write_str("the file is empty: build the module again"),
            ElfError::BeyondAnyFile { what } => {
                write!(f, "the file is damaged: its {what} ends beyond any file; copy or build it again")
            }
            ElfError::Truncated { what, end, len } => write!(
                f,
                "the file is cut off: its {what} ends at byte {end}, and the file has {len} bytes; copy or build it \
                 again"
            ),
            ElfError::NotElf => f.write_str("the file is not an ELF file: give the module's linked program"),
            ElfError::Class(_) => f.write_str("the file is not a 64-bit ELF file: build it for a 64-bit target"),
            ElfError::Endianness(_) => {
                f.write_str("the file is not a little-endian ELF file: build it for a little-endian target")
            }
            ElfError::Format => f.write_str(
                "the file's ELF header is not one of version 1 with headers of the standard's sizes: build it again",
            ),
            ElfError::Machine { found, expected } => match machine_name(found) {
                Some(name) => write!(
                    f,
                    "the file was built for {name}, and this system runs on {expected}: build it with --target \
                     {expected}-unknown-none"
                ),
                None => write!(
                    f,
                    "the file was built for machine number {found}, and this system runs on {expected}: build it \
                     with --target {expected}-unknown-none"
                ),
            },
            ElfError::Type(_) => f.write_str(
                "the file is not an executable at fixed addresses: link it with -C relocation-model=static and \
                 without -pie",
            ),
            ElfError::NothingToLoad => {
                f.write_str("the file has no segment to load: link it as a program, not as an object file")
            }
            ElfError::ProgramHeaders(n) => write!(
                f,
                "the file has {n} program headers, and the most is {MAX_PROGRAM_HEADERS}: link it with fewer \
                 segments"
            ),
            ElfError::Segments => write!(
                f,
                "the file has more than {MAX_SEGMENTS} segments to load, which is the most: link it with fewer"
            ),
            ElfError::Sections(n) => write!(
                f,
                "the file has {n} sections, and the most is {MAX_SECTIONS}: strip it, or link it with fewer"
            ),
            ElfError::Interpreter => {
                f.write_str("the file wants an interpreter, and there is none here: link it with -static")
            }
            ElfError::Dynamic => f.write_str(
                "the file wants a dynamic linker, and there is none here: link it with -C relocation-model=static",
            ),
            ElfError::ThreadLocal => f.write_str(
                "the file uses thread-local storage, which a module does not have: it has one thread, so a static \
                 does the same",
            ),
            ElfError::FileSize { at, file, memory } => write!(
                f,
                "the segment at {at:#x} has {file} bytes in the file and only {memory} in memory: build it again"
            ),
            ElfError::BeyondFile { at, offset, size, len } => write!(
                f,
                "the segment at {at:#x} takes {size} bytes from byte {offset:#x} of the file, which has {len} bytes: \
                 copy or build it again"
            ),
            ElfError::KernelSpace { at, size } => write!(
                f,
                "the segment at {at:#x} of {size:#x} bytes reaches into kernel space, which starts at \
                 {USER_END:#x}: link it between {MODULE_BASE:#x} and {MODULE_END:#x}"
            ),
            ElfError::ReservedSpace { at, end } => write!(
                f,
                "the segment at {at:#x} to {end:#x} reaches into the space kept for stack and IPC buffer, \
                 {MODULE_END:#x} to {WINDOW_END:#x}: link it between {MODULE_BASE:#x} and {MODULE_END:#x}"
            ),
            ElfError::OutsideWindow { at, end } => write!(
                f,
                "the segment at {at:#x} to {end:#x} lies outside the space for modules: link it between \
                 {MODULE_BASE:#x} and {MODULE_END:#x}"
            ),
            ElfError::Unaligned { at, offset } => write!(
                f,
                "the segment at {at:#x}, byte {offset:#x} of the file, does not start a page of {PAGE_SIZE} bytes \
                 in both: link it with -z separate-loadable-segments -z max-page-size={PAGE_SIZE}"
            ),
            ElfError::WriteAndExecute { at } => write!(
                f,
                "the segment at {at:#x} is writable and executable: link code and data into segments of their own"
            ),
            ElfError::Overlap { page, first, second } => write!(
                f,
                "the segments at {first:#x} and {second:#x} share the page at {page:#x}: link it with -z \
                 separate-loadable-segments"
            ),
            ElfError::Entry { entry } => write!(
                f,
                "the entry point {entry:#x} lies in no executable segment: link it with module-rt's entry symbol, \
                 _start"
            ),
            ElfError::NoManifest => f.write_str(
                "the file has no section .escrow.manifest: declare the module with module_rt::module!, and keep \
                 that section when stripping",
            ),
            ElfError::Manifest(error) => error.fmt(f),
            ElfError::WrongName { called, says } => write!(
                f,
                "the file is called {called}, and its manifest says {says}: a module has the name of its file"
            ),
            ElfError::Quota { needs, allows } => write!(
                f,
                "the module needs {} KiB of memory, and its manifest allows {} KiB: set memory_bytes in its \
                 manifest to {needs} or more, or make it smaller",
                needs.div_ceil(1024),
                allows / 1024
            ),
        }
    }
}

impl core::error::Error for ElfError {}
