//! An idler whose calls may take one second.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use idler::Idler;
use module_rt::{Init, InitError, Manifest};

module_rt::module! {
    manifest: Manifest { deadline_micros: 1_000_000, ..Manifest::new("brisk") },
    init: init,
}

fn init(init: &mut Init) -> Result<Idler, InitError> {
    idler::init(init, "brisk")
}
