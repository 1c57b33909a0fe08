//! Runs the programs of a kernel build with their output in a log file, and shows its end on failure.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::command::shown;

/// How many of the last lines a failure shows.
const SHOWN: usize = 25;

/// The log file of one build.
pub struct Log {
    path: PathBuf,
    file: File,
}

impl Log {
    /// Starts the log anew.
    ///
    /// # Errors
    /// Where the file cannot be made.
    pub fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self { path: path.to_path_buf(), file })
    }

    /// Runs a program to its end. What it writes goes into the log, or where the command already
    /// has a place for its standard output, only its errors do.
    ///
    /// # Errors
    /// Where it cannot be started or fails; the message ends with the log's last lines and names it.
    pub fn run(&self, command: &mut Command, stdout: Option<File>, doing: &str) -> Result<()> {
        let log = || self.file.try_clone().context("cannot write the log");
        let stdout = match stdout {
            Some(file) => file,
            None => log()?,
        };
        let status = command
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(log()?)
            .status()
            .with_context(|| format!("{doing}: cannot start {}", shown(command)))?;
        if status.success() {
            return Ok(());
        }
        let text = fs::read(&self.path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().collect();
        let from = lines.len().saturating_sub(SHOWN);
        let end = lines.get(from..).unwrap_or_default().join("\n");
        bail!(
            "{doing} failed ({status}). The last lines of {}:\n{end}\nThe command was: {}",
            self.path.display(),
            shown(command)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_shows_the_end_and_names_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("make.log");
        let log = Log::create(&path).unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "seq 100; echo broken >&2; exit 2"]);
        let error = log.run(&mut command, None, "building").unwrap_err().to_string();
        assert!(error.contains("building failed (exit status: 2)"), "{error}");
        assert!(error.contains(&path.display().to_string()), "{error}");
        assert!(error.contains("\n100\nbroken\n"), "{error}");
        assert!(!error.contains("\n50\n"), "{error}");
    }
}
