//! One hash over everything that goes into a kernel, to know whether what is installed is current.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

/// A hash over named pieces, in the order in which they are added.
#[derive(Default)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// Adds a piece. Its name counts too, so that a piece that moves is a change.
    pub fn add(&mut self, name: &str, content: &[u8]) {
        for part in [name.as_bytes(), content] {
            // With its length in front, so that no two lists of pieces run together to the same text.
            self.0.update(part.len().to_le_bytes());
            self.0.update(part);
        }
    }

    /// Adds a file under its own name.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn add_file(&mut self, path: &Path) -> Result<()> {
        let content = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        self.add(&name, &content);
        Ok(())
    }

    /// Adds every file of a folder, in an order that does not depend on the machine.
    ///
    /// # Errors
    /// Where something in it cannot be read.
    pub fn add_folder(&mut self, folder: &Path) -> Result<()> {
        let mut files = Vec::new();
        list(folder, &mut files)?;
        files.sort();
        for file in files {
            let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let name = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy();
            self.add(&name, &content);
        }
        Ok(())
    }

    /// The hash, in hexadecimal digits.
    pub fn finish(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry.with_context(|| format!("cannot list {}", folder.display()))?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pieces: &[(&str, &str)]) -> String {
        let mut fingerprint = Fingerprint::default();
        for (name, content) in pieces {
            fingerprint.add(name, content.as_bytes());
        }
        fingerprint.finish()
    }

    #[test]
    fn each_piece_and_its_name_count() {
        assert_eq!(of(&[("a", "1")]), of(&[("a", "1")]));
        assert_ne!(of(&[("a", "1")]), of(&[("b", "1")]));
        assert_ne!(of(&[("a", "1")]), of(&[("a", "2")]));
        assert_ne!(of(&[("a", "1b")]), of(&[("a", "1"), ("b", "")]));
    }

    #[test]
    fn a_folder_is_the_same_wherever_it_lies() {
        let hash = |names: [&str; 2]| {
            let folder = tempfile::tempdir().unwrap();
            fs::create_dir(folder.path().join("sub")).unwrap();
            for name in names {
                fs::write(folder.path().join(name), name.len().to_string()).unwrap();
            }
            let mut fingerprint = Fingerprint::default();
            fingerprint.add_folder(folder.path()).unwrap();
            fingerprint.finish()
        };
        assert_eq!(hash(["sub/x", "y"]), hash(["y", "sub/x"]));
        assert_ne!(hash(["sub/x", "y"]), hash(["sub/y", "x"]));
    }
}
