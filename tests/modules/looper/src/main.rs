//! Crashes as soon as it has published, and is started again whatever happens: the fastest crash loop that there is. With
//! an argument it reserves no name, so that there can be many of it; with `at-once` an instance that is started again does
//! not come as far as its publish, either.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::ids::Generation;
use ipc_proto::version::Version;
use module_rt::{Init, InitError, Manifest, Restart, fault, request, start};

module_rt::program! {
    manifest: Manifest { restart: Restart::Always as u8, ..Manifest::new("looper") },
    main: main,
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let args = init.args();
    if args.is_empty() {
        init.reserve("looper", Version(1))?;
    } else if args == "at-once" && start::instance().generation != Generation(1) {
        fault::read_address_zero();
    }
    request::publish();
    fault::read_address_zero()
}
