//! What is mapped execute-never cannot be executed, by a thread that may read and write it (AArch64; 5.0.0 has no such
//! attribute for x86_64).

use sel4::{ObjectBlueprint, VmAttributes, cap, sys};

use crate::arch::{self, Begin};
use crate::kit::{Kit, PRIORITY};
use crate::page::Page;
use crate::script::Step;
use crate::verdict::{Failure, Verdict, check};

/// `br x20`
const JUMP: u64 = 0xd61f_0280;
/// What the thread sends when it could.
const EXECUTED: u64 = 0x100;

/// The test.
pub fn test(kit: &mut Kit) -> Verdict {
    let (label, _) = execute(kit, VmAttributes::DEFAULT)?;
    check("the label from a page that may be executed", label, EXECUTED)?;
    let (label, is_fetch) = execute(kit, VmAttributes::EXECUTE_NEVER)?;
    check("5 is a fault; else it was executed", label, sys::FAULT_VM)?;
    check("whether the fault is one of fetching an instruction", is_fetch, 1_u64)
}

/// A thread executes a page that is mapped like this: the label of what it then sends, or of its fault, and whether that
/// says that an instruction was fetched.
fn execute(kit: &mut Kit, attributes: VmAttributes) -> Result<(u64, u64), Failure> {
    let frame: cap::Granule = kit.make(arch::FRAME)?;
    let page = Page::map_with(frame, kit.vaddr()?, attributes)?;
    page.write(0, JUMP);
    check("the page as data", page.read(0), JUMP)?;
    let told: cap::Endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    let tcb = kit.make(ObjectBlueprint::Tcb)?;
    let thread = kit.thread(tcb, told, &[Step::send(told, EXECUTED, false)], PRIORITY)?;
    thread.resume(Begin::Execute(page.vaddr()))?;
    let message = told.recv_with_mrs(());
    let [_, _, is_fetch, _] = message.msg;
    Ok((message.info.label(), is_fetch))
}
