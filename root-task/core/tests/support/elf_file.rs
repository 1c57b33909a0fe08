//! Writes small ELF files, right ones and wrong ones. Their segments are the files' own first bytes: none is run.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    dead_code,
    reason = "a test stops at the first thing that is not as it expects, and not every test uses all of this"
)]

use ipc_proto::manifest::{Manifest, SECTION};
use object::elf;
use object::write::elf::{FileHeader, ProgramHeader, SectionHeader, Writer};
use root_task_core::elf_plan::Machine;
use root_task_core::layout::{MODULE_BASE, PAGE_SIZE};
use zerocopy::IntoBytes;

/// Read and execute.
pub const RX: u32 = elf::PF_R.0 | elf::PF_X.0;
/// Read and write.
pub const RW: u32 = elf::PF_R.0 | elf::PF_W.0;
/// Read.
pub const R: u32 = elf::PF_R.0;

/// What an ELF file is written from.
#[derive(Clone, Debug)]
pub struct ElfFile {
    pub big_endian: bool,
    pub is_64: bool,
    pub machine: u16,
    pub kind: u16,
    pub entry: u64,
    pub headers: Vec<Header>,
    pub manifest: Option<Vec<u8>>,
    /// Sections beside the null section, the manifest and the section names.
    pub more_sections: usize,
}

/// A program header.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    pub kind: u32,
    pub flags: u32,
    pub vaddr: u64,
    pub offset: u64,
    pub file_size: u64,
    pub memory_size: u64,
}

impl Header {
    /// A segment of one page, whose first 64 bytes are the file's.
    pub fn load(vaddr: u64, flags: u32) -> Header {
        let kind = elf::PT_LOAD.0;
        Header { kind, flags, vaddr, offset: 0, file_size: 64, memory_size: PAGE_SIZE }
    }

    /// A header of another kind, of nothing.
    pub fn of_kind(kind: u32) -> Header {
        Header { kind, flags: R, vaddr: 0, offset: 0, file_size: 0, memory_size: 0 }
    }
}

impl ElfFile {
    /// A file that is right: code, data, and the default manifest of that name.
    pub fn right(machine: Machine, name: &str) -> ElfFile {
        ElfFile {
            big_endian: false,
            is_64: true,
            machine: machine.number(),
            kind: elf::ET_EXEC.0,
            entry: MODULE_BASE,
            headers: vec![Header::load(MODULE_BASE, RX), Header::load(MODULE_BASE + PAGE_SIZE, RW)],
            manifest: Some(Manifest::new(name).as_bytes().to_vec()),
            more_sections: 0,
        }
    }

    /// The same with a changed manifest.
    pub fn with_manifest(mut self, name: &str, change: impl Fn(&mut Manifest)) -> ElfFile {
        let mut manifest = Manifest::new(name);
        change(&mut manifest);
        self.manifest = Some(manifest.as_bytes().to_vec());
        self
    }

    /// The file's bytes.
    pub fn write(&self) -> Vec<u8> {
        let endian = if self.big_endian { object::Endianness::Big } else { object::Endianness::Little };
        let mut bytes = Vec::new();
        let mut writer = Writer::new(endian, self.is_64, &mut bytes);
        writer.reserve_file_header();
        writer.reserve_program_headers(u32::try_from(self.headers.len()).unwrap());
        writer.reserve_null_section_index();
        let manifest = self.manifest.as_deref().map(|contents| {
            let name = writer.add_section_name(SECTION.as_bytes());
            writer.reserve_section_index();
            (name, contents, writer.reserve(contents.len() as u64, 8))
        });
        for _ in 0..self.more_sections {
            writer.reserve_section_index();
        }
        writer.reserve_shstrtab_section_index();
        writer.reserve_shstrtab().unwrap();
        writer.reserve_section_headers();

        let e_type = elf::FileType(self.kind);
        let e_machine = elf::Machine(self.machine);
        let header = FileHeader { e_type, e_machine, e_entry: self.entry, ..FileHeader::default() };
        writer.write_file_header(&header).unwrap();
        writer.write_align_program_headers();
        for header in &self.headers {
            writer.write_program_header(&ProgramHeader {
                p_type: elf::ProgramType(header.kind),
                p_flags: elf::ProgramFlags(header.flags),
                p_offset: header.offset,
                p_vaddr: header.vaddr,
                p_paddr: header.vaddr,
                p_filesz: header.file_size,
                p_memsz: header.memory_size,
                p_align: PAGE_SIZE,
            });
        }
        if let Some((_, contents, offset)) = manifest {
            writer.pad_until(offset);
            writer.write(contents);
        }
        writer.write_shstrtab();
        writer.write_null_section_header();
        if let Some((name, contents, offset)) = manifest {
            let section = SectionHeader {
                sh_name: writer.section_name_offset(Some(name)),
                sh_type: elf::SHT_PROGBITS,
                sh_offset: offset,
                sh_size: contents.len() as u64,
                sh_addralign: 8,
                ..SectionHeader::default()
            };
            writer.write_section_header(&section);
        }
        for _ in 0..self.more_sections {
            let sh_type = elf::SHT_PROGBITS;
            writer.write_section_header(&SectionHeader { sh_type, ..SectionHeader::default() });
        }
        writer.write_shstrtab_section_header();
        bytes
    }
}
