//! Modules that are in the boot archive more than once, each time under a name of its own: the name in the manifest of
//! the ELF file is changed, and nothing else.

use std::mem::offset_of;

use anyhow::{Context as _, Result};
use ipc_proto::manifest::{Manifest, SECTION};
use ipc_proto::name::Name;
use object::{Object as _, ObjectSection as _};

/// The module's file, as a module of that name.
///
/// # Errors
/// Where the file has no manifest, or the name is no module's.
pub fn renamed(file: &[u8], name: &str) -> Result<Vec<u8>> {
    let name =
        Name::new(name).map_err(|error| anyhow::anyhow!("`{name}` is no name of a module: {error}"))?;
    let elf = object::File::parse(file).context("the module is no ELF file")?;
    let section = elf.section_by_name(SECTION).with_context(|| format!("it has no section {SECTION}"))?;
    let (start, _) = section.file_range().with_context(|| format!("the section {SECTION} is empty"))?;
    let at = usize::try_from(start)?.saturating_add(offset_of!(Manifest, name));
    let mut copy = file.to_vec();
    let field =
        copy.get_mut(at..).and_then(|rest| rest.first_chunk_mut()).context("the manifest is cut off")?;
    *field = Manifest::new(name.as_str()).name;
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_and_nothing_else_is_another_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/malformed/aarch64/bad-quota.elf");
        let file = std::fs::read(path).unwrap();
        let copy = renamed(&file, "copy-1").unwrap();
        let different = file.iter().zip(&copy).filter(|(a, b)| a != b).count();
        assert_eq!(copy.len(), file.len());
        assert!((1..=32).contains(&different), "{different} bytes are different");
        assert!(copy.windows(8).any(|bytes| bytes == b"copy-1\0\0"));
        assert_eq!(renamed(&copy, "bad-quota").unwrap(), file);
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(format!("{:#}", renamed(b"text", "a").unwrap_err()).contains("no ELF file"));
        assert!(format!("{:#}", renamed(&[], "A").unwrap_err()).contains("no name of a module"));
    }
}
