//! A client beside the one that drives a scenario: it hangs `loser`, so that others are queued there.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::version::VersionRange;
use module_rt::{Init, InitError, Manifest, init, log, request};
use operate::loser::{HANG, NAME, VERSION, patient};

module_rt::program! {
    manifest: Manifest::new("caller"),
    main: main,
}

fn main(_: &mut Init) -> Result<(), InitError> {
    let loser = init::lookup(NAME, VersionRange::exactly(VERSION))?;
    // Whoever loads it waits for that.
    request::publish();
    log!("hanging the server: {:?}", loser.call_words(patient(HANG), [0; 4]));
    Ok(())
}
