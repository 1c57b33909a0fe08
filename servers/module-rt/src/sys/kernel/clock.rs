//! The counter that user programs can read.

/// The counter as it is, read where the processor finds it convenient: the supervisor compares it with its own.
#[inline(always)]
pub fn ticks() -> u64 {
    #[cfg(target_arch = "aarch64")]
    {
        let ticks: u64;
        // SAFETY: reads a register; the loader lets user programs read the virtual counter.
        unsafe { core::arch::asm!("mrs {}, cntvct_el0", out(reg) ticks, options(nomem, nostack)) };
        ticks
    }
    #[cfg(target_arch = "x86_64")]
    {
        // SAFETY: reads a counter.
        unsafe { core::arch::x86_64::_rdtsc() }
    }
}

/// Guest nanoseconds since some moment in the past.
#[inline(always)]
pub fn now() -> u64 {
    #[cfg(target_arch = "aarch64")]
    {
        let ticks: u64;
        // SAFETY: reads a register; the loader lets user programs read the virtual counter.
        unsafe { core::arch::asm!("isb", "mrs {}, cntvct_el0", out(reg) ticks, options(nomem, nostack)) };
        ticks.wrapping_mul(16)
    }
    #[cfg(target_arch = "x86_64")]
    {
        // SAFETY: reads a counter.
        unsafe { core::arch::x86_64::_rdtsc() }
    }
}
