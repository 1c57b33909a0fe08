//! The segments: where each goes, what of it is in the file, and with which rights its pages are mapped.

use core::ops::Range;

use elf::abi::{PF_W, PF_X, PT_DYNAMIC, PT_INTERP, PT_LOAD, PT_TLS};
use elf::endian::LittleEndian;
use elf::file::Class;
use elf::segment::{ProgramHeader, SegmentTable};
use heapless::Vec;

use super::header::{self, Header};
use super::{ElfError, MAX_SEGMENTS};
use crate::layout::{MODULE_BASE, MODULE_END, PAGE_SIZE, USER_END, WINDOW_END};

/// With which rights a page is mapped. There is no way to say "writable and executable".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permissions {
    /// Constants.
    Read,
    /// Code.
    ReadExecute,
    /// Data, stack, IPC buffer.
    ReadWrite,
}

/// A segment to load: checked to lie in the module window, on pages of its own, with its bytes in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where it starts; the start of a page.
    pub vaddr: u64,
    /// How many bytes it has in memory; what is not in the file is zero.
    pub memory_size: u64,
    /// The offset of its bytes in the file.
    pub file_offset: usize,
    /// How many of its bytes are in the file.
    pub file_size: usize,
    /// The rights of its pages.
    pub permissions: Permissions,
}

impl Segment {
    /// Where it ends. It lies in the window, so this cannot overflow.
    pub fn end(&self) -> u64 {
        self.vaddr.saturating_add(self.memory_size)
    }

    /// How many pages it covers.
    pub fn pages(&self) -> u64 {
        self.memory_size.div_ceil(PAGE_SIZE)
    }

    /// The bytes of the file that belong at the start of its page `index`; empty where the page is all zero.
    pub fn page_source(&self, index: u64) -> Range<usize> {
        let page = PAGE_SIZE as usize;
        let skipped = usize::try_from(index).unwrap_or(usize::MAX).saturating_mul(page).min(self.file_size);
        let start = self.file_offset.saturating_add(skipped);
        start..start.saturating_add(self.file_size.saturating_sub(skipped).min(page))
    }

    /// Whether an instruction at `address` can be executed.
    pub fn executes(&self, address: u64) -> bool {
        self.permissions == Permissions::ReadExecute && self.vaddr <= address && address < self.end()
    }

    fn page_range(&self) -> Range<u64> {
        self.vaddr..self.vaddr.saturating_add(self.pages().saturating_mul(PAGE_SIZE))
    }
}

pub(super) fn check(file: &[u8], header: &Header) -> Result<Vec<Segment, MAX_SEGMENTS>, ElfError> {
    let table = SegmentTable::new(LittleEndian, Class::ELF64, header::program_headers(file, header)?);
    let mut segments: Vec<Segment, MAX_SEGMENTS> = Vec::new();
    for program_header in table.iter() {
        match program_header.p_type {
            PT_INTERP => return Err(ElfError::Interpreter),
            PT_DYNAMIC => return Err(ElfError::Dynamic),
            PT_TLS => return Err(ElfError::ThreadLocal),
            PT_LOAD if program_header.p_memsz > 0 || program_header.p_filesz > 0 => {
                let segment = check_one(file, &program_header)?;
                check_overlap(&segments, &segment)?;
                segments.push(segment).map_err(|_| ElfError::Segments)?;
            }
            _ => {}
        }
    }
    if segments.is_empty() {
        return Err(ElfError::NothingToLoad);
    }
    Ok(segments)
}

fn check_one(file: &[u8], header: &ProgramHeader) -> Result<Segment, ElfError> {
    let ProgramHeader { p_vaddr: at, p_filesz, p_memsz, p_flags, .. } = *header;
    // Where nothing is in the file, the offset means nothing: linkers leave one beyond the end there.
    let offset = if p_filesz == 0 { 0 } else { header.p_offset };
    if p_filesz > p_memsz {
        return Err(ElfError::FileSize { at, file: p_filesz, memory: p_memsz });
    }
    let beyond = ElfError::BeyondFile { at, offset, size: p_filesz, len: file.len() };
    let bytes = header::range(file, offset, p_filesz).ok_or(beyond)?;
    check_place(at, p_memsz)?;
    if !at.is_multiple_of(PAGE_SIZE) || !offset.is_multiple_of(PAGE_SIZE) {
        return Err(ElfError::Unaligned { at, offset });
    }
    let permissions = match (p_flags & PF_W != 0, p_flags & PF_X != 0) {
        (true, true) => return Err(ElfError::WriteAndExecute { at }),
        (true, false) => Permissions::ReadWrite,
        (false, true) => Permissions::ReadExecute,
        (false, false) => Permissions::Read,
    };
    Ok(Segment {
        vaddr: at,
        memory_size: p_memsz,
        file_offset: usize::try_from(offset).map_err(|_| beyond)?,
        file_size: bytes.len(),
        permissions,
    })
}

fn check_place(at: u64, size: u64) -> Result<(), ElfError> {
    let end = at.checked_add(size).filter(|end| *end <= USER_END);
    let end = end.ok_or(ElfError::KernelSpace { at, size })?;
    if at < WINDOW_END && end > MODULE_END {
        return Err(ElfError::ReservedSpace { at, end });
    }
    if at < MODULE_BASE || end > MODULE_END {
        return Err(ElfError::OutsideWindow { at, end });
    }
    Ok(())
}

fn check_overlap(others: &[Segment], segment: &Segment) -> Result<(), ElfError> {
    let new = segment.page_range();
    for other in others {
        let old = other.page_range();
        let page = old.start.max(new.start);
        if page < old.end.min(new.end) {
            return Err(ElfError::Overlap { page, first: other.vaddr, second: segment.vaddr });
        }
    }
    Ok(())
}
