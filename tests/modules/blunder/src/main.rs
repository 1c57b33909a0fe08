//! A service that comes to its end in the way that the text of a call names, or its argument: for tests of reports. With
//! `quiet` it has no name.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::fmt;

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::label::Status;
use ipc_proto::version::Version;
use ipc_proto::{slots, supervisor as requests};
use module_rt::fault::{self, Chain};
use module_rt::{Answer, Client, Connection, Init, InitError, Manifest, Request, Server, answer, log, start};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

module_rt::module! {
    manifest: Manifest { connections: 0, deadline_micros: 60_000_000, ..Manifest::new("blunder") },
    init: init,
}

struct Blunder;

/// How long a message is that does not fit into a line, in characters.
const TOO_LONG: usize = 300;

/// How many lines it writes of chatter.
const CHATTER: u32 = 60;

fn init(init: &mut Init) -> Result<Blunder, InitError> {
    if init.args() == "quiet" {
        return Ok(Blunder);
    }
    init.reserve("blunder", Version(1))?;
    match init.args().as_str() {
        "" => Ok(Blunder),
        way => {
            blunder(way);
            Err(InitError::new(1, format_args!("there is no way `{way}` to fail")))
        }
    }
}

impl Server for Blunder {
    fn message(&mut self, _: Client, method: u16, request: Request) -> Result<Answer, Status> {
        if method != echo::SAY {
            return Err(Status::UnknownMethod);
        }
        let text: Text = request.decode()?;
        log!("asked for {text}");
        blunder(&text);
        answer(&Said { generation: start::instance().generation, text })
    }
}

#[inline(never)]
#[allow(clippy::panic, reason = "panicking is what this module is for")]
fn blunder(way: &str) {
    match way {
        "deep" => first(3),
        "stack" => {
            recurse(u64::MAX);
        }
        "dig" => dig(),
        "long" => panic!("{:.<1$}", "the test said at length", TOO_LONG),
        "panic" => panic!("the test asked for \x1b[31m a panic"),
        "write" => drop(answer(&Unspeakable)),
        "read" => {
            let supervisor = Connection::in_slot(slots::SUPERVISOR);
            let _ = supervisor.call::<_, Unspeakable>(requests::LABEL, &requests::Request::Args);
        }
        "words" => panic!("{Unspeakable}"),
        "jump" => fault::jump_to_zero(),
        "chatter" => {
            // As much as the log keeps of a module.
            for _ in 0..CHATTER {
                log!("and so on");
            }
        }
        "spin" => loop {
            core::hint::spin_loop();
        },
        "loop" => fault::with_frame_chain(Chain::Loop),
        "outside" => fault::with_frame_chain(Chain::Outside),
        "unaligned" => fault::with_frame_chain(Chain::Unaligned),
        "data" => fault::with_frame_chain(Chain::Data),
        _ => {}
    }
}

/// Can be written into no message, read out of none, and not be said.
struct Unspeakable;

#[allow(clippy::panic, reason = "panicking is what this module is for")]
impl Serialize for Unspeakable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("the test asked for a panic while a message is written")
    }
}

#[allow(clippy::panic, reason = "panicking is what this module is for")]
impl<'de> Deserialize<'de> for Unspeakable {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        panic!("the test asked for a panic while a message is read")
    }
}

#[allow(clippy::panic, reason = "panicking is what this module is for")]
impl fmt::Display for Unspeakable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("the test asked for a panic within a panic")
    }
}

#[inline(never)]
fn first(number: u64) {
    second(core::hint::black_box(number));
    core::hint::black_box(number);
}

#[inline(never)]
fn second(number: u64) {
    if core::hint::black_box(number) > 0 {
        fault::read_address_zero();
    }
}

/// Takes some eight KiB of stack, and comes back.
#[inline(never)]
fn dig() {
    core::hint::black_box([1_u8; 8 * 1024]);
}

/// Takes more stack than there is, in many small frames: more than a report keeps, whichever compiler laid them out.
#[inline(never)]
#[allow(unconditional_recursion, reason = "that it does not end is what the test is about")]
fn recurse(number: u64) -> u64 {
    let room = core::hint::black_box([number; 8]);
    recurse(number.wrapping_sub(1)).wrapping_add(room.first().copied().unwrap_or(0))
}
