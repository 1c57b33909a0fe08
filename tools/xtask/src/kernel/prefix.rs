//! An installed kernel: where its parts are, and whether they are all there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprint;
use crate::arch::Arch;
use crate::image::elf::Program;

/// What everything else of this repository reads from a prefix.
const NEEDED: [&str; 8] = [
    "bin/kernel.elf",
    "libsel4/include/api/syscall.xml",
    "libsel4/include/autoconf.h",
    "libsel4/include/interfaces/object-api-arch.xml",
    "libsel4/include/interfaces/object-api-sel4-arch.xml",
    "libsel4/include/interfaces/object-api.xml",
    "libsel4/include/kernel/gen_config.json",
    "libsel4/include/sel4/sel4.h",
];

/// What our own build says of itself, in the prefix.
const RECORD: &str = "support/escrow.json";

/// Upstream's install has no such file; ours says what went into the kernel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// The kernel's version, as `5.0.0`.
    pub kernel_version: String,
    /// The patches that are in it, by name, beside those that only make it build.
    pub patches: Vec<String>,
    /// The hash over everything that went into it.
    pub fingerprint: String,
}

/// A folder laid out as the install of upstream's build: `bin/kernel.elf`, `libsel4/include`.
#[derive(Clone, Debug)]
pub struct Prefix {
    path: PathBuf,
    record: Option<Record>,
    configuration_hash: String,
}

impl Prefix {
    /// Looks at a folder and checks that everything needed is in it, for this architecture.
    ///
    /// # Errors
    /// Where a file is missing or the kernel is for another machine; the message says which.
    pub fn open(path: &Path, arch: Arch) -> Result<Self> {
        ensure!(path.is_dir(), "there is no folder {}", path.display());
        for name in NEEDED {
            ensure!(
                path.join(name).is_file(),
                "{} is no installed seL4: {name} is missing in it",
                path.display()
            );
        }
        let kernel = Program::read(&path.join("bin/kernel.elf"))?;
        if kernel.arch != arch {
            bail!(
                "the kernel in {} is for {}, and one for {} is wanted",
                path.display(),
                kernel.arch.name(),
                arch.name()
            );
        }
        let configuration = path.join("libsel4/include/kernel/gen_config.json");
        let mut hash = Fingerprint::default();
        hash.add_file(&configuration)?;
        let mut configuration_hash = hash.finish();
        configuration_hash.truncate(12);
        Ok(Self { path: path.to_path_buf(), record: record(path), configuration_hash })
    }

    /// The folder itself, as `SEL4_PREFIX` takes it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The kernel, an ELF file with symbols.
    pub fn kernel(&self) -> PathBuf {
        self.path.join("bin/kernel.elf")
    }

    /// The kernel's version, as `5.0.0`; `None` for a kernel that another build installed, since
    /// upstream's install does not say.
    pub fn kernel_version(&self) -> Option<&str> {
        self.record.as_ref().map(|record| record.kernel_version.as_str())
    }

    /// The patches that are in the kernel, by name; empty for a kernel of another build.
    pub fn patches(&self) -> &[String] {
        self.record.as_ref().map(|record| record.patches.as_slice()).unwrap_or_default()
    }

    /// Twelve hexadecimal digits that change with any option of the kernel.
    pub fn configuration_hash(&self) -> &str {
        &self.configuration_hash
    }
}

/// What our build wrote; `None` for another's install, or none at all.
pub fn record(prefix: &Path) -> Option<Record> {
    let text = fs::read_to_string(prefix.join(RECORD)).ok()?;
    serde_json::from_str(&text).ok()
}

/// Writes what our build says of itself: the last thing that goes into a prefix.
///
/// # Errors
/// Where the file cannot be written.
pub fn write_record(prefix: &Path, record: &Record) -> Result<()> {
    let path = prefix.join(RECORD);
    let mut text = serde_json::to_string_pretty(record).context("cannot write the record")?;
    text.push('\n');
    fs::create_dir_all(prefix.join("support"))
        .and_then(|()| fs::write(&path, text))
        .with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let refusal = || format!("{:#}", Prefix::open(folder.path(), Arch::Aarch64).unwrap_err());
        assert!(refusal().contains("bin/kernel.elf is missing"), "{}", refusal());
        for name in NEEDED {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        assert!(refusal().contains("it is no 64-bit little-endian ELF file"), "{}", refusal());
        let nowhere = Prefix::open(&folder.path().join("nowhere"), Arch::Aarch64);
        assert!(nowhere.unwrap_err().to_string().contains("there is no folder"));
    }
}
