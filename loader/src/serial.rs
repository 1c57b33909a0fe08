//! The last words of a loader that cannot go on, on the machine's first UART.

use aarch64_cpu::asm::wfi;

/// The data register of QEMU virt's PL011, which takes characters as it is after a reset.
const DATA: *mut u32 = 0x0900_0000 as *mut u32;

/// Says why, and stops. To be called with the MMU off.
pub fn halt(why: &str) -> ! {
    for byte in why.bytes() {
        // SAFETY: the register is there on the only machine that this loader is for, and writing it
        // has no effect on memory.
        unsafe { DATA.write_volatile(u32::from(byte)) };
    }
    loop {
        wfi();
    }
}
