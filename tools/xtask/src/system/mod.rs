//! Systems: which modules and files go into a boot archive, from `servers/system.toml` (the
//! default system) or `tests/systems/NAME.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::context::Context;

/// The name that means `servers/system.toml`.
pub const DEFAULT: &str = "default";

/// A system, as far as the image is made of it. What the root task is granted from it is in
/// `encoded`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// The packages whose programs are put into the archive, in this order.
    pub modules: Vec<String>,
    /// Files that are put into the archive as they are.
    pub files: Vec<RawFile>,
    /// The archive's entry `system`.
    pub encoded: Vec<u8>,
}

/// A file of the repository that goes into the archive as it is.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct RawFile {
    /// Its name in the archive.
    pub name: String,
    /// Where it is, from the root of the repository.
    pub path: PathBuf,
}

/// The keys that the image is made of; the others are the system's own.
#[derive(Deserialize)]
struct Contents {
    modules: Vec<String>,
    #[serde(default)]
    files: Vec<RawFile>,
}

/// Reads a system by its name.
///
/// # Errors
/// Where there is none of this name, or its file is wrong; the message names the file.
pub fn load(ctx: &Context, name: &str) -> Result<System> {
    let path = path(&ctx.root, name)?;
    let text = fs::read_to_string(&path)
        .with_context(|| format!("there is no system `{name}`: cannot read {}", path.display()))?;
    let contents: Contents = toml::from_str(&text).with_context(|| format!("{} is wrong", path.display()))?;
    Ok(System { modules: contents.modules, files: contents.files, encoded: encode(&path)? })
}

fn path(root: &Path, name: &str) -> Result<PathBuf> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(plain) {
        bail!("`{name}` is no name of a system: letters, digits, `-` and `_` only");
    }
    Ok(match name {
        DEFAULT => root.join("servers/system.toml"),
        _ => root.join("tests/systems").join(name).with_extension("toml"),
    })
}

/// The archive's entry `system`: what the root task reads.
///
/// # Errors
/// Where the file is not a system's manifest.
pub fn encode(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_files_and_nowhere_else() {
        let root = Path::new("/r");
        assert_eq!(path(root, "default").unwrap(), Path::new("/r/servers/system.toml"));
        assert_eq!(path(root, "bad-elf").unwrap(), Path::new("/r/tests/systems/bad-elf.toml"));
        for name in ["", "../x", "a/b", "a.toml"] {
            assert!(path(root, name).unwrap_err().to_string().contains("no name of a system"));
        }
    }
}
