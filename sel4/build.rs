//! Generates the bindings for the kernel that is installed at `SEL4_PREFIX`.

#[path = "build/common.rs"]
mod common;
// The names that depend on the kernel's version stand with everything else that does.
#[path = "src/version/v5/constants.rs"]
mod version;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use escrow_sel4_generator::constants::Constant;
use escrow_sel4_generator::{Installation, generate, read};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // Cargo prints this whole to the person who builds.
            eprintln!("escrow-sel4: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    for name in ["SEL4_PREFIX", "CC"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    println!("cargo:rustc-check-cfg=cfg(sel4_debug_syscalls)");
    let target = variable("TARGET")?;
    let arch = variable("CARGO_CFG_TARGET_ARCH")?;
    let prefix = env::var_os("SEL4_PREFIX").map(PathBuf::from).ok_or(
        "SEL4_PREFIX is not set, so it is not known for which kernel to build.\n\
         Build through `cargo xtask`, which builds the kernel and sets it, or set it to the folder into which \
         a seL4 was installed.",
    )?;
    let include = prefix.join("libsel4").join("include");
    if !include.join("interfaces").is_dir() {
        return Err(format!(
            "SEL4_PREFIX is {}, but {} is not there: no seL4 is installed in it.\n\
             Build through `cargo xtask`, or set SEL4_PREFIX to the folder into which a seL4 was installed.",
            prefix.display(),
            include.join("interfaces").display()
        ));
    }
    let blame =
        |error| format!("{error}\n(The kernel is the one installed at SEL4_PREFIX, {}.)", prefix.display());
    let (api, files) = read(&include).map_err(blame)?;
    watch(&files, &include);
    version::check(&api)?;
    let installation = Installation { include, compiler: compiler(&target, &arch) };
    let out = PathBuf::from(variable("OUT_DIR")?);
    let bindings = generate(&api, &installation, &constants(&arch)?, &out).map_err(blame)?;
    if bindings.answers.contains_key("SYS_DEBUG_PUT_CHAR") {
        println!("cargo:rustc-cfg=sel4_debug_syscalls");
    }
    let file = out.join("bindings.rs");
    std::fs::write(&file, &bindings.rust).map_err(|error| format!("{}: {error}", file.display()))
}

/// What to ask about a kernel for this architecture.
fn constants(arch: &str) -> Result<Vec<Constant>, String> {
    match arch {
        "aarch64" => Ok([common::ALWAYS, version::ALWAYS, common::AARCH64, version::AARCH64].concat()),
        "x86_64" => Ok([common::ALWAYS, version::ALWAYS, common::X86_64, version::X86_64].concat()),
        other => Err(format!("no bindings for the architecture {other}: only aarch64 and x86_64")),
    }
}

/// Tells cargo what the bindings depend on.
fn watch(files: &[PathBuf], include: &Path) {
    for file in files {
        println!("cargo:rerun-if-changed={}", file.display());
    }
    // Headers change with the configuration; the folder stands for all of them.
    println!("cargo:rerun-if-changed={}", include.display());
}

/// The C compiler for the target: `CC_<target>`, `CC`, or the name that Debian gives it.
fn compiler(target: &str, arch: &str) -> String {
    let specific = format!("CC_{}", target.replace('-', "_"));
    println!("cargo:rerun-if-env-changed={specific}");
    for name in [specific.as_str(), "CC"] {
        if let Ok(command) = env::var(name)
            && !command.trim().is_empty()
        {
            return command;
        }
    }
    if arch == env::consts::ARCH { "cc".to_owned() } else { format!("{arch}-linux-gnu-gcc") }
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name)
        .map_err(|_| format!("cargo did not set {name}: this file is a build script, run it through cargo"))
}
