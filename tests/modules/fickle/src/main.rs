//! Serves `fickle`: it dies on request.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use fickle::{Fickle, FickleError, FickleInterface, FickleServer, Text};
use module_rt::start::instance;
use module_rt::{Events, Init, InitError, Manifest, Restart, fault};

module_rt::module! {
    manifest: Manifest { restart: Restart::Always as u8, connections: 0, ..Manifest::new("fickle") },
    init: init,
}

struct Server;

fn init(init: &mut Init) -> Result<FickleServer<Server>, InitError> {
    init.offer::<FickleInterface>()?;
    Ok(FickleServer(Server))
}

/// Dies in every generation before this one.
fn served_from(from: u32) -> u32 {
    let own = instance().generation.0;
    if own < from { fault::read_address_zero() } else { own }
}

impl Fickle for Server {
    fn words(&mut self, from: u32) -> Result<u32, FickleError> {
        Ok(served_from(from))
    }

    fn message(&mut self, from: u32, text: Text) -> Result<(u32, Text), FickleError> {
        Ok((served_from(from), text))
    }

    fn once(&mut self, from: u32) -> Result<u32, FickleError> {
        Ok(served_from(from))
    }

    fn half(&mut self, number: u64) -> Result<u64, FickleError> {
        if number.is_multiple_of(2) { Ok(number / 2) } else { Err(FickleError::Odd) }
    }
}

impl Events for Server {}
