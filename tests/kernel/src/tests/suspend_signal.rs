//! Patch 03: a thread that was switched out behind a Signal, suspended and resumed, does not signal again.

use sel4::{ObjectBlueprint, cap};

use crate::kit::Kit;
use crate::script::Step;
use crate::verdict::{Verdict, check};

/// The test.
pub fn test(kit: &mut Kit) -> Verdict {
    let told: cap::Notification = kit.make(ObjectBlueprint::Notification)?;
    let (first, second) = (kit.mint(told, 1)?, kit.mint(told, 2)?);
    let thread = kit.start(&[Step::signal(first), Step::signal(second)])?;
    check("the badge before", told.wait().1, 1_u64)?;
    // This thread's priority is higher: the other one stands right behind its first Signal.
    thread.tcb.tcb_suspend()?;
    thread.tcb.tcb_resume()?;
    check("the badge after suspend and resume", told.wait().1, 2_u64)
}
