//! The file that is pushed: what it is called, and without what nobody on the target reads.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use ipc_proto::manifest::{Manifest, ManifestError, Request, SECTION};
use ipc_proto::name::Name;
use ipc_proto::push::{file_name, sum};
use object::{Architecture, Object as _, ObjectSection as _};

use crate::arch::Arch;
use crate::guest;

/// A file to push.
#[derive(Clone, Debug)]
pub struct Pushable {
    /// The module that it is for.
    pub name: Name,
    /// What is sent.
    pub bytes: Vec<u8>,
    /// What its manifest asks for, where it is a module.
    pub request: Option<Request>,
}

/// Reads a file that is for the module `name`, or for the one that its manifest names. What is no module is sent all the
/// same where it has a name: the system says what is wrong with it.
///
/// # Errors
/// Where it cannot be read; and without `name`, where it has no manifest, or one that no system takes.
pub fn read(path: &Path, name: Option<&str>, scratch: &Path) -> Result<Pushable> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let request = asked(&bytes);
    let (name, request) = match (name, request) {
        (Some(name), request) => {
            let name =
                Name::new(name).map_err(|error| anyhow!("`{name}` is no name of a module: {error}"))?;
            (name, request.ok().and_then(Result::ok))
        }
        (None, request) => {
            let request = request.with_context(|| {
                format!("{} does not say which module it is, and --name can say it", path.display())
            })?;
            let request = request.with_context(|| path.display().to_string())?;
            (request.name, Some(request))
        }
    };
    let bytes = match without_debug(path, &bytes, scratch)? {
        Some(stripped) => stripped,
        None => bytes,
    };
    Ok(Pushable { name, bytes, request })
}

/// Leaves a file with its symbols in the folder where the one who has booted the system looks for the addresses of reports:
/// by the name that the system gives to what was `sent` of it.
///
/// # Errors
/// Where it cannot be copied.
pub fn keep(folder: &Path, path: &Path, sent: &[u8]) -> Result<()> {
    let kept = folder.join(file_name(sum(sent)).map_err(anyhow::Error::msg)?.as_str());
    fs::create_dir_all(folder)
        .and_then(|()| fs::copy(path, &kept))
        .map(drop)
        .with_context(|| format!("cannot copy {} to {}", path.display(), kept.display()))
}

/// What a module's manifest says, where the file has one.
fn asked(file: &[u8]) -> Result<Result<Request, ManifestError>> {
    let elf = object::File::parse(file).map_err(|_| anyhow!("it is no ELF file"))?;
    let Some(section) = elf.section_by_name(SECTION) else {
        bail!("it is an ELF file without a module's manifest (section {SECTION})");
    };
    let bytes = section.data().context("its manifest cannot be read")?;
    Ok(Manifest::check(bytes))
}

/// The file without symbols and lines; `None` where it has none, or is for no machine of ours.
fn without_debug(path: &Path, file: &[u8], scratch: &Path) -> Result<Option<Vec<u8>>> {
    let Ok(elf) = object::File::parse(file) else { return Ok(None) };
    let arch = match elf.architecture() {
        Architecture::Aarch64 => Arch::Aarch64,
        Architecture::X86_64 => Arch::X86_64,
        _ => return Ok(None),
    };
    if !elf.has_debug_symbols() && elf.symbols().next().is_none() {
        return Ok(None);
    }
    let stripped = scratch.join("stripped");
    guest::strip(arch, path, &stripped)?;
    fs::read(&stripped).map(Some).with_context(|| format!("cannot read {}", stripped.display()))
}

#[cfg(test)]
mod tests {
    use ipc_proto::manifest::MAX_STACK;
    use object::write::Object;
    use object::{BinaryFormat, Endianness, SectionKind};
    use zerocopy::IntoBytes as _;

    use super::*;

    /// What is told of an ELF file with this section, where nobody says the module's name.
    fn told(section: &str, bytes: &[u8]) -> String {
        let mut elf = Object::new(BinaryFormat::Elf, Architecture::Aarch64, Endianness::Little);
        let id = elf.add_section(Vec::new(), section.into(), SectionKind::ReadOnlyData);
        elf.set_section_data(id, bytes, 1);
        told_of(&elf.write().unwrap())
    }

    fn told_of(file: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kv");
        fs::write(&path, file).unwrap();
        let error = read(&path, None, folder.path()).unwrap_err();
        format!("{error:#}").replace(&path.display().to_string(), "/t/kv")
    }

    #[test]
    fn a_manifest_out_of_its_bounds_is_told_and_no_name_is_asked_for() {
        for (stack_bytes, asked) in [(5000, "5000"), (MAX_STACK + 4096, "53248")] {
            let manifest = Manifest { stack_bytes, ..Manifest::new("kv") };
            assert_eq!(
                told(SECTION, manifest.as_bytes()),
                format!(
                    "/t/kv: the manifest asks for {asked} bytes of stack: ask for whole pages of 4096, at most 49152"
                )
            );
        }
        assert!(told(SECTION, &[1, 2]).starts_with("/t/kv: the manifest has 2 bytes, not 64"));
    }

    #[test]
    fn a_file_that_does_not_say_which_module_it_is_can_be_given_a_name() {
        let nameless = "/t/kv does not say which module it is, and --name can say it: ";
        let (text, other) = (told_of(b"text"), told(".other", b"x"));
        assert_eq!(text, format!("{nameless}it is no ELF file"));
        let expected = format!("{nameless}it is an ELF file without a module's manifest (section {SECTION})");
        assert_eq!(other, expected);
    }
}
