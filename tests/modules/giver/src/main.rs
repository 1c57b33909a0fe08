//! Answers what `taker` answers, and passes its capability to the name server on to it with each call. (One to `taker`
//! itself would not arrive: the kernel delivers its badge instead.)
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::label::{self, Status};
use ipc_proto::slots;
use ipc_proto::version::VersionRange;
use ipc_proto::wire;
use module_rt::{Answer, Client, Connection, Init, InitError, Manifest, Request, Server, answer, init};
use sel4::{MessageInfoBuilder, cap, with_ipc_buffer, with_ipc_buffer_mut};

module_rt::module! {
    manifest: Manifest::new("giver"),
    init: init,
}

#[derive(Default)]
struct Giver {
    taker: Option<Connection>,
}

fn init(init: &mut Init) -> Result<Giver, InitError> {
    init.reserve("giver", echo::VERSION)?;
    Ok(Giver::default())
}

/// Calls with a capability in the message.
///
/// # Errors
/// What the client is told; `None` where the capability reaches nothing any more.
fn give(taker: Connection, text: &Text) -> Result<Said, Option<Status>> {
    let length = with_ipc_buffer_mut(|buffer| {
        if let Some(first) = buffer.caps_or_badges_mut().first_mut() {
            *first = slots::NAMES;
        }
        wire::encode(text, buffer.msg_regs_mut().get_mut(..wire::MAX_WORDS).unwrap_or_default())
    });
    let length = length.map_err(|_| Some(Status::BadMessage))?;
    let info = MessageInfoBuilder::default().label(u64::from(echo::SAY)).length(length).extra_caps(1);
    let reply = cap::Endpoint::from_bits(taker.slot()).call(info.build());
    match label::parse_reply(reply.label()) {
        label::Reply::Answer(Status::Ok) => with_ipc_buffer(|buffer| {
            let words = buffer.msg_regs().get(..reply.length()).unwrap_or_default();
            wire::decode(words).map_err(|_| Some(Status::BadMessage))
        }),
        label::Reply::Answer(status) => Err(Some(status)),
        _ => Err(None),
    }
}

impl Server for Giver {
    fn message(&mut self, _: Client, _: u16, request: Request) -> Result<Answer, Status> {
        let asked: Text = request.decode()?;
        // The second time with a new capability, where the old one reached nothing.
        for _ in 0..2 {
            let taker = match self.taker {
                Some(taker) => taker,
                None => {
                    let found = init::lookup("taker", VersionRange::exactly(echo::VERSION));
                    *self.taker.insert(found.map_err(|_| Status::NotDelivered)?)
                }
            };
            match give(taker, &asked) {
                Ok(said) => return answer(&said),
                Err(Some(status)) => return Err(status),
                Err(None) => self.taker = None,
            }
        }
        Err(Status::NotDelivered)
    }
}
