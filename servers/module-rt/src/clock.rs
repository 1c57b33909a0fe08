//! The guest's clock: a counter that user programs can read, for measuring.
//!
//! Under QEMU's `-icount shift=0` the guest's clock advances 1 ns for each instruction, so that the counter counts
//! instructions: all of them on x86_64, one step every 16 on aarch64 (62.5 MHz).

use crate::sys;

/// The counter as it is, read where the processor finds it convenient: the supervisor compares it with its own.
#[inline(always)]
pub fn ticks() -> u64 {
    sys::ticks()
}

/// Guest nanoseconds since some moment in the past.
#[inline(always)]
pub fn now() -> u64 {
    sys::now()
}
