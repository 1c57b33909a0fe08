//! Compiles a prepared tree with the kernel's own Makefile.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::log::Log;
use super::platform::Platform;
use super::tools::Tools;

/// Runs make in `build`, a folder beside the tree `source`; leaves `kernel.elf` there.
///
/// # Errors
/// Where make fails; the message shows the end of its log and names the file.
pub fn run(tools: &Tools, platform: &Platform, build: &Path, log: &Log) -> Result<()> {
    std::fs::create_dir_all(build).with_context(|| format!("cannot make {}", build.display()))?;
    let mut make = tools.command("make", build);
    let mut set = |name: &str, value: &str| {
        make.arg(format!("{name}={value}"));
    };
    // Relative, so that names of files in assertions and in debug information are the same in every
    // clone.
    set("SOURCE_ROOT", "../source");
    set("ARCH", &platform.names.arch);
    set("SEL4_ARCH", &platform.names.sel4_arch);
    set("PLAT", &platform.names.name);
    if let Some(cpu) = &platform.names.cpu {
        set("CPU", cpu);
    }
    if let Some(armv) = &platform.names.armv {
        set("ARMV", armv);
    }
    set("TOOLPREFIX", tools.prefix);
    set("PYTHON", &tools.python().display().to_string());
    // The Makefile's own search changes the PATH in a way that loses its last folder.
    set("SKIP_PATH_CHECKS", "1");
    set("XMLLINT_PATH", "xmllint");
    set("CONFIG_OPTIMISATION_O2", "y");
    if platform.is_on("FASTPATH") {
        set("FASTPATH", "1");
    }
    if platform.is_on("DEBUG_BUILD") {
        set("DEBUG", "1");
    }
    // The shell of each recipe puts its folder in, whatever characters that has.
    let marks = if platform.names.arch == "x86" { " -fcf-protection=none" } else { "" };
    set("EXTRA_CFLAGS", &format!("-fno-stack-protector -ffile-prefix-map=\"$$PWD\"=/escrow{marks}"));
    make.args(["-f", "../source/Makefile", "kernel.elf"]);
    log.run(&mut make, None, "building the kernel")
}
