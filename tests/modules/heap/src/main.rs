//! A module that has asked for a heap: it uses it, is told where something does not fit, and ends where it did not ask
//! to be told.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

extern crate alloc;

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::label::Status;
use ipc_proto::version::Version;
use module_rt::{Answer, Client, Init, InitError, Manifest, Request, Restart, Server, answer, log, start};
use serde::{Serialize, Serializer};

module_heap::heap!(HEAP);

module_rt::module! {
    manifest: Manifest {
        memory_bytes: 256 * 1024,
        restart: Restart::OnFailure as u8,
        ..Manifest::new("heap")
    },
    init: init,
}

/// How large its heap is.
const HEAP: usize = 64 * 1024;
/// How often it takes and gives back as much as the half of it.
const CYCLES: u32 = 1000;

/// What it keeps, all of it in the heap.
struct Words {
    said: BTreeMap<String, u32>,
}

fn init(init: &mut Init) -> Result<Box<Words>, InitError> {
    init.reserve("heap", Version(1))?;
    Ok(Box::new(Words { said: BTreeMap::new() }))
}

impl Server for Box<Words> {
    fn message(&mut self, _: Client, method: u16, request: Request) -> Result<Answer, Status> {
        if method != echo::SAY {
            return Err(Status::UnknownMethod);
        }
        let text: Text = request.decode()?;
        let text = match text.as_str() {
            "cycle" => cycle(),
            "too much" => too_much(),
            "exhaust" => exhaust(),
            // Where it is written there is no room for what it is written from.
            "write" => return answer(&Long),
            word => {
                let times = self.said.entry(String::from(word)).or_insert(0);
                *times = times.saturating_add(1);
                let times = *times;
                format!("{word} {times} of {}", self.said.len())
            }
        };
        let text = Text::try_from(text.as_str()).unwrap_or_default();
        answer(&Said { generation: start::instance().generation, text })
    }
}

/// What was taken comes back: again and again more than half of the heap.
fn cycle() -> String {
    let mut most = 0;
    for size in 0..CYCLES {
        let mut bytes: Vec<u8> = Vec::with_capacity(HEAP / 2);
        bytes.resize(usize::try_from(size).unwrap_or(0), 1);
        most = most.max(bytes.len());
    }
    format!("{CYCLES} times, {most} at last")
}

/// Who asks is told, and goes on.
fn too_much() -> String {
    let mut bytes: Vec<u8> = Vec::new();
    match bytes.try_reserve(HEAP) {
        Ok(()) => String::from("that must not fit"),
        Err(error) => format!("told: {error}"),
    }
}

/// Takes more than there is while it is written into a message.
struct Long;

impl Serialize for Long {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Vec::<u8>::with_capacity(2 * HEAP).serialize(serializer)
    }
}

/// Takes pieces until there is no more, and does not ask.
fn exhaust() -> String {
    let mut pieces: Vec<Vec<u8>> = Vec::new();
    loop {
        pieces.push(Vec::with_capacity(8 * 1024));
        log!("{} pieces", pieces.len());
    }
}
