//! A client of `tally` that comes to an end in the way that its arguments say: `exit`, `fault`, `stay` until it is killed,
//! `inside` a call, or `queued` behind somebody else's.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::version::VersionRange;
use module_rt::{Init, InitError, Manifest, Restart, clock, fault, init, request};
use operate::tally::{ADD, NAME, NAP, VERSION};

module_rt::program! {
    manifest: Manifest { restart: Restart::Never as u8, ..Manifest::new("visitor") },
    main: main,
}

/// Longer than any scenario takes, in microseconds.
const LONG: u64 = 4000;

fn stay(nanoseconds: u64) {
    let end = clock::now().saturating_add(nanoseconds);
    while clock::now() < end {
        module_rt::yield_now();
    }
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let tally = init::lookup(NAME, VersionRange::exactly(VERSION))?;
    // An earlier visitor in the same place has left nothing.
    for expected in 1..=2 {
        match tally.call_words(ADD, [0; 4])? {
            [count, 2, ..] if count == expected => {}
            other => return Err(InitError::new(70, format_args!("{other:?}, not {expected} of 2 clients"))),
        }
    }
    let args = init.args();
    request::publish();
    match args.as_str() {
        "exit" => request::exit(0),
        "fault" => fault::read_address_zero(),
        // It is killed in the call, or behind it.
        "inside" => {
            let _ = tally.call_words(NAP, [LONG, 0, 0, 0]);
        }
        "queued" => {
            stay(1_000_000);
            let _ = tally.call_words(ADD, [0; 4]);
        }
        _ => {}
    }
    loop {
        stay(u64::MAX);
    }
}
