//! Patch 06: a thread with the highest maximum priority writes the processor's timer, and its interrupt arrives; any
//! other thread faults.

use sel4::{ObjectBlueprint, cap};

use crate::arch::Begin;
use crate::kit::{Kit, PRIORITY, slot};
use crate::script::Step;
use crate::verdict::{Failure, Verdict, check};

/// The interrupt of the physical timer.
const IRQ: u64 = 30;
/// The highest maximum controlled priority.
const HIGHEST: u64 = 255;
/// Polls within which an interrupt that is due in some 10 us must have come.
const PATIENCE: usize = 10_000;

/// The test.
pub fn test(kit: &mut Kit) -> Verdict {
    let irq: cap::IrqHandler = kit.empty()?;
    sel4::init_thread::slot::IRQ_CONTROL.cap().irq_control_get(IRQ, &slot(irq))?;
    let fired: cap::Notification = kit.make(ObjectBlueprint::Notification)?;
    let signal = kit.mint(fired, 1)?;
    irq.irq_handler_set_notification(signal)?;
    irq.irq_handler_ack()?;
    check("a thread that goes on behind the write, with a lower priority", writes(kit, HIGHEST - 1)?, 0_u64)?;
    check("a timer that was written by it", fired.poll().1, 0_u64)?;
    check("a thread that goes on behind the write, with the highest", writes(kit, HIGHEST)?, 1_u64)?;
    let came = (0..PATIENCE).any(|_| fired.poll().1 == 1);
    check("the interrupt", u64::from(came), 1_u64)
}

/// Whether a thread with this maximum priority goes on behind its write of the timer.
fn writes(kit: &mut Kit, highest: u64) -> Result<u64, Failure> {
    let behind: cap::Notification = kit.make(ObjectBlueprint::Notification)?;
    let signal = kit.mint(behind, 1)?;
    let tcb = kit.make(ObjectBlueprint::Tcb)?;
    let thread = kit.thread(tcb, cap::Endpoint::from_bits(0), &[Step::signal(signal)], PRIORITY)?;
    tcb.tcb_set_sched_params(sel4::init_thread::slot::TCB.cap(), highest, PRIORITY)?;
    thread.resume(Begin::SetTimer)?;
    kit.settle()?;
    Ok(behind.poll().1)
}
