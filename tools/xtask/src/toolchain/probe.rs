//! Looks at one pair of cargo and rustc and says whether it can build the bare-metal programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::arch::Arch;
use crate::command;
use crate::context::Toolchain;

/// The oldest rustc that is known to build everything here.
pub const OLDEST: (u32, u32) = (1, 95);

/// A cargo and a rustc that run.
#[derive(Clone, Debug)]
pub struct Found {
    cargo: PathBuf,
    rustc: PathBuf,
    sysroot: PathBuf,
    /// What `rustc --version` says.
    pub version: String,
    release: (u32, u32),
    host: String,
}

/// What a pair can do for the bare-metal targets.
#[derive(Clone, Debug)]
pub enum Fitness {
    /// The core library of both targets is installed.
    Installed(Toolchain),
    /// The core library can be built from its source.
    FromSource(Toolchain),
    /// Older than [`OLDEST`]: nothing but a newer one helps.
    TooOld,
    /// Neither the core library of the targets nor its source is there.
    NoCore,
    /// Everything is there but a linker: install `lld`.
    NoLinker,
}

/// Asks a rustc for its version and its sysroot.
///
/// # Errors
/// Where one of the two does not run, for instance a rustup shim without a toolchain.
pub fn look_at(cargo: &Path, rustc: &Path) -> Result<Found> {
    let told = command::output(Command::new(rustc).arg("-vV"), "asking rustc for its version")?;
    let sysroot =
        command::output(Command::new(rustc).args(["--print", "sysroot"]), "asking rustc for its sysroot")?;
    let sysroot = PathBuf::from(sysroot.trim());
    // Behind a rustup shim stand the real programs; they do not change with the current folder.
    let real = |name: &str, given: &Path| {
        let inside = sysroot.join("bin").join(name);
        if inside.is_file() { inside } else { given.to_path_buf() }
    };
    let (cargo, rustc) = (real("cargo", cargo), real("rustc", rustc));
    command::output(command::clean(&cargo).arg("--version"), "asking cargo for its version")?;
    let field = |name: &str| told.lines().find_map(|line| line.strip_prefix(name));
    let release = field("release: ").and_then(release_of);
    let Some(release) = release else { bail!("rustc -vV has no release line:\n{told}") };
    Ok(Found {
        cargo,
        rustc,
        sysroot,
        version: told.lines().next().unwrap_or_default().to_owned(),
        release,
        host: field("host: ").context("rustc -vV has no host line")?.to_owned(),
    })
}

impl Found {
    /// Judges the pair; reads files only.
    pub fn fitness(&self) -> Fitness {
        if self.release < OLDEST {
            return Fitness::TooOld;
        }
        let rustlib = self.sysroot.join("lib/rustlib");
        let installed = Arch::ALL.iter().all(|arch| {
            let folder = rustlib.join(arch.rust_target()).join("lib");
            has_file_starting_with(&folder, "libcore-")
        });
        let source = rustlib.join("src/rust/library/core/src/lib.rs").is_file();
        if !installed && !source {
            return Fitness::NoCore;
        }
        let brought = rustlib.join(&self.host).join("bin/rust-lld").is_file();
        let linker = ["rust-lld", "ld.lld"].iter().find_map(|name| command::find_program(name));
        if !brought && linker.is_none() {
            return Fitness::NoLinker;
        }
        let toolchain = Toolchain {
            cargo: self.cargo.clone(),
            rustc: self.rustc.clone(),
            build_std: !installed,
            linker: if brought { None } else { linker },
            sysroot: self.sysroot.clone(),
            version: self.version.clone(),
        };
        if installed { Fitness::Installed(toolchain) } else { Fitness::FromSource(toolchain) }
    }

    /// The pair's rustc, for messages.
    pub fn rustc(&self) -> &Path {
        &self.rustc
    }

    /// Where its libraries are.
    pub fn sysroot(&self) -> &Path {
        &self.sysroot
    }
}

fn has_file_starting_with(folder: &Path, start: &str) -> bool {
    let Ok(entries) = folder.read_dir() else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with(start))
}

/// `1.96.0-nightly` is release (1, 96).
fn release_of(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read_and_ordered() {
        assert_eq!(release_of("1.96.0"), Some((1, 96)));
        assert_eq!(release_of("1.97.0-nightly"), Some((1, 97)));
        assert_eq!(release_of("later"), None);
        assert!(release_of("1.9.0").unwrap() < OLDEST);
    }

    #[test]
    fn an_old_rustc_and_an_empty_sysroot_are_told_apart() {
        let empty = tempfile::tempdir().unwrap();
        let mut found = Found {
            cargo: PathBuf::from("cargo"),
            rustc: PathBuf::from("rustc"),
            sysroot: empty.path().to_path_buf(),
            version: "rustc 1.85.0".into(),
            release: (1, 85),
            host: "x86_64-unknown-linux-gnu".into(),
        };
        assert!(matches!(found.fitness(), Fitness::TooOld));
        found.release = OLDEST;
        assert!(matches!(found.fitness(), Fitness::NoCore));
        let source = empty.path().join("lib/rustlib/src/rust/library/core/src");
        std::fs::create_dir_all(&source).unwrap();
        std::fs::write(source.join("lib.rs"), "").unwrap();
        let linker = empty.path().join("lib/rustlib/x86_64-unknown-linux-gnu/bin");
        std::fs::create_dir_all(&linker).unwrap();
        std::fs::write(linker.join("rust-lld"), "").unwrap();
        let Fitness::FromSource(toolchain) = found.fitness() else { panic!("source is there") };
        assert!(toolchain.build_std && toolchain.linker.is_none());
    }
}
