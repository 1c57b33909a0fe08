//! The file that is pushed: what it is called, and without what nobody on the target reads.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use ipc_proto::manifest::{Manifest, Request, SECTION};
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
/// Where it cannot be read, or has no name.
pub fn read(path: &Path, name: Option<&str>, scratch: &Path) -> Result<Pushable> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let request = asked(&bytes);
    let (name, request) = match (name, request) {
        (Some(name), request) => {
            let name =
                Name::new(name).map_err(|error| anyhow!("`{name}` is no name of a module: {error}"))?;
            (name, request.ok())
        }
        (None, request) => {
            let request = request.with_context(|| {
                format!("{} does not say which module it is, and --name can say it", path.display())
            })?;
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

/// What a module's manifest says.
fn asked(file: &[u8]) -> Result<Request> {
    let elf = object::File::parse(file).map_err(|_| anyhow!("it is no ELF file"))?;
    let Some(section) = elf.section_by_name(SECTION) else {
        bail!("it is an ELF file without a module's manifest (section {SECTION})");
    };
    let bytes = section.data().context("its manifest cannot be read")?;
    Manifest::check(bytes).map_err(|error| anyhow!("{error}"))
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
