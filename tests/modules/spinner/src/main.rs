//! Never lets go of the processor, at the highest priority of modules.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use module_rt::{Init, InitError, Manifest, request};

module_rt::program! {
    manifest: Manifest::new("spinner"),
    main: main,
}

fn main(_: &mut Init) -> Result<(), InitError> {
    // Whoever loads it waits for that.
    request::publish();
    loop {
        core::hint::spin_loop();
    }
}
