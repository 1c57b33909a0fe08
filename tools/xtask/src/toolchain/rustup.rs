//! Asks rustup for the bare-metal targets, within a time limit, at most once a day where it fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use crate::arch::Arch;
use crate::command;
use crate::context::step;

/// How long a download of both targets may take before we go another way.
const LIMIT: Duration = Duration::from_secs(30);
/// How long a failure is remembered.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The command that a person can give to get what [`add_targets`] tries to get.
pub fn by_hand() -> String {
    let targets: Vec<_> = Arch::ALL.iter().map(|arch| arch.rust_target()).collect();
    format!("rustup target add {}", targets.join(" "))
}

/// Tries to install both targets into the toolchain of `sysroot`. True where they were installed.
pub fn add_targets(out: &Path, sysroot: &Path) -> bool {
    let Some(rustup) = command::find_program("rustup") else { return false };
    let Some(name) = toolchain_name(sysroot) else { return false };
    let memory = memory(out);
    if failed_lately(&memory) {
        return false;
    }
    step(&format!("adding the bare-metal targets to your Rust: {}", by_hand()));
    let mut add = Command::new(rustup);
    add.args(["target", "add", "--toolchain", &name]);
    add.args(Arch::ALL.map(Arch::rust_target));
    if finishes_in_time(&mut add, LIMIT) {
        return true;
    }
    step("rustup could not (this is tried again tomorrow); going on without");
    let _made = fs::create_dir_all(out);
    let _kept = fs::write(&memory, "rustup target add failed; delete this file to try again now\n");
    false
}

fn memory(out: &Path) -> PathBuf {
    out.join("rustup-target-add.failed")
}

/// Only a toolchain under rustup's own folder has a name that rustup can add to.
fn toolchain_name(sysroot: &Path) -> Option<String> {
    let parent = sysroot.parent()?.file_name()?;
    (parent == "toolchains").then(|| sysroot.file_name()?.to_str().map(str::to_owned))?
}

fn failed_lately(memory: &Path) -> bool {
    let written = memory.metadata().and_then(|meta| meta.modified());
    written.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age < A_DAY))
}

fn finishes_in_time(command: &mut Command, limit: Duration) -> bool {
    let Ok(mut child) = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn() else {
        return false;
    };
    let start = Instant::now();
    while start.elapsed() < limit {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => sleep(Duration::from_millis(50)),
            Err(_) => break,
        }
    }
    let _killed = child.kill();
    let _reaped = child.wait();
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_remembered_for_a_day() {
        let out = tempfile::tempdir().unwrap();
        let file = memory(out.path());
        assert!(!failed_lately(&file));
        fs::write(&file, "").unwrap();
        assert!(failed_lately(&file));
        let yesterday = SystemTime::now() - A_DAY - Duration::from_secs(1);
        fs::File::options().write(true).open(&file).unwrap().set_modified(yesterday).unwrap();
        assert!(!failed_lately(&file));
    }

    #[test]
    fn only_a_rustup_toolchain_has_a_name() {
        let ours = Path::new("/home/a/.rustup/toolchains/stable-x86_64-unknown-linux-gnu");
        assert_eq!(toolchain_name(ours).as_deref(), Some("stable-x86_64-unknown-linux-gnu"));
        assert_eq!(toolchain_name(Path::new("/usr")), None);
    }

    #[test]
    fn a_command_that_hangs_is_ended() {
        let start = Instant::now();
        assert!(!finishes_in_time(Command::new("sleep").arg("60"), Duration::from_millis(100)));
        assert!(start.elapsed() < Duration::from_secs(20));
        assert!(finishes_in_time(&mut Command::new("true"), LIMIT));
        assert!(!finishes_in_time(&mut Command::new("false"), LIMIT));
    }
}
