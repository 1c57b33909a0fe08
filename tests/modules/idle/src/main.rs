//! Publishes nothing, and waits for calls that nobody can make.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use module_rt::{Init, InitError, Manifest, Server};

module_rt::module! {
    manifest: Manifest::new("idle"),
    init: init,
}

struct Idle;

impl Server for Idle {}

fn init(_: &mut Init) -> Result<Idle, InitError> {
    Ok(Idle)
}
