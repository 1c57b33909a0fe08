//! Patch 08: what a program has set in its flags does not reach the kernel through a system call.
//!
//! With the flag NT set, the kernel's IRET to a thread that was preempted traps, and that is the end: nothing runs any more.

use sel4::{ObjectBlueprint, cap};

use crate::arch::Begin;
use crate::kit::{Kit, PRIORITY};
use crate::script::Step;
use crate::verdict::{Verdict, check};

const PAGE_BYTES: usize = 4096;
/// What the first thread says when it has come through.
const DONE: u64 = 0x155;

/// The test.
pub fn test(kit: &mut Kit) -> Verdict {
    let told: cap::Endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    let stack = kit.page()?.0.vaddr().wrapping_add(PAGE_BYTES);
    let tcb: cap::Tcb = kit.make(ObjectBlueprint::Tcb)?;
    let yields = kit.thread(tcb, told, &[Step::send(told, DONE, false)], PRIORITY)?;
    let tcb: cap::Tcb = kit.make(ObjectBlueprint::Tcb)?;
    // It is always preempted, and never in a system call.
    let spins = kit.thread(tcb, told, &[], PRIORITY)?;
    yields.resume(Begin::YieldWithFlags(stack))?;
    spins.resume(Begin::Spin)?;
    let (info, _) = told.recv(());
    spins.tcb.tcb_suspend()?;
    yields.tcb.tcb_suspend()?;
    check("the label of what comes first: a fault, or the word of who sets flags", info.label(), DONE)
}
