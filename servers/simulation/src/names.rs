//! The name server: the one of the target's decisions, as a module of the simulation that can die like any other.

use ipc_proto::label::{self, Status};
use ipc_proto::manifest::{Manifest, Restart};
use ipc_proto::registrar::{self, Answer, Entries, Request};
use ipc_proto::supervisor;
use ipc_proto::{names, slots, wire};
use name_server_core::{NameServer, Supervisor};
use serde::{Serialize, de::DeserializeOwned};

use crate::Module;
use crate::calls::{self, Info};

/// What it is called.
pub(crate) const NAME: &str = "name-server";

/// It, as it is loaded first of all.
pub(crate) fn module() -> Module {
    let manifest = Manifest { restart: Restart::Always as u8, connections: 0, ..Manifest::new(NAME) };
    Module::new(manifest, serve)
}

/// Asks the supervisor; `None` where no answer came, or one that makes no sense.
fn ask<R: Serialize, A: DeserializeOwned>(label: u16, request: &R) -> Option<A> {
    let length = calls::message_mut(|words| wire::encode(request, words)).ok()?;
    // Without notes: the supervisor answers at once.
    let answer = calls::call(slots::SUPERVISOR, Info::new(u64::from(label), length), [0; 2]);
    if answer.label() != label::reply(Status::Ok) {
        return None;
    }
    calls::message(|words| wire::decode(words.get(..answer.length())?).ok())
}

/// The supervisor, by the capability that every module has.
struct Above;

impl Supervisor for Above {
    fn ask(&mut self, request: &Request) -> Option<Answer> {
        ask(registrar::LABEL, request)
    }

    fn entries(&mut self, from: u16) -> Option<Entries> {
        ask(registrar::LABEL, &Request::Entries { from })
    }
}

fn serve() {
    let begun = NameServer::begin(&mut Above);
    let last_or_first = match &begun {
        Ok(_) => supervisor::Request::Publish,
        Err(_) => supervisor::Request::Exit { code: 3 },
    };
    let _: Option<supervisor::Answer> = ask(supervisor::LABEL, &last_or_first);
    let Ok(mut server) = begun else { return };
    let mut call = calls::recv(slots::RECEIVE);
    loop {
        // The first words came in registers.
        calls::message_mut(|words| {
            for (word, first) in words.iter_mut().zip(call.msg) {
                *word = first;
            }
        });
        let request: Option<names::Request> = (call.info.label() == u64::from(names::LABEL))
            .then(|| calls::message(|words| wire::decode(words.get(..call.info.length())?).ok()))
            .flatten();
        let (status, length) = match request {
            Some(request) => {
                let answer = server.serve(&mut Above, call.badge, request);
                (Status::Ok, calls::message_mut(|words| wire::encode(&answer, words)).unwrap_or(0))
            }
            None => (Status::BadMessage, 0),
        };
        let first = calls::message(|words| words.first_chunk().copied().unwrap_or_default());
        call = calls::reply_recv(slots::RECEIVE, Info::new(label::reply(status), length), first);
    }
}
