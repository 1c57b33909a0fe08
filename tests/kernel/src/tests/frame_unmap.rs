//! Patch 02: a page is unmapped with the capability that mapped it, though others to the same frame remain.

use sel4::{ObjectBlueprint, cap, sys};

use crate::arch::{self, Begin};
use crate::kit::{Kit, PRIORITY, slot};
use crate::page::Page;
use crate::script::Step;
use crate::verdict::{Verdict, check};

/// What the page holds, and what the thread sends with it where it can read that.
const VALUE: u64 = 0x1234;
const READ: u64 = 0x100;

/// The test.
pub fn test(kit: &mut Kit) -> Verdict {
    let frame: cap::Granule = kit.make(arch::FRAME)?;
    let copy = kit.copy(frame)?;
    let page = Page::map(copy, kit.vaddr()?)?;
    page.write(0, VALUE);
    check("the page before", page.read(0), VALUE)?;
    slot(copy).delete()?;

    // A thread reads, since this program would not survive the fault that must come.
    let told: cap::Endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    let tcb = kit.make(ObjectBlueprint::Tcb)?;
    let reader = kit.thread(tcb, told, &[Step::send(told, READ, false)], PRIORITY)?;
    reader.resume(Begin::Read(page.vaddr()))?;
    let message = told.recv_with_mrs(());
    let [value, ..] = message.msg;
    let got = if message.info.label() == READ { value } else { message.info.label() };
    check("5 is a fault; else what was read through a deleted capability", got, sys::FAULT_VM)
}
