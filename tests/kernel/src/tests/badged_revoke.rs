//! Revoking a client's badged parent takes its copy and what it passed on, in a message too, and nothing else.

use sel4::{CapRights, Error, ObjectBlueprint, cap, sys, with_ipc_buffer_mut};

use crate::arch::Begin;
use crate::kit::{Kit, PRIORITY, slot};
use crate::script::Step;
use crate::verdict::{Failure, Verdict, check, check_refused};

/// The badges of two clients.
const ONE: u64 = 7;
const OTHER: u64 = 8;

/// The test.
pub fn test(kit: &mut Kit) -> Verdict {
    let service: cap::Endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    let parent = kit.mint(service, ONE)?;
    let others_parent = kit.mint(service, OTHER)?;
    let copy = kit.copy(parent)?;
    let others_copy = kit.copy(others_parent)?;
    let passed_on = pass_on(kit, copy)?;
    check("whether what was passed on is gone before", kit.is_gone(passed_on)?, false)?;

    let badged_again =
        slot(kit.empty::<sel4::cap_type::Endpoint>()?).mint(&slot(copy), CapRights::all(), OTHER);
    check_refused("the error of badging again", badged_again, Error::IllegalOperation)?;
    slot(copy).revoke()?;
    check("whether it is gone after revoking a copy", kit.is_gone(passed_on)?, false)?;
    slot(parent).revoke()?;
    check("whether the client's copy is gone", kit.is_gone(copy)?, true)?;
    check("whether what it passed on is gone", kit.is_gone(passed_on)?, true)?;
    for stays in [service, parent, others_parent, others_copy] {
        check("whether another is gone", kit.is_gone(stays)?, false)?;
    }
    Ok(())
}

/// A thread sends this capability in a message; gives the one that arrived here.
fn pass_on(kit: &mut Kit, passed: cap::Endpoint) -> Result<cap::Endpoint, Failure> {
    let meeting: cap::Endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    let arrived = kit.empty()?;
    let tcb: cap::Tcb = kit.make(ObjectBlueprint::Tcb)?;
    let sender =
        kit.thread(tcb, cap::Endpoint::from_bits(0), &[Step::send(meeting, 0x100, true)], PRIORITY)?;
    let (buffer, frame) = kit.page()?;
    sender.tcb.tcb_set_ipc_buffer(buffer.vaddr() as u64, frame)?;
    buffer.write(sys::IPC_BUFFER_CAPS_OR_BADGES >> 3, passed.bits());
    sender.resume(Begin::AtOnce)?;
    with_ipc_buffer_mut(|buffer| buffer.set_recv_slot(&slot(arrived)));
    let message = meeting.recv_with_mrs(());
    with_ipc_buffer_mut(sel4::IpcBuffer::close_recv_slot);
    check("capabilities that arrived", message.info.extra_caps() as u64, 1_u64)?;
    Ok(arrived)
}
