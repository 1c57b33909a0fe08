//! The machines that we run on, as QEMU's command line.

use std::ffi::OsString;

use super::Image;
use crate::arch::Arch;

/// The program that emulates an architecture.
pub fn program(arch: Arch) -> &'static str {
    match arch {
        Arch::Aarch64 => "qemu-system-aarch64",
        Arch::X86_64 => "qemu-system-x86_64",
    }
}

/// Machine, processor, memory, and what to boot. Serial line, clock and devices are for the caller.
///
/// The image's files are named without their folder, which QEMU must be started in: it takes a blank in the name of
/// a multiboot module for the module's command line, and a comma for the next module, and has no way to quote them.
pub fn args(image: &Image) -> Vec<OsString> {
    let machine: &[&str] = match image.arch {
        Arch::Aarch64 => &["-machine", "virt,gic-version=2,highmem=off", "-cpu", "cortex-a57", "-m", "1024"],
        Arch::X86_64 => &[
            "-machine",
            "q35",
            "-cpu",
            // The features that seL4's own tests use, and 1 GiB pages for the kernel's window.
            "Nehalem,-vme,+pdpe1gb,-xsave,-xsaveopt,-xsavec,-fsgsbase,-invpcid,+syscall,+lm,enforce",
            "-m",
            "512",
        ],
    };
    let mut args: Vec<OsString> = machine.iter().map(OsString::from).collect();
    args.push("-kernel".into());
    args.extend(image.kernel.file_name().map(OsString::from));
    if let Some(initrd) = &image.initrd {
        args.push("-initrd".into());
        args.extend(initrd.file_name().map(OsString::from));
        // Where a debug kernel prints; without it the kernel asks the BIOS, which is not there.
        args.push("-append".into());
        args.push("console_port=0x3f8 debug_port=0x3f8".into());
    }
    args
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn no_folder_can_be_taken_for_a_command_line() {
        let file = |name: &str| PathBuf::from("/home/me/my, clone").join(name);
        let image = Image { arch: Arch::X86_64, kernel: file("k.elf"), initrd: Some(file("r.elf")) };
        let args = args(&image);
        assert!(args.contains(&"k.elf".into()) && args.contains(&"r.elf".into()), "{args:?}");
    }
}
