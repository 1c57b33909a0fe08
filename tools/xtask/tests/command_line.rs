//! What the tool does with a command line that is wrong, and where nobody reads what it says: `head` shows its lines, and
//! nothing else is to be seen.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test stops at what it cannot start")]

use std::fs::{self, File};
use std::io::{Write as _, pipe};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

fn escrow(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(arguments);
    command
}

#[test]
fn output_that_nobody_reads_ends_the_run_quietly() {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let ended = escrow(&["mutants", "--list"]).stdout(writer).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(ended.status.code(), Some(141));
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}

#[test]
fn a_message_that_nobody_reads_does_so_too() {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let ended = escrow(&["mutants", "no-such-mutant"]).stderr(writer).output().unwrap();
    assert_eq!(ended.status.code(), Some(141));
}

#[test]
fn output_that_is_read_is_whole() {
    let listed = escrow(&["mutants", "--list"]).output().unwrap();
    assert!(listed.status.success());
    assert!(String::from_utf8(listed.stdout).unwrap().lines().count() > 1);
}

#[test]
fn a_test_that_there_is_not_is_told_before_anything_is_built() {
    for more in [&[][..], &["--list"]] {
        let told = escrow(&["test", "no-such-test"]).args(more).output().unwrap();
        assert_eq!(told.status.code(), Some(1));
        let said = String::from_utf8_lossy(&told.stderr).into_owned();
        assert_eq!(said, "escrow: error: no test has `no-such-test` in its name; --list shows all\n");
    }
}

#[test]
fn options_without_effect_are_refused() {
    for (line, told) in [
        ("run --system no-such-system --budget 5", "--script <FILE>"),
        ("test --scenario x --full", "cannot be used with"),
        ("test --from 5", "--scenario <DIR>"),
        ("mutants --list --full", "cannot be used with"),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let refused = escrow(&words).output().unwrap();
        assert_eq!(refused.status.code(), Some(2), "{line}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains(told), "{line}: {refused:?}");
    }
}

#[test]
fn a_sweep_without_a_moment_is_refused() {
    for line in ["sweep --from 6 --to 5 echo-init", "test --scenario x --from 6 --to 5"] {
        let words: Vec<&str> = line.split(' ').collect();
        let refused = escrow(&words).output().unwrap();
        assert_eq!(refused.status.code(), Some(1), "{line}");
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(told.contains("the first moment is 6, and the last one 5"), "{told}");
    }
}

#[test]
fn gdb_without_a_system_says_how_there_is_one() {
    let nothing_runs = tempfile::tempdir().unwrap();
    let told =
        escrow(&["gdb", "--module", "echo"]).env("CARGO_TARGET_DIR", nothing_runs.path()).output().unwrap();
    assert_eq!(told.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&told.stderr),
        "escrow: error: no system runs in this clone: boot one with `./escrow run`, in another terminal\n"
    );
}

#[test]
fn numbers_without_sense_are_refused_with_their_bound() {
    for line in ["push --timeout 0 x", "push --pid 0 x", "gdb --pid 0", "run --script - --budget 0"] {
        let words: Vec<&str> = line.split(' ').collect();
        let refused = escrow(&words).stdin(Stdio::null()).output().unwrap();
        assert_eq!(refused.status.code(), Some(2), "{line}: {refused:?}");
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            told.contains("invalid value '0' for '--") && told.contains("0 is not in 1.."),
            "{line}: {told}"
        );
    }
    let nothing = tempfile::tempdir().unwrap();
    let missing = nothing.path().join("missing");
    for line in ["push --timeout 1 x", "push --pid 1 x", "gdb --pid 1", "run --budget 1 --script"] {
        let mut taken = escrow(&line.split(' ').collect::<Vec<_>>());
        taken.args(line.ends_with("--script").then_some(&missing)).env("CARGO_TARGET_DIR", nothing.path());
        let told = taken.output().unwrap();
        let why = String::from_utf8_lossy(&told.stderr).into_owned();
        assert_eq!(told.status.code(), Some(1), "{line}: {why}");
        assert!(why.contains("no system runs") || why.contains("cannot read the script"), "{line}: {why}");
    }
}

