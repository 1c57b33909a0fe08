//! What `new` makes passes its own tests without a warning, in a folder that is nowhere near this repository.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test stops at what it cannot start")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where all of them are built.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("elsewhere")
}

/// Makes a package in that folder, and gives how to do something with it.
fn makes(words: &[&str], folder: &Path, cargo_does: &[&str]) -> Command {
    let made = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("new").args(words).arg(folder).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(folder).args(cargo_does).env("CARGO_TARGET_DIR", target());
    cargo
}

/// Makes a package, and runs its tests; they say so often that so many have passed.
fn its_tests_pass(words: &[&str], name: &str, passed: [&str; 2]) {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("a folder");
    let mut cargo = makes(words, &folder, &["test", "--offline"]);
    let tested = cargo.output().unwrap();
    let said = String::from_utf8_lossy(&tested.stdout).into_owned();
    assert!(tested.status.success(), "{said}\n{}", String::from_utf8_lossy(&tested.stderr));
    assert!(passed.iter().all(|passed| said.contains(passed)), "{said}");
    let complained = String::from_utf8_lossy(&tested.stderr).into_owned();
    assert!(!complained.contains("warning: unused") && !complained.contains("generated"), "{complained}");
    // Its programs compile for this machine, too, for a language server's sake; here they only say what they are.
    for program in [name.to_owned(), format!("{name}-try")] {
        let ran = Command::new(target().join("debug").join(&program)).output().unwrap();
        let told = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(
            !ran.status.success() && told.starts_with(&format!("{program} is a module of Escrow")),
            "{told}"
        );
    }
}

#[test]
fn the_tests_of_a_new_module_pass() {
    its_tests_pass(&["key-store"], "key-store", ["0 passed", "6 passed"]);
}

#[test]
fn the_tests_of_a_new_driver_pass() {
    its_tests_pass(&["--driver", "alarm"], "alarm", ["2 passed", "9 passed"]);
}

/// Cargo builds nothing of a workspace that has another one among its members: whoever has made that is told what to do, and
/// that is enough.
#[test]
fn a_workspace_that_takes_the_new_folder_in_is_told_of() {
    for (members, folder) in [("*", "key-store"), ("crates/*", "crates/key store")] {
        let place = tempfile::tempdir().unwrap();
        let above = place.path().canonicalize().unwrap();
        let folder = above.join(folder);
        fs::create_dir_all(folder.with_file_name("other/src")).unwrap();
        fs::write(folder.with_file_name("other/src/lib.rs"), "").unwrap();
        fs::write(folder.with_file_name("other/Cargo.toml"), "[package]\nname = \"other\"\n").unwrap();
        let is_read = |folder: &Path| {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.current_dir(folder).args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
            cargo.output().unwrap().status.success()
        };
        let with = |more: &str| {
            let text = format!("[workspace]\nresolver = \"3\"\nmembers = [\"{members}\"]\n{more}\n");
            fs::write(above.join("Cargo.toml"), text).unwrap();
        };
        let makes = || {
            let made =
                Command::new(env!("CARGO_BIN_EXE_xtask")).args(["new", "key-store"]).arg(&folder).output();
            let told = String::from_utf8(made.unwrap().stderr).unwrap();
            let todo = told.split_once("put `").and_then(|(_, todo)| todo.split_once('`'));
            todo.map(|(todo, rest)| (todo.to_owned(), rest.trim_end().to_owned()))
        };
        with("");
        let (todo, rest) = makes().unwrap();
        assert_eq!(rest, " into its [workspace]");
        assert!(!is_read(&above) && is_read(&folder), "{members}");
        with(&todo);
        assert!(is_read(&above) && is_read(&folder), "{members}: {todo}");
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(makes(), None, "nothing is to be done");
    }
}

/// With the lints that are on where nobody has said anything.
#[test]
#[ignore = "checks all that a module is made of once more"]
fn clippy_has_nothing_to_say_of_either() {
    for words in [&["key-store"][..], &["--driver", "alarm"]] {
        let place = tempfile::tempdir().unwrap();
        let clippy = ["clippy", "--offline", "--all-targets", "--quiet", "--", "--deny", "warnings"];
        let checked = makes(words, place.path(), &clippy).output().unwrap();
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    }
}
