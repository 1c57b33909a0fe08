//! Builds the bare-metal programs: cargo with the flags of their target, then a stripped copy for
//! the image beside the file that gdb reads.

pub mod artifacts;
mod flags;
pub mod members;
pub mod outside;
pub mod test_args;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, anyhow};
use root_task_core::layout::MODULE_BASE;

use crate::arch::Arch;
use crate::command;
use crate::context::Context;

/// The package that starts the kernel on aarch64; x86_64's kernel is started by multiboot.
pub const LOADER: &str = "loader";
/// The package of the supervisor.
pub const ROOT_TASK: &str = "root-task";

/// Which programs to build, and against which kernel.
#[derive(Clone, Debug)]
pub struct Programs<'a> {
    /// For which architecture.
    pub arch: Arch,
    /// The installed kernel that the bindings are generated from.
    pub prefix: &'a Path,
    /// A name for this kernel: programs for different kernels are kept apart.
    pub kernel: &'a str,
    /// The address that the programs begin at.
    pub base: u64,
    /// The packages, each with one program of the same name.
    pub packages: Vec<String>,
}

/// One built program.
#[derive(Clone, Debug)]
pub struct Program {
    /// With symbols and lines, for gdb and for reports.
    pub elf: PathBuf,
    /// Without, for the image.
    pub stripped: PathBuf,
}

/// Builds the programs; returns them by package. Takes a moment where nothing has changed.
///
/// # Errors
/// Where cargo fails (its messages stand above) or a package has no program of its name.
pub fn build(ctx: &Context, wanted: &Programs<'_>) -> Result<BTreeMap<String, Program>> {
    let mut name = format!("{}-{}", wanted.arch.name(), wanted.kernel);
    if wanted.base != MODULE_BASE {
        name.push_str("-moved");
    }
    let folder = ctx.guest_target(&name);
    let program = &ctx.toolchain.cargo;
    let mut cargo = cargo_through(program, ctx, "build", wanted.arch, wanted.prefix, &folder, wanted.base);
    cargo.args(["--release", "--bins", "--message-format=json-render-diagnostics"]);
    for package in &wanted.packages {
        cargo.args(["--package", package]);
    }
    let told = command::output_quiet_when_fresh(&mut cargo, "building the programs of the target")
        .map_err(|error| anyhow!("{error:#}. (A first build downloads libraries from crates.io.)"))?;
    let mut elves = artifacts::programs(&told)?;
    let stripped = folder.join("stripped");
    fs::create_dir_all(&stripped).with_context(|| format!("cannot make {}", stripped.display()))?;
    let mut programs = BTreeMap::new();
    for package in &wanted.packages {
        let elf = elves.remove(package).with_context(|| {
            format!("the package `{package}` has no program of its own name; give it a src/main.rs")
        })?;
        let stripped = stripped.join(package);
        strip(wanted.arch, &elf, &stripped)?;
        programs.insert(package.clone(), Program { elf, stripped });
    }
    Ok(programs)
}

/// A cargo command for the bare-metal target of `arch`, through cargo itself or another program of the toolchain, such
/// as `cargo-clippy`; the caller adds what to build. Programs begin at `base`.
pub fn cargo_through(
    program: &Path,
    ctx: &Context,
    verb: &str,
    arch: Arch,
    prefix: &Path,
    folder: &Path,
    base: u64,
) -> Command {
    let toolchain = &ctx.toolchain;
    let mut cargo = command::clean(program);
    flags::set_environment(&mut cargo, ctx, folder, base);
    cargo.env("CARGO", &toolchain.cargo).env("SEL4_PREFIX", prefix);
    cargo.current_dir(&ctx.root).arg(verb);
    cargo.args(["--target", arch.rust_target()]);
    cargo.arg("--target-dir").arg(folder);
    if toolchain.build_std {
        // Debian ships the source of the core library and not its build for these targets. `alloc` is for modules that ask
        // for a heap; nobody else has anything of it.
        cargo.env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=core,alloc");
    }
    cargo
}

/// Copies a program without symbols, lines and what would unwind it.
///
/// # Errors
/// Where objcopy fails, or is not there.
pub fn strip(arch: Arch, elf: &Path, to: &Path) -> Result<()> {
    let tool = match arch {
        Arch::Aarch64 => "aarch64-linux-gnu-objcopy",
        Arch::X86_64 => "x86_64-linux-gnu-objcopy",
    };
    let mut objcopy = Command::new(tool);
    objcopy.arg("--strip-all");
    // Nothing unwinds on the target. Each page that these take is cleared, filled and mapped at every load.
    objcopy.args(["--remove-section=.eh_frame", "--remove-section=.eh_frame_hdr"]);
    objcopy.arg(elf).arg(to);
    command::run(&mut objcopy, "stripping a program")
}
