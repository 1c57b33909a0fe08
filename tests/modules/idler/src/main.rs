//! An idler whose calls may take three seconds.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use idler::Idler;
use module_rt::{Init, InitError, Manifest};

module_rt::module! {
    manifest: Manifest { deadline_micros: 3_000_000, ..Manifest::new("idler") },
    init: init,
}

fn init(init: &mut Init) -> Result<Idler, InitError> {
    idler::init(init, "idler")
}
