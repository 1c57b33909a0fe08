//! What every verb needs to know: where the repository is, which toolchain builds the target side,
//! where outputs go, and how progress is told.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The cargo and rustc that build the bare-metal crates.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// Absolute path of `cargo`.
    pub cargo: PathBuf,
    /// Absolute path of `rustc`.
    pub rustc: PathBuf,
    /// True where the core library must be built from source (`-Zbuild-std`, Debian's set);
    /// false where the bare-metal targets are installed.
    pub build_std: bool,
    /// The linker to name on rustc's command line; `None` where rustc brings its own.
    pub linker: Option<PathBuf>,
    /// What `rustc --print sysroot` says: where the core library, or its source, is.
    pub sysroot: PathBuf,
    /// What `rustc --version` says, for people.
    pub version: String,
}

/// Passed by reference to everything that builds or runs.
#[derive(Clone, Debug)]
pub struct Context {
    /// The root of this clone.
    pub root: PathBuf,
    /// Where everything that we make goes: `<root>/target/escrow`.
    pub out: PathBuf,
    /// See [`Toolchain`].
    pub toolchain: Toolchain,
}

/// Held while something under [`Context::out`] is being written; dropping it lets the next one go on.
#[derive(Debug)]
pub struct BuildLock {
    _file: File,
}

impl Context {
    /// Tells the person at the terminal what is being done now, on standard error.
    pub fn step(&self, what: &str) {
        step(what);
    }

    /// Cargo's target folder for on-target programs of one platform. Each kernel flavour has its
    /// own, because the bindings are generated from that kernel's prefix.
    pub fn guest_target(&self, platform: &str) -> PathBuf {
        self.out.join("guest").join(platform)
    }

    /// Waits until no other `escrow` of this clone is building, and keeps others out until the
    /// result is dropped.
    ///
    /// # Errors
    /// Where the lock file cannot be made: `target/` is not writable.
    pub fn lock(&self) -> Result<BuildLock> {
        fs::create_dir_all(&self.out)
            .with_context(|| format!("cannot make the folder {}", self.out.display()))?;
        let path = self.out.join("lock");
        let file =
            File::create(&path).with_context(|| format!("cannot make the lock file {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                self.step("another escrow is building in this clone; waiting for it");
                file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
        Ok(BuildLock { _file: file })
    }
}

/// Tells the person what is being done now, where there is no [`Context`] yet.
pub fn step(what: &str) {
    eprintln!("escrow: {what}");
}

/// Where cargo puts things for this clone: `CARGO_TARGET_DIR` if the person set it, else `target/`.
pub fn target_dir(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        // As cargo has it, from the current folder. It cannot be told where that is gone.
        Some(dir) if !dir.is_empty() => std::path::absolute(&dir).unwrap_or_else(|_| root.join(&dir)),
        _ => root.join("target"),
    }
}

/// Where everything that we make goes, see [`Context::out`]: for what needs no toolchain.
pub fn out(root: &Path) -> PathBuf {
    target_dir(root).join("escrow")
}

/// The root of the clone that this tool belongs to, whatever folder it is run in.
///
/// # Errors
/// Where that clone is gone: build the tool again.
pub fn find_root() -> Result<PathBuf> {
    // Set by `cargo run`. The folder of the build serves where the program is started by its path.
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = package.join("../..");
    fs::canonicalize(&root).with_context(|| {
        format!(
            "the clone that this tool was built in is gone ({}); run `cargo xtask` in yours",
            root.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn two_builds_of_one_clone_wait_for_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let toolchain = Toolchain {
            cargo: PathBuf::new(),
            rustc: PathBuf::new(),
            build_std: false,
            linker: None,
            sysroot: PathBuf::new(),
            version: String::new(),
        };
        let ctx = Context { root: PathBuf::new(), out: folder.path().join("new"), toolchain };
        let first = ctx.lock().unwrap();
        let (sender, done) = channel();
        let other = ctx.clone();
        let second = thread::spawn(move || {
            let _lock = other.lock().unwrap();
            sender.send(()).unwrap();
        });
        assert!(done.recv_timeout(Duration::from_millis(200)).is_err());
        drop(first);
        done.recv_timeout(Duration::from_secs(20)).unwrap();
        second.join().unwrap();
    }
}
