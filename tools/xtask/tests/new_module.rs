//! What `new` makes passes its own tests without a warning, in a folder that is nowhere near this repository.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test stops at what it cannot start")]

use std::path::Path;
use std::process::Command;

#[test]
fn the_tests_of_a_new_module_pass() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("a folder");
    let made =
        Command::new(env!("CARGO_BIN_EXE_xtask")).args(["new", "key-store"]).arg(&folder).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("elsewhere");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(&folder).args(["test", "--offline"]).env("CARGO_TARGET_DIR", &target);
    let tested = cargo.output().unwrap();
    let said = String::from_utf8_lossy(&tested.stdout).into_owned();
    assert!(tested.status.success(), "{said}\n{}", String::from_utf8_lossy(&tested.stderr));
    assert!(said.contains("2 passed") && said.contains("4 passed"), "{said}");
    let complained = String::from_utf8_lossy(&tested.stderr).into_owned();
    assert!(!complained.contains("warning: unused") && !complained.contains("generated"), "{complained}");
    // Its programs compile for this machine, too, for a language server's sake; here they only say what they are.
    for program in ["key-store", "key-store-try"] {
        let ran = Command::new(target.join("debug").join(program)).output().unwrap();
        let told = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(
            !ran.status.success() && told.starts_with(&format!("{program} is a module of Escrow")),
            "{told}"
        );
    }
}
