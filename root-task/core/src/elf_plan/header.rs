//! The first check: an ELF file for this machine, whose tables of headers lie inside it.

use elf::abi::{
    EI_CLASS, EI_DATA, EI_NIDENT, EI_VERSION, ELFCLASS64, ELFDATA2LSB, ELFMAGIC, ET_EXEC, EV_CURRENT,
};
use elf::endian::LittleEndian;
use elf::file::{Class, FileHeader};

use super::{ElfError, MAX_PROGRAM_HEADERS, MAX_SECTIONS};

/// The size of a program header of a 64-bit file.
const PROGRAM_HEADER: u16 = 56;
/// The size of a section header of a 64-bit file.
const SECTION_HEADER: u16 = 64;
/// The size of the file header of a 64-bit file.
const FILE_HEADER: usize = 64;

pub(super) type Header = FileHeader<LittleEndian>;

/// A machine that modules are built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// Arm, 64 bits.
    Aarch64,
    /// Intel and AMD, 64 bits.
    X86_64,
}

impl Machine {
    /// Its name, as in the names of Rust's targets.
    pub const fn name(self) -> &'static str {
        match self {
            Machine::Aarch64 => "aarch64",
            Machine::X86_64 => "x86_64",
        }
    }

    /// Its number in an ELF header.
    pub const fn number(self) -> u16 {
        match self {
            Machine::Aarch64 => elf::abi::EM_AARCH64,
            Machine::X86_64 => elf::abi::EM_X86_64,
        }
    }
}

pub(super) fn check(file: &[u8], machine: Machine) -> Result<Header, ElfError> {
    if file.is_empty() {
        return Err(ElfError::Empty);
    }
    if file.iter().zip(&ELFMAGIC).any(|(found, expected)| found != expected) {
        return Err(ElfError::NotElf);
    }
    let cut = ElfError::Truncated { what: "file header", end: FILE_HEADER as u64, len: file.len() };
    let (ident, _) = file.split_at_checked(FILE_HEADER).ok_or(cut)?;
    let (ident, tail) = ident.split_at_checked(EI_NIDENT).ok_or(cut)?;
    let byte = |at: usize| ident.get(at).copied().unwrap_or(0);
    if byte(EI_CLASS) != ELFCLASS64 {
        return Err(ElfError::Class(byte(EI_CLASS)));
    }
    if byte(EI_DATA) != ELFDATA2LSB {
        return Err(ElfError::Endianness(byte(EI_DATA)));
    }
    if byte(EI_VERSION) != EV_CURRENT {
        return Err(ElfError::Format);
    }
    let header = FileHeader::parse_tail((LittleEndian, Class::ELF64, 0, 0), tail).map_err(|_| cut)?;
    if header.e_machine != machine.number() {
        return Err(ElfError::Machine { found: header.e_machine, expected: machine.name() });
    }
    if header.e_type != ET_EXEC {
        return Err(ElfError::Type(header.e_type));
    }
    check_tables(file, &header)?;
    Ok(header)
}

fn check_tables(file: &[u8], header: &Header) -> Result<(), ElfError> {
    if header.e_phnum == 0 {
        return Err(ElfError::NothingToLoad);
    }
    let sizes = (header.e_phentsize, header.e_shnum == 0 || header.e_shentsize == SECTION_HEADER);
    if header.version != u32::from(EV_CURRENT) || sizes != (PROGRAM_HEADER, true) {
        return Err(ElfError::Format);
    }
    if header.e_phnum > MAX_PROGRAM_HEADERS {
        return Err(ElfError::ProgramHeaders(header.e_phnum));
    }
    if header.e_shnum > MAX_SECTIONS {
        return Err(ElfError::Sections(header.e_shnum));
    }
    program_headers(file, header)?;
    section_headers(file, header)?;
    Ok(())
}

/// The bytes of the table of program headers.
pub(super) fn program_headers<'a>(file: &'a [u8], header: &Header) -> Result<&'a [u8], ElfError> {
    table(file, "table of program headers", header.e_phoff, header.e_phnum, PROGRAM_HEADER)
}

/// The bytes of the table of section headers.
pub(super) fn section_headers<'a>(file: &'a [u8], header: &Header) -> Result<&'a [u8], ElfError> {
    table(file, "table of section headers", header.e_shoff, header.e_shnum, SECTION_HEADER)
}

fn table<'a>(
    file: &'a [u8],
    what: &'static str,
    offset: u64,
    count: u16,
    entry: u16,
) -> Result<&'a [u8], ElfError> {
    let size = u64::from(count).saturating_mul(u64::from(entry));
    part(file, what, offset, size)
}

/// What lies in `size` bytes of the file from `offset` on.
///
/// # Errors
/// Where the file has no such bytes, or no file can have them.
pub(super) fn part<'a>(
    file: &'a [u8],
    what: &'static str,
    offset: u64,
    size: u64,
) -> Result<&'a [u8], ElfError> {
    let end = offset.checked_add(size).ok_or(ElfError::BeyondAnyFile { what })?;
    range(file, offset, size).ok_or(ElfError::Truncated { what, end, len: file.len() })
}

/// `size` bytes of the file from `offset` on, if it has them.
pub(super) fn range(file: &[u8], offset: u64, size: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    let end = usize::try_from(offset.checked_add(size)?).ok()?;
    file.get(start..end)
}
