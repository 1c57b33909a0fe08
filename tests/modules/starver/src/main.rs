//! Loads a module whose priority is lower, `NAME ARGS`, and then does not let go of the processor for a while, so that it
//! is starved. Nobody types meanwhile: that would take as long as the processor is busy. `reserve NAME` has this program
//! reserve a name and never publish it.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::hint::black_box;

use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Request};
use ipc_proto::slots;
use ipc_proto::version::Version;
use module_rt::{Init, InitError, Manifest, clock, operator};
use sel4::cap;

module_rt::program! {
    manifest: Manifest { priority: 60, memory_bytes: 256 * 1024, ..Manifest::new("starver") },
    main: main,
}

/// How long, in nanoseconds: three times as long as the other's init may take.
const WHILE: u64 = 150_000_000;

fn main(init: &mut Init) -> Result<(), InitError> {
    let given = init.args();
    let (name, args) = given.split_once(' ').unwrap_or((given.as_str(), ""));
    if name == "reserve" {
        init.reserve(args, Version(1))?;
        loop {
            let _ = cap::Endpoint::from_bits(slots::RECEIVE).recv_with_mrs(());
        }
    }
    let name =
        Name::new(name).map_err(|error| InitError::new(1, format_args!("usage: NAME ARGS: {error}")))?;
    let args = args.chars().collect();
    match operator::ask(&Request::Load { name, args, hold: false, wait: false })? {
        Answer::Loaded { .. } => {}
        other => return Err(InitError::new(2, format_args!("{name} was not loaded: {other:?}"))),
    }
    let end = clock::now().saturating_add(WHILE);
    while clock::now() < end {
        // The emulator is slow where the clock is read, and where the processor is told that this is waiting.
        for turn in 0..10_000 {
            black_box(turn);
        }
    }
    Ok(())
}
