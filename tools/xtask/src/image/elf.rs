//! Reads the loadable part of an ELF file, and writes an ELF file that has nothing else.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use object::elf;
use object::read::elf::{FileHeader as _, ProgramHeader as _};
use object::write::elf::{FileHeader, ProgramHeader, Writer};
use object::{Endianness, LittleEndian};

use crate::arch::Arch;

/// What address spaces are cut into.
pub const PAGE: u64 = 4096;

/// A program as far as it is loaded.
#[derive(Clone, Debug)]
pub struct Program {
    /// The machine that it is for.
    pub arch: Arch,
    /// Where it begins, a virtual address.
    pub entry: u64,
    /// Its segments that have memory, in the order of the file.
    pub segments: Vec<Segment>,
}

/// One loadable segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where the program sees it.
    pub virtual_start: u64,
    /// Where it lies in memory before the program has an address space.
    pub physical_start: u64,
    /// Bytes in memory; what is beyond the data is zero.
    pub size: u64,
    /// `PF_R`, `PF_W`, `PF_X`.
    pub flags: u32,
    /// What the file has of it, at most `size` bytes.
    pub data: Vec<u8>,
}

impl Segment {
    /// The first virtual address behind it.
    pub fn virtual_end(&self) -> u64 {
        self.virtual_start.saturating_add(self.size)
    }

    /// The first physical address behind it.
    pub fn physical_end(&self) -> u64 {
        self.physical_start.saturating_add(self.size)
    }
}

impl Program {
    /// Reads the ELF file at `path`.
    ///
    /// # Errors
    /// Where it is no 64-bit ELF program for one of our machines, or is damaged.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&bytes).with_context(|| format!("{} cannot be used", path.display()))
    }

    /// Reads an ELF file from memory.
    ///
    /// # Errors
    /// As [`Program::read`].
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let header = elf::FileHeader64::<LittleEndian>::parse(bytes)
            .map_err(|_| anyhow!("it is no 64-bit little-endian ELF file"))?;
        let endian = LittleEndian;
        ensure!(
            header.e_type(endian) == elf::ET_EXEC,
            "it is no program at a fixed address; link it with -no-pie and a static relocation model"
        );
        let arch = match header.e_machine(endian) {
            elf::EM_AARCH64 => Arch::Aarch64,
            elf::EM_X86_64 => Arch::X86_64,
            other => bail!("it is for a machine that Escrow does not know ({other:?})"),
        };
        let headers = header.program_headers(endian, bytes).context("its headers are damaged")?;
        let mut segments = Vec::new();
        for program in headers {
            let size = program.p_memsz(endian);
            if program.p_type(endian) != elf::PT_LOAD || size == 0 {
                continue;
            }
            let data =
                program.data(endian, bytes).map_err(|()| anyhow!("a segment lies outside of the file"))?;
            let segment = Segment {
                virtual_start: program.p_vaddr(endian),
                physical_start: program.p_paddr(endian),
                size,
                flags: program.p_flags(endian).0,
                data: data.to_vec(),
            };
            let fits = |start: u64| start.checked_add(size).is_some();
            ensure!(
                data.len() as u64 <= size && fits(segment.virtual_start) && fits(segment.physical_start),
                "a segment's sizes make no sense"
            );
            segments.push(segment);
        }
        ensure!(!segments.is_empty(), "it has nothing to load");
        Ok(Self { arch, entry: header.e_entry(endian), segments })
    }

    /// The lowest virtual address.
    pub fn virtual_start(&self) -> u64 {
        self.segments.iter().map(|segment| segment.virtual_start).min().unwrap_or_default()
    }

    /// The first virtual address behind everything.
    pub fn virtual_end(&self) -> u64 {
        self.segments.iter().map(Segment::virtual_end).max().unwrap_or_default()
    }
}

/// What kind of ELF file to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 64 bits, for the machine itself.
    Native(Arch),
    /// 32 bits for x86, as multiboot wants a kernel.
    Multiboot,
}

