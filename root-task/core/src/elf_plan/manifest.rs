//! Finding the manifest among the sections, and checking it.

use elf::abi::{SHN_UNDEF, SHT_PROGBITS};
use elf::endian::LittleEndian;
use elf::file::Class;
use elf::section::{SectionHeader, SectionHeaderTable};
use ipc_proto::manifest::{Manifest, Request, SECTION};

use super::ElfError;
use super::header::{self, Header};

pub(super) fn check(file: &[u8], header: &Header) -> Result<Request, ElfError> {
    let table = SectionHeaderTable::new(LittleEndian, Class::ELF64, header::section_headers(file, header)?);
    if header.e_shstrndx == SHN_UNDEF {
        return Err(ElfError::NoManifest);
    }
    let names = table.get(usize::from(header.e_shstrndx)).map_err(|_| ElfError::NoManifest)?;
    let names = section(file, "section of section names", &names)?;
    let found = table.iter().find(|section| section.sh_type == SHT_PROGBITS && is_manifest(names, section));
    let bytes = section(file, "section .escrow.manifest", &found.ok_or(ElfError::NoManifest)?)?;
    Manifest::check(bytes).map_err(ElfError::Manifest)
}

/// Compares the name in place: finding its end first would cost a hostile file's whole length for each section.
fn is_manifest(names: &[u8], section: &SectionHeader) -> bool {
    let name = usize::try_from(section.sh_name).ok().and_then(|at| names.get(at..));
    let rest = name.and_then(|name| name.strip_prefix(SECTION.as_bytes()));
    rest.is_some_and(|rest| rest.first() == Some(&0))
}

fn section<'a>(file: &'a [u8], what: &'static str, section: &SectionHeader) -> Result<&'a [u8], ElfError> {
    header::part(file, what, section.sh_offset, section.sh_size)
}
