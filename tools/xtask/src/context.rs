//! What every verb needs to know: where the repository is, which toolchain builds the target side,
//! where outputs go, and how progress is told.

use std::path::PathBuf;

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

impl Context {
    /// Tells the person at the terminal what is being done now, on standard error.
    pub fn step(&self, what: &str) {
        eprintln!("escrow: {what}");
    }
}
