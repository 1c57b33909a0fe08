//! Runs a program with a time limit: a mutant can make a test hang.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::command::shown;

/// Between two looks whether it has ended.
const LOOK: Duration = Duration::from_millis(10);

/// What became of a program.
#[derive(Clone, Debug)]
pub struct Ran {
    /// How it ended; `None` where its time was over and it was killed.
    pub status: Option<ExitStatus>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Ran {
    /// True where it ended in time and well.
    pub fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }
}

/// Runs a program for `limit` at most; no limit where that is `None`.
///
/// # Errors
/// Where it cannot be started. How it ends is in the result.
pub fn run(command: &mut Command, limit: Option<Duration>) -> Result<Ran> {
    // Files, and no pipes: what a killed program has started may hold a pipe open.
    let mut stdout = tempfile::tempfile().context("cannot make a temporary file")?;
    let mut stderr = tempfile::tempfile().context("cannot make a temporary file")?;
    command.stdin(Stdio::null()).stdout(stdout.try_clone()?).stderr(stderr.try_clone()?);
    let began = Instant::now();
    let mut child = command.spawn().with_context(|| format!("cannot start {}", shown(command)))?;
    let status = loop {
        if let Some(status) = child.try_wait().context("cannot wait for a program")? {
            break Some(status);
        }
        if limit.is_some_and(|limit| began.elapsed() >= limit) {
            child.kill().context("cannot kill a program")?;
            child.wait().context("cannot wait for a program")?;
            break None;
        }
        thread::sleep(LOOK);
    };
    Ok(Ran { status, stdout: text(&mut stdout)?, stderr: text(&mut stderr)? })
}

fn text(file: &mut File) -> Result<String> {
    let mut bytes = Vec::new();
    file.rewind().and_then(|()| file.read_to_end(&mut bytes)).context("cannot read what a program said")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_says_and_ends() {
        let ran = run(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"]), None).unwrap();
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("out\n", "err\n"));
        assert_eq!(ran.status.and_then(|status| status.code()), Some(3));
        assert!(!ran.succeeded());
        assert!(run(&mut Command::new("true"), Some(Duration::from_secs(60))).unwrap().succeeded());
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let mut hangs = Command::new("sh");
        hangs.args(["-c", "echo so far; sleep 600 & wait"]);
        let ran = run(&mut hangs, Some(Duration::from_millis(300))).unwrap();
        assert_eq!((ran.status, ran.succeeded(), ran.stdout.as_str()), (None, false, "so far\n"));
    }
}
