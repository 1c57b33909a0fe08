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
    let interfaces = machine(&arch)?;
    let prefix = env::var_os("SEL4_PREFIX").filter(|value| !value.is_empty()).map(PathBuf::from).ok_or(
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
    if !api.methods.iter().any(|method| method.interface.starts_with(interfaces)) {
        return Err(format!(
            "the seL4 installed at SEL4_PREFIX, {}, is for another machine than {arch}: set SEL4_PREFIX to one \
             that was built for it.",
            prefix.display()
        ));
    }
    version::check(&api)?;
    let installation = Installation { include, compiler: compiler(&target, &arch) };
    let out = PathBuf::from(variable("OUT_DIR")?);
    let bindings = generate(&api, &installation, &constants(&arch), &out).map_err(blame)?;
    if bindings.answers.contains_key("SYS_DEBUG_PUT_CHAR") {
        println!("cargo:rustc-cfg=sel4_debug_syscalls");
    }
    let file = out.join("bindings.rs");
    std::fs::write(&file, &bindings.rust).map_err(|error| format!("{}: {error}", file.display()))
}

/// What the names of the machine's own interfaces start with.
fn machine(arch: &str) -> Result<&'static str, String> {
    match arch {
        "aarch64" => Ok("seL4_ARM_"),
        "x86_64" => Ok("seL4_X86_"),
        other => Err(format!("no bindings for the architecture {other}: only aarch64 and x86_64")),
    }
}

/// What to ask about a kernel for this architecture.
fn constants(arch: &str) -> Vec<Constant> {
    let own: &[&[Constant]] = match arch {
        "aarch64" => &[common::AARCH64, version::AARCH64],
        _ => &[common::X86_64, version::X86_64],
    };
    [common::ALWAYS, version::ALWAYS, &own.concat()].concat()
}

/// Tells cargo what the bindings depend on.
fn watch(files: &[PathBuf], include: &Path) {
    for file in files {
        println!("cargo:rerun-if-changed={}", file.display());
    }
    // Headers change with the configuration; the folder stands for all of them.
    println!("cargo:rerun-if-changed={}", include.display());
}

/// The C compiler for the target: `CC_<target>`; where that is this machine, `CC`; or what Debian calls it.
fn compiler(target: &str, arch: &str) -> String {
    let specific = format!("CC_{}", target.replace('-', "_"));
    println!("cargo:rerun-if-env-changed={specific}");
    // `CC` is usually set for the machine that one sits at, and no help for another.
    let native = arch == env::consts::ARCH;
    let named = env::var(specific).ok().or_else(|| env::var("CC").ok().filter(|_| native));
    named
        .filter(|command| !command.trim().is_empty())
        .unwrap_or_else(|| if native { "cc".to_owned() } else { format!("{arch}-linux-gnu-gcc") })
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name)
        .map_err(|_| format!("cargo did not set {name}: this file is a build script, run it through cargo"))
}
