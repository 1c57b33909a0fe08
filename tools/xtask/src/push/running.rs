//! Which systems run, and how they are reached: each `run` leaves a note of the one that it has booted, and takes it away at its end.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
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

/// A note that is there as long as this. Its file is locked as long as this process lives, however that ends.
#[derive(Debug)]
pub struct Announced {
    path: PathBuf,
    _locked: File,
}

impl Drop for Announced {
    fn drop(&mut self) {
        let _gone = fs::remove_file(&self.path);
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
    // In one step: nobody reads half a note, or finds one that is not locked.
    let half = path.with_extension("new");
    let cannot = || format!("cannot write {}", half.display());
    let mut file = File::create(&half).with_context(cannot)?;
    file.try_lock().map_err(io::Error::from).with_context(cannot)?;
    file.write_all(text.as_bytes()).with_context(cannot)?;
    fs::rename(&half, &path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(Announced { path, _locked: file })
}

/// The systems that run. Notes whose process is gone are taken away; nobody is connected to.
fn all(out: &Path) -> Vec<Running> {
    let Ok(notes) = fs::read_dir(folder(out)) else { return Vec::new() };
    let paths = notes.flatten().map(|note| note.path());
    let paths = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let mut found: Vec<Running> = paths.filter_map(|path| one(&path).ok().flatten()).collect();
    found.sort_by_key(|running| running.pid);
    found
}

/// What this note says, where the system runs. One that cannot be read, or whose lock cannot be asked for, stays: it can be
/// somebody else's.
fn one(path: &Path) -> Result<Option<Running>> {
    let mut note = File::open(path)?;
    // Shared: others who look do not keep us from it, as who has written it does.
    match note.try_lock_shared() {
        Ok(()) => {
            fs::remove_file(path)?;
            Ok(None)
        }
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            note.read_to_string(&mut text)?;
            Ok(Some(serde_json::from_str(&text)?))
        }
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// The one system that is meant: the one that runs, or the one of that architecture, or of that process.
///
/// # Errors
/// Where there is none, or more than one.
pub fn choose(out: &Path, arch: Option<Arch>, pid: Option<u32>) -> Result<Running> {
    let found = all(out);
    let is_meant = |running: &&Running| {
        arch.is_none_or(|arch| running.arch == arch.name()) && pid.is_none_or(|pid| running.pid == pid)
    };
    let meant: Vec<&Running> = found.iter().filter(is_meant).collect();
    let each =
        |running: &Running| format!("\n  --pid {}  {}, system {}", running.pid, running.arch, running.system);
    match meant.as_slice() {
        [one] => Ok((*one).clone()),
        [] if found.is_empty() => {
            bail!("no system runs in this clone: boot one with `./escrow run`, in another terminal")
        }
        [] => {
            let arch = arch.map(|arch| format!(" --arch {}", arch.name()));
            let pid = pid.map(|pid| format!(" --pid {pid}"));
            let asked = arch.into_iter().chain(pid).collect::<String>();
            let each = found.iter().map(each).collect::<String>();
            bail!("of the systems that run, none is the one of{asked}. There run:{each}")
        }
        several => {
            let each = several.iter().map(|running| each(running)).collect::<String>();
            bail!("more than one system runs; say which one is meant:{each}")
        }
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
        assert_eq!(choose(out, None, None).unwrap(), one);
        let told = |arch, pid| choose(out, arch, pid).unwrap_err().to_string();
        let none = "of the systems that run, none is the one of";
        let there = ". There run:\n  --pid 7  aarch64, system default";
        assert_eq!(told(Some(Arch::X86_64), None), format!("{none} --arch x86_64{there}"));
        assert_eq!(told(Some(Arch::Aarch64), Some(1)), format!("{none} --arch aarch64 --pid 1{there}"));
        let (two, _two) = running(out, 8, Arch::X86_64);
        let _second = announce(out, &two).unwrap();
        let several = told(None, None);
        assert!(several.contains("--pid 7  aarch64") && several.contains("--pid 8  x86_64"), "{several}");
        assert_eq!(choose(out, Some(Arch::X86_64), None).unwrap(), two);
        assert_eq!(choose(out, None, Some(7)).unwrap(), one);
        drop(first);
        assert_eq!(choose(out, None, None).unwrap(), two);
    }

    #[test]
    fn a_note_is_taken_away_where_its_process_is_gone_and_only_there() {
        let out = tempfile::tempdir().unwrap();
        let (one, listener) = running(out.path(), 7, Arch::Aarch64);
        let note = announce(out.path(), &one).unwrap();
        // Nobody listens, nobody may connect: the one who has written it lives.
        drop(listener);
        assert_eq!(choose(out.path(), None, None).unwrap(), one);
        fs::remove_file(&one.line).unwrap();
        assert_eq!(choose(out.path(), None, None).unwrap(), one);
        // What a process that was killed leaves.
        let left = note.path.with_file_name("6-aarch64.json");
        fs::copy(&note.path, &left).unwrap();
        assert_eq!(choose(out.path(), None, None).unwrap(), one);
        assert!(!left.exists() && note.path.exists());
    }

    #[test]
    fn who_looks_for_a_system_connects_to_none() {
        let out = tempfile::tempdir().unwrap();
        let (one, listener) = running(out.path(), 7, Arch::Aarch64);
        let _note = announce(out.path(), &one).unwrap();
        listener.set_nonblocking(true).unwrap();
        choose(out.path(), None, None).unwrap();
        assert_eq!(listener.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }
}
