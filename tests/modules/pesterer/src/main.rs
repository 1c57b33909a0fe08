//! Calls `echo` for ever, each time with a deadline that is over at the supervisor's next look, and has it look as often as it
//! may: there is hardly a moment in which no call is being taken back.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo;
use ipc_proto::method::{Deadline, Method};
use ipc_proto::version::VersionRange;
use module_rt::{Init, InitError, Manifest, request};

module_rt::program! {
    manifest: Manifest { deadline_micros: 4000, ..Manifest::new("pesterer") },
    main: main,
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let echo = init.connect(echo::NAME, VersionRange::exactly(echo::VERSION))?;
    // Whoever loads it waits for that.
    request::publish();
    let words = Method::new(echo::WORDS).within(Deadline::micros(1));
    loop {
        let _ = echo.call_words(words, [0; 4]);
    }
}
