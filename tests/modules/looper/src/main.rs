//! Crashes as soon as it has published, and is started again whatever happens: the fastest crash loop that there is. With
//! the argument `nothing` it reserves no name, so that there can be many of it.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::version::Version;
use module_rt::{Init, InitError, Manifest, Restart, fault, request};

module_rt::program! {
    manifest: Manifest { restart: Restart::Always as u8, ..Manifest::new("looper") },
    main: main,
}

fn main(init: &mut Init) -> Result<(), InitError> {
    if init.args() != "nothing" {
        init.reserve("looper", Version(1))?;
    }
    request::publish();
    fault::read_address_zero()
}
