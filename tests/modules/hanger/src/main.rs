//! Hangs in the way that it is told: in its init by its arguments, later by what it is sent. Its priority is below that of
//! all others, so that it can be starved.
//!
//! - `serve NAME` offers that name and does not hang yet.
//! - `call NAME WAY` tells another one of these to hang, gives the supervisor time to look at it, and fails with what has
//!   come of the call.
//! - `insist NAME WAY` does the same, and calls again until somebody answers.
//! - `loop` runs in a circle of several instructions; `spot` in one of a single instruction, so that its registers do not
//!   move; `yield` lets others of its priority run, again and again.
//! - `own` receives on its own endpoint, and drops who calls; `reply` calls `peer`, another one of these, and tells it to
//!   do that.
//! - `name` waits for a name that nobody has, again and again.
//! - `read` touches address 0.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::hint::black_box;
use core::time::Duration;

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::label::Status;
use ipc_proto::manifest::MIN_DEADLINE;
use ipc_proto::method::{Deadline, Method};
use ipc_proto::slots;
use ipc_proto::version::VersionRange;
use module_rt::{
    Answer, Client, Init, InitError, Manifest, Request, Server, answer, fault, init, log, lookup_waiting,
    start,
};
use sel4::cap;

module_rt::module! {
    manifest: Manifest { priority: 50, deadline_micros: 20 * MIN_DEADLINE, ..Manifest::new("hanger") },
    init: init,
}

struct Hanger;

/// How often it insists.
const TRIES: u32 = 40;

fn init(init: &mut Init) -> Result<Hanger, InitError> {
    let args = init.args();
    let mut words = args.split(' ');
    match (words.next(), words.next(), words.next()) {
        (Some("serve"), Some(name), _) => init.reserve(name, echo::VERSION).map(drop)?,
        (Some("call"), Some(name), Some(way)) => {
            let said = say(name, way);
            sleep();
            said?;
        }
        (Some("insist"), Some(name), Some(way)) => insist(name, way)?,
        _ => hang(&args)?,
    }
    Ok(Hanger)
}

fn say(name: &str, way: &str) -> Result<Said, InitError> {
    let text: Text = way.chars().collect();
    Ok(init::lookup(name, VersionRange::ANY)?.call(echo::SAY, &text)?)
}

/// Nobody has that name: 100 ms in which it does not run.
fn sleep() {
    let _ = lookup_waiting("nobody", VersionRange::ANY, Duration::from_millis(100));
}

/// Calls again and again, until it is answered.
fn insist(name: &str, way: &str) -> Result<(), InitError> {
    let mut text = way;
    for _ in 0..TRIES {
        if let Ok(said) = say(name, text) {
            log!("answered by generation {}", said.generation);
            return Ok(());
        }
        text = "hello";
        sleep();
    }
    Err(InitError::new(3, format_args!("nobody has answered in {TRIES} calls")))
}

/// Does what it is told; nothing where that is no way to hang.
fn hang(way: &str) -> Result<(), InitError> {
    match way {
        "loop" => {
            let mut turns = 0_u64;
            loop {
                turns = black_box(turns.wrapping_add(1));
            }
        }
        #[allow(clippy::empty_loop, reason = "a branch to itself is what it is for")]
        "spot" => loop {},
        "yield" => loop {
            module_rt::yield_now();
        },
        "own" => loop {
            let _ = cap::Endpoint::from_bits(slots::RECEIVE).recv_with_mrs(());
        },
        "reply" => {
            let method = Method::new(echo::SAY).within(Deadline::micros(u32::MAX));
            let text: Text = "own".chars().collect();
            let _: Said = init::lookup("peer", VersionRange::ANY)?.call(method, &text)?;
        }
        "name" => loop {
            let _ = lookup_waiting("nobody", VersionRange::ANY, Duration::from_millis(40));
        },
        "read" => fault::read_address_zero(),
        _ => {}
    }
    Ok(())
}

impl Server for Hanger {
    fn message(&mut self, _: Client, method: u16, request: Request) -> Result<Answer, Status> {
        match method {
            echo::SAY => {
                let text: Text = request.decode()?;
                hang(&text).map_err(|_| Status::NotDelivered)?;
                answer(&Said { generation: start::instance().generation, text })
            }
            _ => Err(Status::UnknownMethod),
        }
    }
}
