//! From kernel, root task and boot archive to what QEMU boots.

mod aarch64;
mod archive;
pub mod copies;
pub mod elf;
mod qemu;
mod x86_64;

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::arch::Arch;
use crate::context::Context;
use crate::kernel::Prefix;
use elf::Program;
pub use qemu::program as qemu_program;

/// What goes into an image.
#[derive(Clone, Debug)]
pub struct ImageSpec<'a> {
    /// For which architecture.
    pub arch: Arch,
    /// The installed kernel.
    pub prefix: &'a Prefix,
    /// The root task, linked at a fixed address.
    pub root_task: &'a Path,
    /// Our loader; on aarch64 only.
    pub loader: Option<&'a Path>,
    /// The files of the boot archive, in this order: name and content.
    pub archive: Vec<(String, Vec<u8>)>,
}

/// What QEMU boots.
#[derive(Clone, Debug)]
pub struct Image {
    /// For which architecture.
    pub arch: Arch,
    /// What QEMU loads as the kernel: on aarch64 everything, on x86_64 the kernel alone.
    pub kernel: PathBuf,
    /// On x86_64 the root task with the boot archive.
    pub initrd: Option<PathBuf>,
}

/// Writes the image into `out_dir`. The same input gives the same bytes, in every clone.
///
/// # Errors
/// Where a part is missing, is for another machine, or the parts do not fit into memory together.
pub fn compose(ctx: &Context, spec: &ImageSpec<'_>, out_dir: &Path) -> Result<Image> {
    let ImageSpec { arch, prefix, root_task, loader, archive } = spec;
    ctx.step(&format!("composing the {} image", arch.name()));
    let kernel = read(&prefix.kernel(), *arch, "kernel")?;
    let root_task = read(root_task, *arch, "root task")?;
    let archive = archive::segment(&root_task, archive)?;
    fs::create_dir_all(out_dir).with_context(|| format!("cannot make {}", out_dir.display()))?;
    match arch {
        Arch::X86_64 => {
            let boot = write(out_dir, "kernel32.elf", &x86_64::kernel(&kernel)?)?;
            let root = write(out_dir, "root.elf", &x86_64::root_task(&root_task, &archive)?)?;
            Ok(Image { arch: *arch, kernel: boot, initrd: Some(root) })
        }
        Arch::Aarch64 => {
            let loader = loader.context("an image for aarch64 needs the loader")?;
            let loader = read(loader, *arch, "loader")?;
            let ram = memory(prefix)?;
            let bytes = aarch64::image(&loader, &kernel, &root_task, &archive, ram)?;
            let kernel = write(out_dir, "image.elf", &bytes)?;
            Ok(Image { arch: *arch, kernel, initrd: None })
        }
    }
}

/// QEMU's arguments for machine, processor, memory, and what to boot.
pub fn qemu_args(image: &Image) -> Vec<OsString> {
    qemu::args(image)
}

fn read(path: &Path, arch: Arch, what: &str) -> Result<Program> {
    let program = Program::read(path).with_context(|| format!("no {what} for the image"))?;
    ensure!(
        program.arch == arch,
        "the {what} {} is for {}, and the image for {}",
        path.display(),
        program.arch.name(),
        arch.name()
    );
    Ok(program)
}

/// Where the machine has memory, as the kernel's install says; `None` where it does not.
fn memory(prefix: &Prefix) -> Result<Option<(u64, u64)>> {
    #[derive(Deserialize)]
    struct Platform {
        memory: Vec<Region>,
    }
    #[derive(Deserialize)]
    struct Region {
        start: u64,
        end: u64,
    }
    let path = prefix.path().join("support/platform_gen.json");
    let Ok(text) = fs::read_to_string(&path) else {
        return Ok(None);
    };
    let platform: Platform =
        serde_json::from_str(&text).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(platform.memory.first().map(|region| (region.start, region.end)))
}

/// Writes a file aside and puts it in its place at once: a QEMU that is being started never sees
/// half of it.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf> {
    let path = folder.join(name);
    let doing = || format!("cannot write {}", path.display());
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(doing)?;
    file.write_all(bytes).with_context(doing)?;
    file.persist(&path).with_context(doing)?;
    Ok(path)
}
