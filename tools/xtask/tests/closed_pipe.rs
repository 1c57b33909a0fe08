//! Who pipes the tool into `head` sees what `head` shows, and nothing else.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test stops at what it cannot start")]

use std::io::pipe;
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
