//! Ways to fault on purpose, for modules that test what happens then.

/// Reads address 0, which no module has mapped.
#[inline(never)]
pub fn read_address_zero() -> ! {
    let zero: *const u64 = core::hint::black_box(core::ptr::null());
    loop {
        // SAFETY: none is needed: the page is not mapped in any module, so that the kernel stops this thread here
        // and tells the supervisor. It never runs on.
        #[cfg(target_arch = "aarch64")]
        unsafe {
            core::arch::asm!("ldr xzr, [{}]", in(reg) zero, options(nostack))
        };
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        unsafe {
            core::arch::asm!("mov {0}, [{0}]", inout(reg) zero => _, options(nostack))
        };
    }
}
