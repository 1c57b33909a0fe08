//! A call with a capability in its message, which no interface of ours has.

use ipc_proto::echo::{SAY, Said, Text};
use ipc_proto::ids::Generation;
use ipc_proto::label::{self, Reply, Status};
use ipc_proto::wire;
use module_rt::{CallError, Connection};
use sel4::{MessageInfoBuilder, cap, with_ipc_buffer, with_ipc_buffer_mut};

/// Says `text` to a service that speaks the echo interface, and passes on the capability in this slot of the caller's
/// CSpace.
///
/// # Errors
/// As those of [`Connection::call`].
pub fn give(to: Connection, slot: u64, text: &Text) -> Result<Said, CallError> {
    let length = with_ipc_buffer_mut(|buffer| {
        if let Some(first) = buffer.caps_or_badges_mut().first_mut() {
            *first = slot;
        }
        wire::encode(text, buffer.msg_regs_mut().get_mut(..wire::MAX_WORDS).unwrap_or_default())
    });
    let length = length.map_err(|_| CallError::TooLong)?;
    let info = MessageInfoBuilder::default().label(u64::from(SAY)).length(length).extra_caps(1);
    let reply = cap::Endpoint::from_bits(to.slot()).call(info.build());
    match label::parse_reply(reply.label()) {
        Reply::Answer(Status::Ok) => with_ipc_buffer(|buffer| {
            let words = buffer.msg_regs().get(..reply.length()).unwrap_or_default();
            wire::decode(words).map_err(|_| CallError::BadAnswer)
        }),
        Reply::Answer(Status::Interrupted) => {
            Err(CallError::Interrupted { generation: Generation::NONE, next: Generation::NONE })
        }
        Reply::Answer(Status::NotDelivered) => Err(CallError::NotDelivered),
        Reply::Kernel(_) => Err(CallError::Gone),
        _ => Err(CallError::BadAnswer),
    }
}
