//! A client that is queued on an endpoint gets the kernel's error, and does not hang, when the endpoint goes.

use sel4::{Error, ObjectBlueprint, cap};

use crate::kit::{Kit, slot};
use crate::script::Step;
use crate::verdict::{Failure, Verdict, check};

/// A label that no kernel answers with.
const QUESTION: u64 = 0x100;

/// The test.
pub fn test(kit: &mut Kit) -> Verdict {
    let endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    gone_by(kit, endpoint, || slot(endpoint).delete())?;
    let memory: cap::Untyped = kit.make(ObjectBlueprint::Untyped { size_bits: 12 })?;
    let endpoint = kit.make_from(memory, ObjectBlueprint::Endpoint)?;
    gone_by(kit, endpoint, || slot(memory).revoke())
}

fn gone_by(
    kit: &mut Kit,
    endpoint: cap::Endpoint,
    end: impl FnOnce() -> sel4::Result<()>,
) -> Result<(), Failure> {
    let returned: cap::Notification = kit.make(ObjectBlueprint::Notification)?;
    let signal = kit.mint(returned, 1)?;
    let client = kit.start(&[Step::call(endpoint, QUESTION, [0, 0]), Step::signal(signal)])?;
    kit.settle()?;
    check("the label of the queued Call", client.script.label(0), QUESTION)?;
    end()?;
    kit.settle()?;
    check("the signal behind the Call", returned.poll().1, 1_u64)?;
    check("the label that the Call returned with", client.script.label(0), Error::InvalidCapability.code())
}
