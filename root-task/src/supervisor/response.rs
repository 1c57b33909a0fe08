//! What comes of an event for whoever caused it.

use ipc_proto::label::{self, Status};
use ipc_proto::wire;
use sel4::{MessageInfo, MessageInfoBuilder, with_ipc_buffer_mut};
use serde::Serialize;

/// What comes of an event for whoever caused it.
pub enum Response {
    /// Answer now; the message is in the message registers.
    Answer(MessageInfo),
    /// No answer now: the caller was saved, or must not be answered.
    Later,
}

/// A status without a message.
pub fn status(status: Status) -> Response {
    Response::Answer(MessageInfoBuilder::default().label(label::reply(status)).build())
}

/// An answer of one of the supervisor's interfaces.
pub fn answer<T: Serialize>(value: &T) -> Response {
    let length = with_ipc_buffer_mut(|buffer| {
        wire::encode(value, buffer.msg_regs_mut().get_mut(..wire::MAX_WORDS).unwrap_or_default())
    });
    match length {
        Ok(length) => {
            let label = label::reply(Status::Ok);
            Response::Answer(MessageInfoBuilder::default().label(label).length(length).build())
        }
        // The bounded types of the interfaces fit a message; this arm keeps a caller from waiting for ever if not.
        Err(_) => status(Status::BadMessage),
    }
}

/// An answer of four words.
pub fn answer_words(words: [u64; 4]) -> Response {
    with_ipc_buffer_mut(|buffer| {
        for (register, word) in buffer.msg_regs_mut().iter_mut().zip(words) {
            *register = word;
        }
    });
    Response::Answer(MessageInfoBuilder::default().label(label::reply(Status::Ok)).length(4).build())
}
