//! Ways to fault on purpose, for modules that test what happens then.

pub use crate::chain::Chain;

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

/// Calls a function at address 0.
pub fn jump_to_zero() {
    let zero: usize = core::hint::black_box(0);
    // SAFETY: none is needed: as in `read_address_zero`, nothing is executed there.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        core::arch::asm!("blr {}", in(reg) zero, clobber_abi("C"))
    };
    // SAFETY: as above.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        core::arch::asm!("call {}", in(reg) zero, clobber_abi("C"))
    };
}

/// Faults with such a chain.
pub fn with_frame_chain(chain: Chain) -> ! {
    let mut record = [0_u64; 2];
    let own = core::ptr::from_mut(&mut record).addr() as u64;
    let some_code = (read_address_zero as *const ()).addr() as u64;
    let frame = match chain {
        Chain::Loop => {
            record = [own, some_code];
            own
        }
        Chain::Outside => 0x40_0000,
        Chain::Unaligned => own.wrapping_add(1),
        Chain::Data => {
            record = [own.wrapping_add(16), own];
            own
        }
    };
    core::hint::black_box(&record);
    // SAFETY: as in `read_address_zero`: the thread ends at the second instruction, so that nobody misses what was in the
    // register.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        core::arch::asm!("mov x29, {}", "ldr xzr, [{}]", "udf #0", in(reg) frame, in(reg) 0_u64, options(noreturn))
    };
    // SAFETY: as above.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        core::arch::asm!("mov rbp, {0}", "mov {1}, [{1}]", "ud2", in(reg) frame, in(reg) 0_u64, options(noreturn))
    };
}
