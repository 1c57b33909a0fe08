//! The programs that Escrow is built and run with: what each is for, how to see that it is there,
//! and the Debian package that brings it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::arch::Arch;
use crate::command::find_program;

/// One thing that must be on the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// What it is, for people.
    pub what: &'static str,
    /// The Debian 12 package that has it.
    pub package: &'static str,
    how: How,
    when: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Program(&'static str),
    Python,
    PythonModule(&'static str),
}

/// For which work a thing is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Kernel,
    On(Arch),
}

const NEEDS: &[Need] = &[
    program(
        "GNU objcopy for aarch64",
        "binutils-aarch64-linux-gnu",
        "aarch64-linux-gnu-objcopy",
        When::On(Arch::Aarch64),
    ),
    program("QEMU for aarch64", "qemu-system-arm", "qemu-system-aarch64", When::On(Arch::Aarch64)),
    program(
        "GNU objcopy for x86_64",
        "binutils-x86-64-linux-gnu",
        "x86_64-linux-gnu-objcopy",
        When::On(Arch::X86_64),
    ),
    program("QEMU for x86_64", "qemu-system-x86", "qemu-system-x86_64", When::On(Arch::X86_64)),
    program("GNU make", "make", "make", When::Kernel),
    program("xmllint", "libxml2-utils", "xmllint", When::Kernel),
    Need { what: "Python 3", package: "python3", how: How::Python, when: When::Kernel },
    module("Python's six", "python3-six", "six"),
    module("Python's ply", "python3-ply", "ply"),
    module("Python's tempita", "python3-tempita", "tempita"),
];

/// On its own architecture the cross compiler is the plain one.
const GCC_AARCH64: &str = if cfg!(target_arch = "aarch64") { "gcc" } else { "gcc-aarch64-linux-gnu" };
const GCC_X86_64: &str = if cfg!(target_arch = "x86_64") { "gcc" } else { "gcc-x86-64-linux-gnu" };

/// The C compilers that build the kernel.
const COMPILERS: &[(Arch, Need)] = &[
    (Arch::Aarch64, program("C compiler for aarch64", GCC_AARCH64, "aarch64-linux-gnu-gcc", When::Kernel)),
    (Arch::X86_64, program("C compiler for x86_64", GCC_X86_64, "x86_64-linux-gnu-gcc", When::Kernel)),
];

const fn program(what: &'static str, package: &'static str, name: &'static str, when: When) -> Need {
    Need { what, package, how: How::Program(name), when }
}

const fn module(what: &'static str, package: &'static str, name: &'static str) -> Need {
    Need { what, package, how: How::PythonModule(name), when: When::Kernel }
}

/// Everything that building for and running on these architectures takes. `with_kernel` is false
/// where an installed kernel is used as it is (`SEL4_PREFIX`).
pub fn needs(archs: &[Arch], with_kernel: bool) -> Vec<Need> {
    let wanted = |need: &Need| match need.when {
        When::Kernel => with_kernel,
        When::On(arch) => archs.contains(&arch),
    };
    let compilers = COMPILERS.iter().filter(|(arch, _)| with_kernel && archs.contains(arch));
    let compilers = compilers.map(|(_, need)| *need);
    NEEDS.iter().copied().filter(wanted).chain(compilers).collect()
}

impl Need {
    /// True for what can be asked for its version.
    pub fn is_program(&self) -> bool {
        matches!(self.how, How::Program(_) | How::Python)
    }

    /// Where the thing was found.
    pub fn found(&self) -> Option<PathBuf> {
        match self.how {
            How::Program(name) => find_program(name),
            How::Python => python(),
            How::PythonModule(name) => {
                let python = python()?;
                imports(&python, name).then_some(python)
            }
        }
    }
}

/// The python3 that has Debian's modules: the system's own, whatever else the `PATH` offers.
pub fn python() -> Option<PathBuf> {
    let system = Path::new("/usr/bin/python3");
    if system.is_file() { Some(system.to_path_buf()) } else { find_program("python3") }
}

fn imports(python: &Path, module: &str) -> bool {
    let quiet = Command::new(python)
        .args(["-c", &format!("import {module}")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    quiet.is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_that_is_installed_needs_no_compiler() {
        let packages = |with_kernel| -> Vec<_> {
            needs(&[Arch::Aarch64], with_kernel).iter().map(|need| need.package).collect()
        };
        assert!(packages(true).contains(&GCC_AARCH64));
        assert!(packages(true).contains(&"python3-ply"));
        assert!(!packages(false).contains(&GCC_AARCH64));
        assert!(!packages(false).contains(&"python3-ply"));
        assert!(packages(false).contains(&"qemu-system-arm"));
        assert!(!packages(true).contains(&"qemu-system-x86"));
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let absent = program("nothing", "nothing", "no-such-program-anywhere", When::Kernel);
        assert_eq!(absent.found(), None);
        if let Some(python) = python() {
            assert!(imports(&python, "sys"));
            assert!(!imports(&python, "no_such_module_anywhere"));
        }
    }
}
