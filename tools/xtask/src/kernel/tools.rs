//! The programs that build a kernel, in an environment that is the same on every machine.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::arch::Arch;
use crate::command::{find_program, output};
use crate::setup;
use crate::setup::needs::python;

/// The compiler and the python of one build.
#[derive(Clone, Debug)]
pub struct Tools {
    /// What stands before `gcc`, `cpp`, `ld` in the names of the compiler's programs.
    pub prefix: &'static str,
    python: PathBuf,
}

impl Tools {
    /// Finds them.
    ///
    /// # Errors
    /// Where something is missing: the message has the command that installs it.
    pub fn find(arch: Arch) -> Result<Self> {
        let missing = setup::missing(&[arch]);
        if !missing.is_empty() {
            let what: Vec<_> = missing.iter().map(|need| need.what).collect();
            let packages: Vec<_> = missing.iter().map(|need| need.package).collect();
            bail!(
                "the kernel cannot be built without: {}. Install them with: apt-get install {}",
                what.join(", "),
                packages.join(" ")
            );
        }
        let python = python().context("there is no python3; install it: apt-get install python3")?;
        Ok(Self { prefix: prefix(arch), python })
    }

    /// A command of the build: of our environment it sees where programs are, and nothing that
    /// could change what is made.
    pub fn command(&self, program: impl AsRef<OsStr>, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(folder);
        for name in ["PATH", "HOME", "TMPDIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.env("LC_ALL", "C").env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONHASHSEED", "0");
        command
    }

    /// A generator of the kernel's own, run by python.
    pub fn script(&self, script: &Path, folder: &Path) -> Command {
        let mut command = self.command(&self.python, folder);
        command.arg(script);
        command
    }

    /// The python that runs the generators.
    pub fn python(&self) -> &Path {
        &self.python
    }
}

/// What the compiler says of itself; a new one means a new kernel. Empty where there is none.
pub fn compiler_version(arch: Arch) -> String {
    let mut gcc = Command::new(format!("{}gcc", prefix(arch)));
    let said = output(gcc.arg("--version"), "asking the compiler its version").unwrap_or_default();
    said.lines().next().unwrap_or_default().to_owned()
}

fn prefix(arch: Arch) -> &'static str {
    match arch {
        Arch::Aarch64 => "aarch64-linux-gnu-",
        // Outside Debian the machine's own compiler often has no longer name.
        Arch::X86_64 if find_program("x86_64-linux-gnu-gcc").is_none() => "",
        Arch::X86_64 => "x86_64-linux-gnu-",
    }
}
