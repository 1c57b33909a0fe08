//! Chooses the cargo and rustc that build the bare-metal programs: the person's own if they can,
//! Debian's set otherwise.

mod probe;
mod rustup;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::command;
use crate::context::{Toolchain, step};
use crate::setup::{Install, apt};
use probe::{Fitness, Found, OLDEST};

/// Debian's set of one version, as `escrow` installs it too.
const DEBIAN_SET: [&str; 4] = ["cargo-web", "rustc-web", "rust-web-src", "lld"];

/// Finds the toolchain; installs it where that is allowed and nothing that is there can do it.
///
/// `ESCROW_CARGO` (and `ESCROW_RUSTC`) name one that is to be used, whatever else is there.
///
/// # Errors
/// Where no toolchain can be had; the message says what was found and which command gets one.
pub fn choose(out: &Path, install: Install) -> Result<Toolchain> {
    let toolchain = find(out, install)?;
    if install == Install::Allowed {
        tell_where_new(out, &toolchain);
    }
    Ok(toolchain)
}

/// Says which one it is, the first time and whenever it is another one than before.
fn tell_where_new(out: &Path, toolchain: &Toolchain) {
    let how = if toolchain.build_std {
        "the core library is built from its source"
    } else {
        "the bare-metal targets are installed"
    };
    let told = format!("using {} at {}; {how}", toolchain.version, toolchain.rustc.display());
    let last = out.join("toolchain");
    if fs::read_to_string(&last).is_ok_and(|before| before == told) {
        return;
    }
    step(&told);
    // Where it cannot be kept it is told again: no harm.
    let _kept = fs::create_dir_all(out).and_then(|()| fs::write(&last, told));
}

fn find(out: &Path, install: Install) -> Result<Toolchain> {
    if let Some(cargo) = std::env::var_os("ESCROW_CARGO") {
        return named(Path::new(&cargo));
    }
    let mut why_not = Vec::new();
    let own = own_pair().map(|(cargo, rustc)| probe::look_at(&cargo, &rustc));
    match own {
        Some(Ok(found)) => match with_targets(&found, out, install) {
            Fitness::Installed(toolchain) | Fitness::FromSource(toolchain) => return Ok(toolchain),
            Fitness::NoLinker => {
                why_not.push(format!("{} has no linker", found.version));
            }
            Fitness::TooOld => why_not.push(format!("{} is too old", found.version)),
            Fitness::NoCore => why_not.push(format!(
                "{} at {} has no bare-metal targets",
                found.version,
                found.rustc().display()
            )),
        },
        Some(Err(error)) => why_not.push(format!("{error:#}")),
        None => why_not.push("no cargo on the PATH".to_owned()),
    }
    if let Some(toolchain) = debian() {
        return Ok(toolchain);
    }
    let why_not = why_not.join("; ");
    if install == Install::Allowed {
        step(&format!("{why_not}: installing Debian's Rust"));
        apt::install(&DEBIAN_SET).context("a Rust for the bare-metal targets is needed")?;
        if let Some(toolchain) = debian() {
            return Ok(toolchain);
        }
    }
    let (major, minor) = OLDEST;
    bail!(
        "no Rust that can build the bare-metal programs ({why_not}).\n\
         Needed: Rust {major}.{minor} or newer. Get it by one of\n  {}\n  {}",
        rustup::by_hand(),
        apt::by_hand(&DEBIAN_SET)
    )
}

/// The toolchain that the person named in the environment, or an error: no second guess.
fn named(cargo: &Path) -> Result<Toolchain> {
    let rustc = std::env::var_os("ESCROW_RUSTC").map_or_else(|| cargo.with_file_name("rustc"), PathBuf::from);
    let found = probe::look_at(cargo, &rustc).context("ESCROW_CARGO names a cargo that fails")?;
    match found.fitness() {
        Fitness::Installed(toolchain) | Fitness::FromSource(toolchain) => Ok(toolchain),
        unfit => bail!(
            "ESCROW_CARGO names {}, which cannot build the bare-metal programs: {unfit:?}.\n\
             Unset ESCROW_CARGO to let escrow choose.",
            cargo.display()
        ),
    }
}

/// Downloaded targets are better than the person's source of the core library (nothing to build),
/// and both are better than a second Rust.
fn with_targets(found: &Found, out: &Path, install: Install) -> Fitness {
    let before = found.fitness();
    match before {
        Fitness::NoCore | Fitness::FromSource(_) if install == Install::Allowed => {
            if rustup::add_targets(out, found.sysroot()) { found.fitness() } else { before }
        }
        _ => before,
    }
}

fn debian() -> Option<Toolchain> {
    let found = probe::look_at(Path::new("/usr/bin/cargo"), Path::new("/usr/bin/rustc")).ok()?;
    match found.fitness() {
        Fitness::Installed(toolchain) | Fitness::FromSource(toolchain) => Some(toolchain),
        _ => None,
    }
}

/// The cargo that runs us, or the first of the PATH, and the rustc that belongs to it.
fn own_pair() -> Option<(PathBuf, PathBuf)> {
    let cargo = std::env::var_os("CARGO").map(PathBuf::from).or_else(|| command::find_program("cargo"))?;
    let beside = cargo.with_file_name("rustc");
    let rustc = if beside.is_file() { beside } else { command::find_program("rustc")? };
    Some((cargo, rustc))
}
