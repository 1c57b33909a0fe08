//! The copy of the repository that mutants are made in: nobody's own files are ever changed.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::list::Mutant;
use crate::command;

/// Makes `to` the same as what git knows of `from`: the tracked files as they are now, and the new ones that are
/// not ignored. Only what differs is written, so that cargo builds only that again.
///
/// # Errors
/// Where git does not list the files, or one of them cannot be read or written.
pub fn update(from: &Path, to: &Path) -> Result<()> {
    let wanted = files(from)?;
    for file in &wanted {
        copy(&from.join(file), &to.join(file)).with_context(|| format!("copying {}", file.display()))?;
    }
    clear(to, Path::new(""), &wanted).with_context(|| format!("clearing {}", to.display()))?;
    Ok(())
}

/// Runs `work` while the mutant's file in the copy is changed, and changes it back.
///
/// # Errors
/// Where the file cannot be changed; whatever `work` fails with.
pub fn with_mutant<T>(tree: &Path, mutant: &Mutant, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let path = tree.join(&mutant.file);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let cannot = || format!("cannot write {}", path.display());
    fs::write(&path, mutant.apply(&text)?).with_context(cannot)?;
    let done = work();
    fs::write(&path, text).with_context(cannot)?;
    done
}

/// What git lists and what is there.
fn files(root: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root);
    let listed = git.stdin(Stdio::null()).output();
    let listed = listed.context("cannot start git: mutants are made in a clone, with git installed")?;
    let why = String::from_utf8_lossy(&listed.stderr);
    ensure!(listed.status.success(), "{} failed: {}", command::shown(&git), why.trim_end());
    let names = listed.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let paths = names.map(|name| PathBuf::from(std::ffi::OsStr::from_bytes(name)));
    // A file that was deleted is listed until that is committed.
    Ok(paths.filter(|path| root.join(path).is_file()).collect())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let (text, mode) = (fs::read(from)?, from.metadata()?.permissions().mode());
    let same =
        |to: &Path| Some(fs::read(to).ok()? == text && to.metadata().ok()?.permissions().mode() == mode);
    if same(to) == Some(true) {
        return Ok(());
    }
    fs::create_dir_all(to.parent().context("a file has no folder")?)?;
    fs::copy(from, to)?;
    Ok(())
}

/// Deletes what is not wanted, and folders that are left empty.
fn clear(root: &Path, folder: &Path, wanted: &BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = folder.join(entry.file_name());
        if !entry.file_type()?.is_dir() {
            if !wanted.contains(&name) {
                fs::remove_file(entry.path())?;
            }
            continue;
        }
        clear(root, &name, wanted)?;
        match fs::remove_dir(entry.path()) {
            Err(error) if error.kind() != ErrorKind::DirectoryNotEmpty => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::mutants::list::Test;

    fn write(root: &Path, name: &str, text: &str) {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn the_copy_has_what_git_knows_and_nothing_else() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (from, to) = (from.path(), to.path());
        command::output(Command::new("git").args(["init", "-q"]).arg(from), "making a clone").unwrap();
        write(from, ".gitignore", "target\n");
        write(from, "target/x", "ignored");
        write(from, "a/one.rs", "one");
        write(from, "two.rs", "two");
        write(from, "run", "the same text");
        write(to, "run", "the same text");
        write(to, "a/one.rs", "one");
        write(to, "two.rs", "a mutant that was left");
        write(to, "old/gone.rs", "of an earlier version");
        let before = fs::metadata(to.join("a/one.rs")).unwrap().modified().unwrap();
        fs::set_permissions(from.join("run"), fs::Permissions::from_mode(0o755)).unwrap();
        update(from, to).unwrap();
        assert_eq!(fs::read_to_string(to.join("two.rs")).unwrap(), "two");
        assert_eq!(fs::metadata(to.join("run")).unwrap().permissions().mode() & 0o777, 0o755);
        assert!(!to.join("target").exists() && !to.join("old").exists());
        let after = fs::metadata(to.join("a/one.rs")).unwrap().modified().unwrap();
        assert_eq!(before, after, "what is the same is left alone");
    }

    #[test]
    fn a_mutant_is_there_during_the_work_only() {
        let tree = tempfile::tempdir().unwrap();
        let file = tree.path().join("x.rs");
        fs::write(&file, "one").unwrap();
        let mutant = Mutant {
            name: "1-one/a".into(),
            file: "x.rs".into(),
            find: "one".into(),
            replace: "two".into(),
            why: "it breaks".into(),
            test: Test::Scenario("a/b".into()),
        };
        let seen = with_mutant(tree.path(), &mutant, || Ok(fs::read_to_string(&file)?)).unwrap();
        assert_eq!(seen, "two");
        assert_eq!(fs::read_to_string(&file).unwrap(), "one");
        let failed: Result<()> = with_mutant(tree.path(), &mutant, || anyhow::bail!("no"));
        assert_eq!(failed.unwrap_err().to_string(), "no");
        assert_eq!(fs::read_to_string(&file).unwrap(), "one");
    }
}