#[test]
fn push_of_nothing_is_told_both_things_that_can_be_pushed() {
    let refused = escrow(&["push"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    let (what, usage) = told.split_once("Usage: ").unwrap();
    for part in [what, usage] {
        assert!(part.contains("<FILE|--module <DIR>>"), "{told}");
    }
    let both = escrow(&["push", "x", "--module", "y"]).output().unwrap();
    assert_eq!(both.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&both.stderr).contains("cannot be used with"), "{both:?}");
}

#[test]
fn what_becomes_of_a_pushed_file_is_in_the_help_of_push() {
    let helped = escrow(&["push", "--help"]).output().unwrap();
    let told = String::from_utf8_lossy(&helped.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "When it is unloaded, or has ended",
        "`load NAME` takes the boot archive's",
        "can only be pushed again",
    ] {
        assert!(told.contains(part), "`{part}`: {told}");
    }
}

#[test]
fn a_module_that_cannot_be_set_apart_is_told_with_those_that_can() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("src/main.rs"), "fn main() {}\n").unwrap();
    fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"kv\"\n[workspace]\n").unwrap();
    for (line, apart, can) in [
        ("run --apart kv", "kv", "name-server, shell, echo, echo-client"),
        // A copy.
        ("run --system rights --apart keeper", "keeper", "name-server, shell, "),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let refused = escrow(&words).arg("--module").arg(folder.path()).output().unwrap();
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        let why = "only a module of this repository that is in the system's archive, and is no copy";
        let (before, list) = told.trim_end().rsplit_once(": ").unwrap();
        assert_eq!(before, format!("escrow: error: --apart {apart}: {why}"));
        assert!(list.starts_with(can), "{list}");
        assert!(list.split(", ").all(|name| name != apart && name != "kv"), "{list}");
    }
}

#[test]
fn a_new_folder_is_told_without_detours_and_what_is_next_in_columns() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path().canonicalize().unwrap();
    fs::create_dir(place.join("b")).unwrap();
    let made = escrow(&["new", "counter", "./b/../c d"]).current_dir(&place).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let folder = place.join("c d");
    let told = String::from_utf8_lossy(&made.stderr).into_owned();
    assert_eq!(told, format!("escrow: made {}\n", folder.display()));
    let next = String::from_utf8_lossy(&made.stdout).into_owned();
    let folder = folder.display();
    for command in
        [format!("  (cd '{folder}' && cargo test) "), format!("  ./escrow run --module '{folder}' ")]
    {
        assert!(next.contains(&command), "{next}");
    }
    let columns: Vec<_> =
        next.lines().filter_map(|line| line.find("its tests,").or(line.find("a system with"))).collect();
    assert!(matches!(columns[..], [one, other] if one == other), "{next}");
}

#[test]
fn a_new_package_with_the_name_of_one_of_ours_is_told_so() {
    let place = tempfile::tempdir().unwrap();
    for (name, told) in [("echo", true), ("counter", false)] {
        let made = escrow(&["new", name]).current_dir(&place).output().unwrap();
        assert!(made.status.success(), "{made:?}");
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        let words = format!("escrow: this repository has a module `{name}`, too: ");
        assert_eq!(said.lines().any(|line| line.starts_with(&words)), told, "{said}");
    }
}

/// The script that everything goes through, with a cargo that only says what it was given.
#[test]
fn what_runs_is_found_from_every_terminal_whatever_its_cargo_is_told() {
    let place = tempfile::tempdir().unwrap();
    for (name, text) in
        [("cargo", "echo \"$* [${CARGO_TARGET_DIR-unset}]\""), ("rustc", "echo 'rustc 1.999.0'"), ("cc", "")]
    {
        let path = place.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", place.path().display(), std::env::var("PATH").unwrap());
    let mut script = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../escrow"));
    script.args(["push", "x"]).env("PATH", path).env("CARGO_TARGET_DIR", place.path());
    let told = String::from_utf8(script.output().unwrap().stdout).unwrap();
    let (_, last) = told.trim_end().rsplit_once("-- ").unwrap();
    assert_eq!(last, "push x [unset]");
}

#[test]
fn push_tells_a_reader_of_json_what_was_not_done() {
    let place = tempfile::tempdir().unwrap();
    let push = |more: &[&str]| {
        let mut push = escrow(&["push", "--json"]);
        let told = push.args(more).env("CARGO_TARGET_DIR", place.path()).output().unwrap();
        assert_eq!(told.status.code(), Some(1), "{told:?}");
        let line = String::from_utf8(told.stdout).unwrap();
        assert_eq!(line.lines().count(), 1, "{line}");
        line
    };
    let nothing_runs = push(&["x", "--name", "kv"]);
    assert!(nothing_runs.contains(r#""outcome":"not-sent""#), "{nothing_runs}");
    assert!(
        nothing_runs.contains(r#""module":"kv""#) && nothing_runs.contains("no system runs"),
        "{nothing_runs}"
    );
    // A system of which there is only the note.
    let notes = place.path().join("escrow/running");
    fs::create_dir_all(&notes).unwrap();
    let paths = r#""line":"/none/line","gdb":"","kernel":"","root_task":"","pushed":"","files":{}"#;
    let grants = r#""grants":{"booted":[],"own":[]},"apart":null,"can_be_apart":[]"#;
    let note = File::create(notes.join("1-aarch64.json")).unwrap();
    note.lock().unwrap();
    write!(&note, r#"{{"pid":1,"arch":"aarch64","system":"default",{paths},{grants}}}"#).unwrap();
    let package = place.path().join("kv");
    fs::create_dir(&package).unwrap();
    fs::write(package.join("Cargo.toml"), "[package]\nname = kv\n").unwrap();
    let broken = push(&["--module", package.to_str().unwrap()]);
    assert!(broken.contains(r#""outcome":"not-built""#) && broken.contains("Cargo.toml"), "{broken}");
}
