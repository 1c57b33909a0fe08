//! Where a thread's time slice ends: for modules that a test wants to be interrupted at a chosen instruction.
//!
//! The kernel's clock ticks show as gaps between two readings of the counter, at equal distances; the last of a slice's
//! ticks ends it, and another thread of the same priority runs.
#![no_std]
#![forbid(unsafe_code)]

use module_rt::clock;

/// A gap between two readings that is longer than this is a tick of the kernel's clock.
const TICK_GAP: u64 = 400;
/// A gap that is longer than this is others that ran.
const OTHERS_GAP: u64 = 5_000;
/// The ticks of a time slice (`TIME_SLICE` in kernel-config): the last one ends it.
const TICKS: u64 = 5;
/// How long before a moment that it waits for it looks at the clock all the time. QEMU leaves its translated code at
/// each look, which makes them slow.
const CLOSE: u64 = 20_000;
/// A slice takes 10 ms. Where nobody else has run for so many nanoseconds, nobody else is there.
const ALONE: u64 = 100_000_000;

/// Waits for the next gap of more than `least`, for [`ALONE`] at most; gives the last reading before it.
fn next_gap(least: u64) -> u64 {
    let mut before = clock::now();
    let end = before.saturating_add(ALONE);
    loop {
        let now = clock::now();
        if now.saturating_sub(before) > least || now > end {
            return before;
        }
        before = now;
    }
}

fn wait_until(moment: u64) {
    while clock::now().saturating_add(CLOSE) < moment {
        // Not `spin_loop`: on x86_64 that is an instruction at which QEMU leaves its translated code, too.
        for turn in 0..1_000 {
            core::hint::black_box(turn);
        }
    }
    while clock::now() < moment {}
}

/// Returns `lead` instructions before the end of the calling thread's time slice: within 16 on aarch64, whose clock has
/// no finer steps.
///
/// At least one other thread of its priority must be ready to run: that it ran is how the start of a slice is seen.
pub fn run_until_its_end_is_near(lead: u64) {
    // When the others have run, this thread has a whole slice before it.
    next_gap(OTHERS_GAP);
    let first = next_gap(TICK_GAP);
    let second = next_gap(TICK_GAP);
    let rest = second.saturating_sub(first).saturating_mul(TICKS.saturating_sub(2));
    wait_until(second.saturating_add(rest).saturating_sub(lead));
}
