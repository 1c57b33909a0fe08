//! A client beside the one that drives a scenario: it keeps a server busy, so that others are queued there. Arguments:
//! `hang`, or `nap MICROSECONDS`, and the server is `loser`; or `hang SERVER`, or `ask SERVER`, which calls until it
//! comes to nothing, and says why; or `count`, and it is `tally`.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo;
use ipc_proto::version::VersionRange;
use module_rt::{CallError, Init, InitError, Manifest, init, log, request};
use operate::loser::{HANG, NAME, NAP, VERSION, patient};
use operate::tally;

module_rt::program! {
    manifest: Manifest::new("caller"),
    main: main,
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let args = init.args();
    if args == "count" {
        let tally = init::lookup(tally::NAME, VersionRange::exactly(tally::VERSION))?;
        log!("{args}: {:?}", tally.call_words(tally::ADD, [0; 4]));
        return Ok(());
    }
    let micros = args.strip_prefix("nap ").and_then(|micros| micros.parse().ok());
    let asked = args.strip_prefix("ask ");
    let server = args.strip_prefix("hang ").or(asked).unwrap_or(NAME);
    let loser = init::lookup(server, VersionRange::exactly(VERSION))?;
    // Whoever loads it waits for that.
    request::publish();
    let outcome = match micros {
        Some(micros) => loser.call_words(patient(NAP), [micros, 0, 0, 0]),
        None if asked.is_some() => loop {
            match loser.call_words(echo::WORDS, [0; 4]) {
                Ok(_) | Err(CallError::Interrupted { .. }) => {}
                nothing => break nothing,
            }
        },
        None => loser.call_words(patient(HANG), [0; 4]),
    };
    // Elsewhere a person types meanwhile.
    if server == NAME || asked.is_some() {
        log!("{args}: {outcome:?}");
    }
    Ok(())
}
