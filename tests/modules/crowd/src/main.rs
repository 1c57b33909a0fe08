//! A client that calls `echo` all the time, whatever happens to it, and ends where an answer comes that there cannot be.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo;
use ipc_proto::names::NameFailure;
use ipc_proto::registrar::Refusal;
use ipc_proto::version::VersionRange;
use module_rt::init::{NamesError, lookup};
use module_rt::{CallError, Connection, Init, InitError, Manifest, request};
use operate as ask;

module_rt::program! {
    manifest: Manifest::new("crowd"),
    main: main,
}

/// Looks `echo` up until it is there.
fn connect() -> Result<Connection, InitError> {
    loop {
        match lookup(echo::NAME, VersionRange::exactly(echo::VERSION)) {
            Err(NamesError::Refused(NameFailure::NotFound | NameFailure::Supervisor(Refusal::NotLive))) => {
                module_rt::yield_now();
            }
            other => return Ok(other?),
        }
    }
}

fn main(_: &mut Init) -> Result<(), InitError> {
    // Whoever loads it waits for that.
    request::publish();
    loop {
        let echo = connect()?;
        loop {
            match ask::say(echo) {
                Ok(said) if said.text == "cba" => module_rt::yield_now(),
                Err(CallError::Interrupted { .. }) => {}
                // It is unloaded, and perhaps loaded anew.
                Err(CallError::Gone | CallError::NotDelivered) => break,
                other => return Err(InitError::new(90, format_args!("{other:?}"))),
            }
        }
    }
}
