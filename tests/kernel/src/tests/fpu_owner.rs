//! Patch 01: the registers of a deleted thread are not written into memory that is somebody else's by then.
//!
//! The kernel writes floating-point registers back late, when another thread needs the FPU, or after so many context
//! switches without it. So a thread fills some, its memory becomes a fresh frame, and the frame is looked at after
//! many switches. This thread must not use the FPU in between, which would make the kernel write back too early: the
//! run on the kernel without the patch, which must fail, proves that it does not.

use sel4::{ObjectBlueprint, Word, cap};

use crate::arch::{self, Begin};
use crate::kit::{Kit, PRIORITY, slot};
use crate::page::{Page, WORDS};
use crate::script::Step;
use crate::verdict::{Verdict, check};

/// More than the kernel lets pass before it writes back registers that nobody asks for.
const SWITCHES: usize = 300;

/// The test.
pub fn test(kit: &mut Kit) -> Verdict {
    let filled: cap::Notification = kit.make(ObjectBlueprint::Notification)?;
    let memory: cap::Untyped = kit.make(ObjectBlueprint::Untyped { size_bits: 12 })?;
    let tcb = kit.make_from(memory, ObjectBlueprint::Tcb)?;
    let thread = kit.thread(tcb, cap::Endpoint::from_bits(0), &[Step::signal(filled)], PRIORITY)?;
    let vaddr = kit.vaddr()?;
    thread.resume(Begin::FillFpu)?;
    filled.wait();
    slot(memory).revoke()?;
    let frame = kit.make_from(memory, arch::FRAME)?;
    let page = Page::map(frame, vaddr)?;
    for _ in 0..SWITCHES {
        sel4::r#yield();
    }
    let dirty = (0..WORDS).filter(|word| page.read(*word) != 0).count();
    check("words of a fresh frame that are not zero", dirty as Word, 0_u64)
}
