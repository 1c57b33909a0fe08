//! The undertaker's errand: a dead server's thread, in a CSpace of the supervisor's, saves its caller, who is answered.
//!
//! The server's fault was sent and nobody has received it: the case in which a Reply by the dead thread would hand the
//! fault to the client as its answer.

use sel4::{
    CNodeCapData, CPtr, CPtrWithDepth, CapRights, MessageInfoBuilder, ObjectBlueprint, WORD_SIZE, Word, cap,
    sys,
};

use crate::arch::{self, Begin};
use crate::kit::{Kit, PRIORITY, slot};
use crate::script::Step;
use crate::verdict::{Failure, Verdict, check};

/// Labels that no kernel answers with.
const QUESTION: u64 = 0x100;
const INTERRUPTED: u64 = 0x123;
/// The undertaker's CNode: its size, and what is in its slots.
const CNODE_BITS: usize = 3;
const SELF: u64 = 1;
const DONE: u64 = 2;
const NEVER: u64 = 3;
const CALLER: u64 = 4;

/// The test.
pub fn test(kit: &mut Kit) -> Verdict {
    let service: cap::Endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    let faults: cap::Endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    let returned: cap::Notification = kit.make(ObjectBlueprint::Notification)?;
    let signal = kit.mint(returned, 1)?;
    let tcb = kit.make(ObjectBlueprint::Tcb)?;
    let server = kit.thread(tcb, faults, &[Step::recv(service), Step::fault()], PRIORITY)?;
    server.resume(Begin::AtOnce)?;
    let client = kit.start(&[Step::call(service, QUESTION, [0, 0]), Step::signal(signal)])?;
    kit.settle()?;
    server.tcb.tcb_suspend()?;
    kit.settle()?;
    check("the label of the Call in service", client.script.label(0), QUESTION)?;
    check("a signal behind it", returned.poll().1, 0_u64)?;

    let caller = kit.empty::<sel4::cap_type::Endpoint>()?;
    run_errand(kit, server.tcb, caller)?;
    caller.nb_send(MessageInfoBuilder::default().label(INTERRUPTED).build());
    kit.settle()?;
    check("the signal behind the Call", returned.poll().1, 1_u64)?;
    check("the label that the Call returned with", client.script.label(0), INTERRUPTED)?;
    check("whether the reply capability is used up", kit.is_gone(caller)?, true)
}

/// Has the dead thread save its caller, and moves that into the slot `caller`.
fn run_errand(kit: &mut Kit, dead: cap::Tcb, caller: cap::Endpoint) -> Result<(), Failure> {
    let cnode: cap::CNode = kit.make(ObjectBlueprint::CNode { size_bits: CNODE_BITS })?;
    let done: cap::Notification = kit.make(ObjectBlueprint::Notification)?;
    let never: cap::Notification = kit.make(ObjectBlueprint::Notification)?;
    let place = |number| cnode.absolute_cptr(CPtrWithDepth::from_bits_with_depth(number, CNODE_BITS));
    let guard = CNodeCapData::skip_high_bits(CNODE_BITS);
    place(SELF).mint(&slot(cnode), CapRights::all(), guard.into_word())?;
    place(DONE).mint(&slot(done), CapRights::all(), 1)?;
    place(NEVER).copy(&slot(never), CapRights::all())?;

    let save =
        Step::call(cap::CNode::from_bits(SELF), sys::label::CNODE_SAVE_CALLER, [CALLER, WORD_SIZE as Word]);
    let steps = [save, Step::signal(cap::Notification::from_bits(DONE))];
    let script = kit.script(&steps, cap::Notification::from_bits(NEVER))?;
    dead.tcb_set_space(CPtr::from_bits(0), cnode, guard, sel4::init_thread::slot::VSPACE.cap())?;
    dead.tcb_write_all_registers(true, &arch::registers(Begin::AtOnce, script))?;
    check("the signal that the errand is done", done.wait().1, 1_u64)?;
    check("what the kernel says to the errand", script.label(0), 0_u64)?;
    Ok(slot(caller).move_(&place(CALLER))?)
}
