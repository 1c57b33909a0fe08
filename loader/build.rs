//! Gives the linker the loader's script, on the one target that the loader is for.

use std::env;
use std::path::PathBuf;

fn main() {
    println!("cargo::rerun-if-changed=loader.ld");
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let target = (variable("CARGO_CFG_TARGET_ARCH"), variable("CARGO_CFG_TARGET_OS"));
    if target == ("aarch64".to_owned(), "none".to_owned()) {
        let script = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("loader.ld");
        println!("cargo::rustc-link-arg-bins=-T{}", script.display());
    }
}
