//! What every QEMU is told that we start, beside what it boots.

use std::ffi::OsString;
use std::path::Path;

use super::Clock;
use crate::arch::Arch;

/// The arguments that every QEMU gets from us, beside those of the image.
pub fn common_args(clock: Clock) -> Vec<OsString> {
    let mut args = vec!["-display", "none", "-nic", "none", "-no-reboot", "-monitor", "none"];
    if clock == Clock::Instructions {
        args.extend(["-icount", "shift=0,sleep=off", "-rtc", "base=2026-01-01,clock=vm"]);
    }
    args.into_iter().map(OsString::from).collect()
}

/// The second serial device, on the chardev `line`.
pub fn line_device(arch: Arch) -> [&'static str; 2] {
    match arch {
        // The machine has one UART for programs that are not in the secure world.
        Arch::Aarch64 => ["-device", "pci-serial,chardev=line,addr=0x1"],
        Arch::X86_64 => ["-serial", "chardev:line"],
    }
}

/// A path in QEMU's options: a comma is written twice.
pub fn quoted(path: &Path) -> String {
    path.display().to_string().replace(',', ",,")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_counted_clocks_are_the_same_in_every_run() {
        let has = |clock| common_args(clock).contains(&"-icount".into());
        assert!(has(Clock::Instructions) && !has(Clock::Wall));
    }
}
