//! Waits for a letter of `office` and tells `clerk` what came of it. Its argument says how long, in microseconds, or `soon`.
//! With `send` it brings one, and says whom that reached; with `six` it ends when six wait; with
//! `fill` it sends as many calls and waits for none, and says how many are kept.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo::Text;
use ipc_proto::interface::{Call, Failure};
use ipc_proto::method::Method;
use ipc_proto::wire;
use module_rt::{CallError, Connection, Init, InitError, Manifest, log};
use operate::office::{ClerkClient, Letter, OfficeClient, OfficeError};
use sel4::{MessageInfo, MessageInfoBuilder, cap, with_ipc_buffer, with_ipc_buffer_mut};
use serde::{Serialize, de::DeserializeOwned};

module_rt::program! {
    manifest: Manifest::new("reader"),
    main: run,
}

/// A way on which a call has no deadline: the host types while somebody waits, and who knows how long that takes.
struct Patient(Connection);

/// A way on which nothing is called: a request is sent, and nobody waits for the answer.
struct Hasty(Connection);

/// Writes a request into the message registers.
fn written<R: Serialize + ?Sized>(method: Method, request: &R) -> MessageInfo {
    let length = with_ipc_buffer_mut(|buffer| {
        wire::encode(request, buffer.msg_regs_mut().get_mut(..wire::MAX_WORDS).unwrap_or_default())
    });
    MessageInfoBuilder::default().label(u64::from(method.label)).length(length.unwrap_or(0)).build()
}

impl Call for Hasty {
    fn call_message<R: Serialize + ?Sized, A: DeserializeOwned>(
        &self,
        method: Method,
        request: &R,
    ) -> Result<A, CallError> {
        cap::Endpoint::from_bits(self.0.slot()).send(written(method, request));
        Err(CallError::BadAnswer)
    }

    fn call_words(&self, _: Method, _: [u64; 4]) -> Result<[u64; 4], CallError> {
        Err(CallError::UnknownMethod)
    }
}

impl Call for Patient {
    fn call_message<R: Serialize + ?Sized, A: DeserializeOwned>(
        &self,
        method: Method,
        request: &R,
    ) -> Result<A, CallError> {
        let info = written(method, request);
        let reply = cap::Endpoint::from_bits(self.0.slot()).call_noted(info, [0; 2]);
        with_ipc_buffer(|buffer| {
            let words = buffer.msg_regs().get(..reply.length()).unwrap_or_default();
            CallError::check(reply.label(), words.first_chunk().copied().unwrap_or_default())?;
            wire::decode(words).map_err(|_| CallError::BadAnswer)
        })
    }

    fn call_words(&self, _: Method, _: [u64; 4]) -> Result<[u64; 4], CallError> {
        Err(CallError::UnknownMethod)
    }
}

fn run(init: &mut Init) -> Result<(), InitError> {
    let office: OfficeClient<Connection> = init.client()?;
    let clerk: ClerkClient<Connection> = init.client()?;
    let args = init.args();
    if args == "six" {
        while office.kept().is_ok_and(|kept| kept < 6) {
            module_rt::yield_now();
        }
        return Ok(());
    }
    if args == "fill" {
        for _ in 0..6 {
            // Nobody answers.
            let _ = OfficeClient::new(Hasty(*office.way())).receive(0);
        }
        let kept = office.kept().map_err(|error| InitError::new(3, format_args!("office: {error}")))?;
        log!("{kept} kept of six that were sent");
        return Ok(());
    }
    if args == "send" {
        let [reached, of] = office
            .send(Letter::try_from("hello").unwrap_or_default())
            .map_err(|error| InitError::new(2, format_args!("office: {error}")))?;
        log!("reached {reached} of {of}");
        return Ok(());
    }
    let outcome = match args.as_str() {
        "soon" => office.receive_soon(),
        longest => OfficeClient::new(Patient(*office.way())).receive(longest.parse().unwrap_or(0)),
    };
    let word = match outcome {
        Ok(letter) if letter == "hello" => "letter",
        Ok(_) => "another letter",
        Err(Failure::Service(OfficeError::None)) => "none",
        Err(Failure::Service(OfficeError::Interrupted)) => "interrupted",
        Err(Failure::Call(CallError::Busy)) => "busy",
        Err(Failure::Call(_) | Failure::Bulk(_) | Failure::Passed(_)) => "other",
    };
    let text = Text::try_from(word).unwrap_or_default();
    clerk.say(text).map(drop).map_err(|error| InitError::new(1, format_args!("clerk: {error}")))
}
