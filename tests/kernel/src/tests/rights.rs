//! Sending, receiving and passing a capability on: each needs its right, and is refused without it.

use sel4::{CapRights, CapRightsBuilder, Error, ObjectBlueprint, cap, sys, with_ipc_buffer_mut};

use crate::arch::Begin;
use crate::kit::{Kit, PRIORITY, slot};
use crate::script::Step;
use crate::verdict::{Failure, Verdict, check};

/// A label that no kernel answers with.
const QUESTION: u64 = 0x100;

/// The test.
pub fn test(kit: &mut Kit) -> Verdict {
    send(kit)?;
    receive(kit)?;
    check("capabilities that arrived with the right to grant", passed_on(kit, CapRights::all())?, 1_u64)?;
    check("capabilities that arrived without it", passed_on(kit, CapRights::read_write())?, 0_u64)
}

/// A copy of the endpoint with these rights and no others.
fn with_rights(kit: &mut Kit, endpoint: cap::Endpoint, rights: CapRights) -> Result<cap::Endpoint, Failure> {
    let copy = kit.empty()?;
    slot(copy).copy(&slot(endpoint), rights)?;
    Ok(copy)
}

/// Without the right to write, a Call returns with the kernel's error, and nobody receives it.
fn send(kit: &mut Kit) -> Verdict {
    let endpoint: cap::Endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    let rights = CapRightsBuilder::none().read(true).grant(true).build();
    let mute = with_rights(kit, endpoint, rights)?;
    let returned: cap::Notification = kit.make(ObjectBlueprint::Notification)?;
    let signal = kit.mint(returned, 1)?;
    let client = kit.start(&[Step::call(mute, QUESTION, [0, 0]), Step::signal(signal)])?;
    kit.settle()?;
    check("the signal behind a Call without the right to send", returned.poll().1, 1_u64)?;
    check("the label that it returned with", client.script.label(0), Error::InvalidCapability.code())
}

/// Without the right to read, a thread that receives faults.
fn receive(kit: &mut Kit) -> Verdict {
    let endpoint: cap::Endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    let deaf = with_rights(kit, endpoint, CapRights::write_only())?;
    let faults: cap::Endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    let tcb = kit.make(ObjectBlueprint::Tcb)?;
    let thread = kit.thread(tcb, faults, &[Step::recv(deaf)], PRIORITY)?;
    thread.resume(Begin::AtOnce)?;
    let message = faults.recv_with_mrs(());
    check("1 is a fault of a capability", message.info.label(), sys::FAULT_CAP)
}

/// A thread sends a capability over a copy with these rights: how many arrive.
fn passed_on(kit: &mut Kit, rights: CapRights) -> Result<u64, Failure> {
    let endpoint: cap::Endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    let other: cap::Endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    let over = with_rights(kit, endpoint, rights)?;
    let arrived = kit.empty::<sel4::cap_type::Endpoint>()?;
    let tcb: cap::Tcb = kit.make(ObjectBlueprint::Tcb)?;
    let sender =
        kit.thread(tcb, cap::Endpoint::from_bits(0), &[Step::send(over, QUESTION, true)], PRIORITY)?;
    let (buffer, frame) = kit.page()?;
    sender.tcb.tcb_set_ipc_buffer(buffer.vaddr() as u64, frame)?;
    buffer.write(sys::IPC_BUFFER_CAPS_OR_BADGES >> 3, other.bits());
    sender.resume(Begin::AtOnce)?;
    with_ipc_buffer_mut(|buffer| buffer.set_recv_slot(&slot(arrived)));
    let message = endpoint.recv_with_mrs(());
    with_ipc_buffer_mut(sel4::IpcBuffer::close_recv_slot);
    check("the label of the message", message.info.label(), QUESTION)?;
    let gone = kit.is_gone(arrived)?;
    check("whether the slot says the same", u64::from(!gone), message.info.extra_caps() as u64)?;
    Ok(message.info.extra_caps() as u64)
}
