//! What a scenario's `scenario.toml` says.

use serde::Deserialize;
use toml::Spanned;

use crate::arch::Arch;
use crate::system;

/// The file `scenario.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// What the scenario proves, in a sentence.
    pub summary: String,
    /// The system that is booted: a name, or a file beside this one.
    #[serde(default = "default_system")]
    pub system: Spanned<String>,
    /// Which kernel it boots on.
    #[serde(default)]
    pub kernel: Kernel,
    /// On which architectures it runs.
    #[serde(default = "both")]
    pub arch: Vec<Arch>,
    /// Guest instructions that may pass between two prompts.
    #[serde(default = "budget")]
    pub budget: u64,
    /// True where it takes too long for every run: it then runs with `--full` only.
    #[serde(default)]
    pub full: bool,
    /// Module packages of this repository that the archive has beside the system's own.
    #[serde(default)]
    pub modules: Vec<String>,
    /// Modules from Cargo packages elsewhere.
    #[serde(default)]
    pub source: Vec<Elsewhere>,
    /// Modules that are there as ELF files.
    #[serde(default)]
    pub elf: Vec<Elsewhere>,
    /// Lines of the kernel that are expected to appear at some point: each line that contains one
    /// of these is left out of the comparison.
    #[serde(default)]
    pub announce: Vec<String>,
    /// Keys that are pressed while commands run, in this order.
    #[serde(default)]
    pub keys: Vec<Key>,
    /// Where the transcript is, if not in the file `transcript`: `FILE#NAME` means the code block
    /// after the comment `scenario: NAME` in this file of the repository.
    pub transcript: Option<Spanned<String>>,
    /// What is done at every moment of a command: the file `sweep` says of which, and what must come of it.
    pub sweep: Option<Sweep>,
}

/// A module that is not in this repository.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Elsewhere {
    /// Its name in the archive.
    pub name: String,
    /// The package's folder, or the ELF file, from the scenario's folder; in a file's, `{arch}` is the architecture.
    pub path: Spanned<String>,
}

/// A key that is pressed while a command runs, once.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// When this has come from a command, behind what the key before has waited for.
    pub after: String,
    /// What is sent.
    pub press: String,
}

/// The table `[sweep]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// What is done: `crash NAME`, `unload [--now] NAME`, `unload --cancel NAME` or `revoke NAME CLIENT`.
    pub strike: Spanned<String>,
    /// Moments count from this module's next start instead of the command's.
    pub of: Option<String>,
    /// Commands that are typed once, before the first moment. Each must succeed.
    #[serde(default)]
    pub before: Vec<String>,
    /// Nanoseconds from one moment to the next, which are instructions.
    #[serde(default = "every")]
    pub step: u64,
}

impl Sweep {
    /// The line that is typed: the strike at `moment` of a command.
    pub fn line(&self, moment: u64, during: &str) -> String {
        let of = self.of.as_ref().map_or_else(String::new, |module| format!(" of {module}"));
        format!("after {moment}{of} {} during {during}", self.strike.get_ref())
    }
}

/// The two kernels that we build.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Kernel {
    /// As it ships: it prints nothing.
    #[default]
    Release,
    /// It prints a line for each failed invocation and each fault.
    Debug,
}

fn default_system() -> Spanned<String> {
    Spanned::new(0..0, system::DEFAULT.to_owned())
}

fn both() -> Vec<Arch> {
    Arch::ALL.to_vec()
}

fn budget() -> u64 {
    600_000_000
}

fn every() -> u64 {
    1
}
