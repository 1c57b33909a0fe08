//! A client inside a call to a dead server: its registers say so, and its call can be made to return; another one that
//! was queued calls again.
//!
//! The server's fault was sent and nobody has received it: the case in which a Reply by the dead thread would hand the
//! fault to the client as its answer.

use sel4::{MessageInfoBuilder, ObjectBlueprint, UserContext, cap, sys};

use crate::arch::Begin;
use crate::kit::{Kit, PRIORITY};
use crate::script::Step;
use crate::verdict::{Verdict, check};

/// Labels that no kernel answers with.
const QUESTION: u64 = 0x100;
const INTERRUPTED: u64 = 0x123;
const ANSWER: u64 = 0x200;
/// The clients' badges.
const INSIDE: u64 = 7;
const QUEUED: u64 = 9;

/// The test.
pub fn test(kit: &mut Kit) -> Verdict {
    let service: cap::Endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    let faults: cap::Endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    let returned: cap::Notification = kit.make(ObjectBlueprint::Notification)?;
    let tcb = kit.make(ObjectBlueprint::Tcb)?;
    let server = kit.thread(tcb, faults, &[Step::recv(service), Step::fault()], PRIORITY)?;
    server.resume(Begin::AtOnce)?;
    let mut client = |badge| {
        let (cap, signal) = (kit.mint(service, badge)?, kit.mint(returned, badge)?);
        let thread = kit.start(&[Step::call(cap, QUESTION, [0, 0]), Step::signal(signal)])?;
        kit.settle()?;
        Ok::<_, crate::verdict::Failure>((cap, thread))
    };
    let (inside_on, inside) = client(INSIDE)?;
    let (_, queued) = client(QUEUED)?;
    server.tcb.tcb_suspend()?;
    kit.settle()?;
    check("a signal behind a Call", returned.poll().1, 0_u64)?;
    check("the badge of the fault that nobody has read", faults.nb_recv_with_mrs(()).badge, 0_u64)?;

    let looked_at = inside.tcb.tcb_read_registers(false, UserContext::SYSCALL_WORDS)?;
    check("what the client inside stands on", looked_at.syscall_number(), sys::SYS_CALL)?;
    check("the capability that it calls", looked_at.syscall_cap(), inside_on.bits())?;
    check("the badge that is taken out of the queue", service.nb_recv_with_mrs(()).badge, QUEUED)?;
    check("the badge behind it", service.nb_recv_with_mrs(()).badge, 0_u64)?;
    let mut registers = inside.tcb.tcb_read_all_registers(true)?;
    let info = MessageInfoBuilder::default().label(INTERRUPTED).length(2).build();
    registers.finish_syscall(info, 0, [42, 43, 0, 0]);
    inside.tcb.tcb_write_all_registers(true, &registers)?;
    queued.tcb.tcb_resume()?;
    kit.settle()?;
    check("the signal behind the Call that was inside", returned.poll().1, INSIDE)?;
    check("the label that it returned with", inside.script.label(0), INTERRUPTED)?;
    check("the word that it returned with", inside.script.word(0), 42_u64)?;

    let question = service.recv_with_mrs(());
    check("the badge of the Call that was queued", question.badge, QUEUED)?;
    check("its label", question.info.label(), QUESTION)?;
    sel4::reply_with_mrs(MessageInfoBuilder::default().label(ANSWER).build(), []);
    kit.settle()?;
    check("the signal behind it", returned.poll().1, QUEUED)?;
    check("the label that it returned with", queued.script.label(0), ANSWER)
}
