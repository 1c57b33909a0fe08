//! Which systems run, and how they are reached: each `run` leaves a note of the one that it has booted, and takes it away at its end.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use super::grants::Grants;
use crate::arch::Arch;
use crate::console::addresses::Files;
use crate::machine::Machine;
use crate::prepare::Boot;

/// A system that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// The process that has booted it.
    pub pid: u32,
    /// Its architecture's name.
    pub arch: String,
    /// Its name.
    pub system: String,
    /// The socket of its line.
    pub line: PathBuf,
    /// The socket that gdb attaches to.
    pub gdb: PathBuf,
    /// The kernel's file with symbols.
    pub kernel: PathBuf,
    /// The root task's.
    pub root_task: PathBuf,
    /// The modules', by their names in the archive.
    pub files: Files,
    /// What it grants.
    pub grants: Grants,
    /// Where files are put that were pushed, for the addresses of reports.
    pub pushed: PathBuf,
    /// The module that has addresses of its own.
    pub apart: Option<String>,
    /// Those that could have.
    pub can_be_apart: Vec<String>,
}

impl Running {
    /// What this process has booted.
    pub fn of(boot: &Boot, machine: &Machine) -> Running {
        Running {
            pid: std::process::id(),
            arch: boot.request.arch.name().to_owned(),
            system: boot.request.system.clone(),
            line: machine.line(),
            gdb: machine.gdb(),
            kernel: boot.symbols.first().cloned().unwrap_or_default(),
            root_task: boot.symbols.get(1).cloned().unwrap_or_default(),
            files: boot.files.clone(),
            grants: boot.grants.clone(),
            pushed: machine.pushed(),
            apart: boot.request.variant.moved.clone(),
            can_be_apart: boot.can_be_apart.clone(),
        }
    }
}

/// A note that is there as long as this.
#[derive(Debug)]
pub struct Announced(PathBuf);

impl Drop for Announced {
    fn drop(&mut self) {
        let _gone = fs::remove_file(&self.0);
    }
}

fn folder(out: &Path) -> PathBuf {
    out.join("running")
}

/// Leaves a note of a system, below the folder of everything that we make.
///
/// # Errors
/// Where it cannot be written.
pub fn announce(out: &Path, running: &Running) -> Result<Announced> {
    let folder = folder(out);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // A process has one of each architecture at most.
    let path = folder.join(format!("{}-{}.json", running.pid, running.arch));
    let text = serde_json::to_string(running).context("a note of the running system")?;
    // In one step: nobody reads half a note.
    let half = path.with_extension("new");
    fs::write(&half, text).with_context(|| format!("cannot write {}", half.display()))?;
    fs::rename(&half, &path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(Announced(path))
}

/// The systems that run, with the way to each. Notes that were left behind are taken away.
fn all(out: &Path) -> Vec<(Running, UnixStream)> {
    let Ok(notes) = fs::read_dir(folder(out)) else { return Vec::new() };
    let paths = notes.flatten().map(|note| note.path());
    let mut found = Vec::new();
    for path in paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        let note = fs::read_to_string(&path).ok();
        let Some(running) = note.and_then(|text| serde_json::from_str::<Running>(&text).ok()) else {
            continue;
        };
        match UnixStream::connect(&running.line) {
            Ok(stream) => found.push((running, stream)),
            // Nobody listens there any more.
            Err(_) => drop(Announced(path)),
        }
    }
    found.sort_by_key(|(running, _)| running.pid);
    found
}

/// The one system that is meant: the one that runs, or the one of that architecture, or of that process.
///
/// # Errors
/// Where there is none, or more than one.
pub fn choose(out: &Path, arch: Option<Arch>, pid: Option<u32>) -> Result<(Running, UnixStream)> {
    let mut found = all(out);
    let runs = !found.is_empty();
    found.retain(|(running, _)| {
        arch.is_none_or(|arch| running.arch == arch.name()) && pid.is_none_or(|pid| running.pid == pid)
    });
    let several = found.len() > 1;
    match found.pop() {
        Some((running, stream)) if !several => Ok((running, stream)),
        Some(last) => {
            found.push(last);
            let each = found.iter().map(|(running, _)| {
                format!("\n  --pid {}  {}, system {}", running.pid, running.arch, running.system)
            });
            bail!("more than one system runs; say which one is meant:{}", each.collect::<String>())
        }
        None if runs => bail!("no system runs of which that is true; without the option any is meant"),
        None => bail!("no system runs in this clone: boot one with `./escrow run`, in another terminal"),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    fn running(out: &Path, pid: u32, arch: Arch) -> (Running, UnixListener) {
        let line = out.join(format!("line-{pid}"));
        let listener = UnixListener::bind(&line).unwrap();
        let (arch, system) = (arch.name().to_owned(), "default".to_owned());
        let [gdb, kernel, root_task, pushed] =
            ["gdb", "kernel", "root-task", "pushed"].map(|name| out.join(name));
        let running = Running {
            pid,
            arch,
            system,
            line,
            gdb,
            kernel,
            root_task,
            files: Files::new(),
            grants: Grants::default(),
            pushed,
            apart: None,
            can_be_apart: Vec::new(),
        };
        (running, listener)
    }

    #[test]
    fn the_only_one_is_meant_and_of_several_the_one_that_is_named() {
        let out = tempfile::tempdir().unwrap();
        let out = out.path();
        let nothing = choose(out, None, None).unwrap_err().to_string();
        assert!(nothing.contains("./escrow run"), "{nothing}");
        let (one, _one) = running(out, 7, Arch::Aarch64);
        let first = announce(out, &one).unwrap();
        assert_eq!(choose(out, None, None).unwrap().0, one);
        let (two, _two) = running(out, 8, Arch::X86_64);
        let _second = announce(out, &two).unwrap();
        let several = choose(out, None, None).unwrap_err().to_string();
        assert!(several.contains("--pid 7  aarch64") && several.contains("--pid 8  x86_64"), "{several}");
        assert_eq!(choose(out, Some(Arch::X86_64), None).unwrap().0, two);
        assert_eq!(choose(out, None, Some(7)).unwrap().0, one);
        let other = choose(out, None, Some(9)).unwrap_err().to_string();
        assert!(other.contains("of which that is true"), "{other}");
        drop(first);
        assert_eq!(choose(out, None, None).unwrap().0, two);
    }

    #[test]
    fn a_note_that_was_left_behind_is_taken_away() {
        let out = tempfile::tempdir().unwrap();
        let (one, listener) = running(out.path(), 7, Arch::Aarch64);
        let note = announce(out.path(), &one).unwrap();
        let path = note.0.clone();
        std::mem::forget(note);
        drop(listener);
        choose(out.path(), None, None).unwrap_err();
        assert!(!path.exists());
    }
}
