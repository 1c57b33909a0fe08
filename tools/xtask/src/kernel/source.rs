//! Fetches the crate that carries the kernel's source, and has cargo verify its checksum.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::command;
use crate::context::Context;

/// The crate, and the folder in it that is the kernel.
const CRATE: &str = "sel4-sys";
const FOLDER: &str = "seL4";

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    checksum: Option<String>,
}

/// What the committed lock file pins.
pub struct Pin {
    version: String,
    checksum: String,
}

impl Pin {
    /// Reads `kernel-config/source/Cargo.lock`.
    ///
    /// # Errors
    /// Where it does not pin the crate: the clone is damaged.
    pub fn read(root: &Path) -> Result<Self> {
        let path = manifest_folder(root).join("Cargo.lock");
        let text = fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}; is the clone whole?", path.display()))?;
        let lock: Lock = toml::from_str(&text).with_context(|| format!("cannot read {}", path.display()))?;
        let pinned = lock.package.into_iter().find(|package| package.name == CRATE);
        pinned
            .and_then(|Package { version, checksum, .. }| checksum.map(|checksum| Self { version, checksum }))
            .with_context(|| format!("{} pins no {CRATE}", path.display()))
    }

    /// What the source is known by: changes exactly when the source does.
    pub fn checksum(&self) -> &str {
        &self.checksum
    }
}

fn manifest_folder(root: &Path) -> PathBuf {
    root.join("kernel-config/source")
}

/// The folder with the kernel's pristine source, fetched if it is not there yet.
///
/// # Errors
/// Where cargo cannot fetch it, or its checksum is not the pinned one: cargo's words are in the
/// message.
pub fn fetch(ctx: &Context, pin: &Pin) -> Result<PathBuf> {
    let short = pin.checksum.get(..12).unwrap_or(&pin.checksum);
    let home = ctx.out.join("kernel");
    let folder = home.join(format!("source-{short}"));
    let kernel = folder.join(CRATE).join(FOLDER);
    if !folder.is_dir() {
        ctx.step(&format!("fetching the kernel's source (crate {CRATE} {})", pin.version));
        // Aside, then renamed: a folder of this name is always whole.
        fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
        let aside = tempfile::tempdir_in(&home)
            .with_context(|| format!("cannot make a folder in {}", home.display()))?;
        let vendored = aside.path().join("vendor");
        let mut cargo = command::clean(&ctx.toolchain.cargo);
        cargo.args(["vendor", "--locked", "--quiet", "--manifest-path"]);
        cargo.arg(manifest_folder(&ctx.root).join("Cargo.toml")).arg(&vendored);
        command::output(&mut cargo, "fetching the kernel's source")
            .context("the kernel's source comes from crates.io: is there a network?")?;
        match fs::rename(&vendored, &folder) {
            // Another process was faster, with the same content.
            Err(_) if folder.is_dir() => {}
            renamed => renamed.with_context(|| format!("cannot make {}", folder.display()))?,
        }
    }
    ensure!(
        kernel.join("VERSION").is_file(),
        "{} has no kernel source; remove {} and try again",
        kernel.display(),
        folder.display()
    );
    Ok(kernel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_lock_file_pins_the_kernel() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let pin = Pin::read(&root).unwrap();
        assert_eq!(pin.version, "0.0.28");
        assert_eq!(pin.checksum().len(), 64);
    }
}
