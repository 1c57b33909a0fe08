//! Makes sure that everything that Escrow is built and run with is on the machine.

pub mod apt;
pub mod needs;

use anyhow::{Context as _, Result};

use crate::arch::Arch;

/// Whether something that is missing may be installed, or only be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Install {
    /// Through rustup and apt-get.
    Allowed,
    /// `doctor` changes nothing.
    Never,
}

/// Installs what is missing for these architectures; does and says nothing where all is there.
///
/// # Errors
/// As [`apt::install`].
pub fn ensure(archs: &[Arch]) -> Result<()> {
    let missing = missing(archs);
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<_> = missing.iter().map(|need| need.package).collect();
    let names: Vec<_> = missing.iter().map(|need| need.what).collect();
    apt::install(&packages).with_context(|| format!("this is missing: {}", names.join(", ")))
}

/// Installs a program of a Debian package, where it is missing.
///
/// # Errors
/// As [`apt::install`].
pub fn ensure_program(what: &str, package: &str, program: &str) -> Result<()> {
    if crate::command::find_program(program).is_some() {
        return Ok(());
    }
    apt::install(&[package]).with_context(|| format!("this is missing: {what}"))
}

/// What these architectures need and this machine does not have.
pub fn missing(archs: &[Arch]) -> Vec<needs::Need> {
    let mut missing = needs::needs(archs, kernel_is_built_here());
    missing.retain(|need| need.found().is_none());
    missing.dedup();
    missing
}

/// False where the person named an installed kernel.
pub fn kernel_is_built_here() -> bool {
    std::env::var_os("SEL4_PREFIX").is_none_or(|prefix| prefix.is_empty())
}
