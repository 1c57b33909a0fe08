//! Patch 03: a client whose answer has arrived, suspended and resumed, has that answer and does not call again.

use sel4::{MessageInfoBuilder, ObjectBlueprint, cap};

use crate::kit::Kit;
use crate::script::Step;
use crate::verdict::{Verdict, check};

/// Labels that no kernel answers with.
const QUESTION: u64 = 0x100;
const ANSWER: u64 = 0x200;

/// The client's badge.
const CLIENT: u64 = 9;

/// The test.
pub fn test(kit: &mut Kit) -> Verdict {
    let service: cap::Endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    let badged = kit.mint(service, CLIENT)?;
    let done: cap::Notification = kit.make(ObjectBlueprint::Notification)?;
    let signal = kit.mint(done, 1)?;
    let client = kit.start(&[Step::call(badged, QUESTION, [7, 0]), Step::signal(signal)])?;
    let question = service.recv_with_mrs(());
    check("the badge of the question", question.badge, CLIENT)?;
    let answer = MessageInfoBuilder::default().label(ANSWER).length(1).build();
    sel4::reply_with_mrs(answer, [42_u64]);
    // The client has its answer and has not run yet.
    client.tcb.tcb_suspend()?;
    client.tcb.tcb_resume()?;
    kit.settle()?;
    check("the label that the Call returned with", client.script.label(0), ANSWER)?;
    check("the word that it returned with", client.script.word(0), 42_u64)?;
    check("the badge of a second Call", service.nb_recv_with_mrs(()).badge, 0_u64)?;
    check("the signal behind the Call", done.poll().1, 1_u64)
}
