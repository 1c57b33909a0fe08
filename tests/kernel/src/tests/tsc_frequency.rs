//! Patch 10: boot measures the time stamp counter's frequency rightly, and in a moment.
//!
//! Under `-icount` that counter advances by one for each instruction, which is one in a nanosecond of the machine's clock.

use crate::kit::Kit;
use crate::verdict::{Verdict, check};

/// What one in a nanosecond is; the result is cut off to whole MHz.
const MHZ: core::ops::RangeInclusive<u64> = 998..=1000;
/// Instructions from reset to user level: 43 millions with the patch, 218 without it.
const MOST: u64 = 60_000_000;

/// The test.
pub fn test(kit: &mut Kit) -> Verdict {
    let counter = kit.counter;
    if !MHZ.contains(&counter.mhz) {
        check("the frequency in MHz", counter.mhz, *MHZ.end())?;
    }
    check(
        "millions of instructions above what a boot may take",
        counter.after_boot.saturating_sub(MOST) / 1_000_000,
        0_u64,
    )
}