/// Writes an ELF file with these segments and nothing else: the same bytes for the same input.
///
/// # Errors
/// Where segments overlap, or an address does not fit the kind of file.
pub fn write(kind: Kind, entry: u64, segments: &[Segment]) -> Result<Vec<u8>> {
    let mut segments: Vec<&Segment> = segments.iter().collect();
    segments.sort_by_key(|segment| segment.virtual_start);
    for pair in segments.windows(2) {
        if let [lower, upper] = pair {
            ensure!(
                lower.virtual_end() <= upper.virtual_start,
                "the segments at 0x{:x} and 0x{:x} overlap",
                lower.virtual_start,
                upper.virtual_start
            );
        }
    }
    let (is_64, machine) = match kind {
        Kind::Native(Arch::Aarch64) => (true, elf::EM_AARCH64),
        Kind::Native(Arch::X86_64) => (true, elf::EM_X86_64),
        Kind::Multiboot => (false, elf::EM_386),
    };
    let ends = segments.iter().map(|s| s.virtual_end().max(s.physical_end())).chain([entry]);
    ensure!(is_64 || ends.max() <= Some(u64::from(u32::MAX)), "an address does not fit into 32 bits");

    let mut bytes = Vec::new();
    let mut writer = Writer::new(Endianness::Little, is_64, &mut bytes);
    writer.reserve_file_header();
    let count = u32::try_from(segments.len()).context("too many segments")?;
    writer.reserve_program_headers(count);
    let mut offsets = Vec::with_capacity(segments.len());
    for segment in &segments {
        // File offset and address are the same modulo the page size, as the format asks.
        let into_page = segment.virtual_start % PAGE;
        let start = writer.reserve(0, PAGE).saturating_add(into_page);
        writer.reserve_until(start);
        writer.reserve(segment.data.len() as u64, 1);
        offsets.push(start);
    }
    let header =
        FileHeader { e_type: elf::ET_EXEC, e_machine: machine, e_entry: entry, ..FileHeader::default() };
    writer.write_file_header(&header).context("cannot write an ELF header")?;
    writer.write_align_program_headers();
    for (segment, offset) in segments.iter().zip(&offsets) {
        writer.write_program_header(&ProgramHeader {
            p_type: elf::PT_LOAD,
            p_flags: elf::ProgramFlags(segment.flags),
            p_offset: *offset,
            p_vaddr: segment.virtual_start,
            p_paddr: segment.physical_start,
            p_filesz: segment.data.len() as u64,
            p_memsz: segment.size,
            p_align: PAGE,
        });
    }
    for (segment, offset) in segments.iter().zip(&offsets) {
        writer.pad_until(*offset);
        writer.write(&segment.data);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(at: u64, size: u64, data: &[u8]) -> Segment {
        let flags = (elf::PF_R | elf::PF_X).0;
        Segment { virtual_start: at, physical_start: at, size, flags, data: data.to_vec() }
    }

    #[test]
    fn what_is_written_can_be_read() {
        let segments = [segment(0x40_1010, 0x30, b"code"), segment(0x40_0000, 0x1000, b"head")];
        for arch in Arch::ALL {
            let bytes = write(Kind::Native(arch), 0x40_1010, &segments).unwrap();
            let program = Program::parse(&bytes).unwrap();
            assert_eq!(program.arch, arch);
            assert_eq!(program.entry, 0x40_1010);
            assert_eq!(program.virtual_start(), 0x40_0000);
            assert_eq!(program.virtual_end(), 0x40_1040);
            let [low, high] = &segments;
            assert_eq!(program.segments, [high.clone(), low.clone()]);
        }
    }

    #[test]
    fn segments_do_not_overlap() {
        let segments = [segment(0x1000, 0x1001, b""), segment(0x2000, 0x10, b"")];
        let error = write(Kind::Multiboot, 0x1000, &segments).unwrap_err().to_string();
        assert_eq!(error, "the segments at 0x1000 and 0x2000 overlap");
    }

    #[test]
    fn multiboot_has_32_bits() {
        let high = [segment(0xffff_f000, 0x1000, b"x")];
        let error = write(Kind::Multiboot, 0xffff_f000, &high).unwrap_err().to_string();
        assert_eq!(error, "an address does not fit into 32 bits");
        let bytes = write(Kind::Multiboot, 0x1000, &[segment(0x1000, 4, b"x")]).unwrap();
        assert_eq!(bytes.get(4), Some(&1), "the class is ELF32");
    }

    #[test]
    fn damaged_files_are_refused() {
        let error = |bytes: &[u8]| Program::parse(bytes).unwrap_err().to_string();
        assert_eq!(error(b"no"), "it is no 64-bit little-endian ELF file");
        let whole = write(Kind::Native(Arch::Aarch64), 0, &[segment(0, 9, b"abc")]).unwrap();
        let cut = whole.get(..whole.len() - 1).unwrap();
        assert_eq!(error(cut), "a segment lies outside of the file");
        let mut other = whole.clone();
        other[18] = 8;
        assert!(error(&other).contains("a machine that Escrow does not know"), "{}", error(&other));
        let mut pie = whole;
        pie[16] = 3;
        assert!(error(&pie).contains("no program at a fixed address"), "{}", error(&pie));
    }
}
