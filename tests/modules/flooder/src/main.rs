//! Floods somebody as fast as it can, for ever.
//!
//! Arguments: whom. `supervisor`: with requests that are answered; `sends`: with messages that need no answer; `log`;
//! `names`; `echo`; `nobody`: it only keeps the processor.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::sync::atomic::{AtomicU64, Ordering};

use ipc_proto::version::VersionRange;
use ipc_proto::{echo, slots};
use module_rt::{Init, InitError, Manifest, Restart, init, log, request};
use sel4::{MessageInfoBuilder, cap};

module_rt::program! {
    manifest: Manifest { restart: Restart::Never as u8, ..Manifest::new("flooder") },
    main: main,
}

static TURNS: AtomicU64 = AtomicU64::new(0);

fn main(given: &mut Init) -> Result<(), InitError> {
    let whom = given.args();
    let echo = match whom.as_str() {
        "echo" => Some(given.connect(echo::NAME, VersionRange::exactly(echo::VERSION))?),
        "supervisor" | "sends" | "log" | "names" | "nobody" => None,
        other => return Err(InitError::new(1, format_args!("flood whom? not {other}"))),
    };
    // Whoever loads it waits for that.
    request::publish();
    loop {
        match whom.as_str() {
            "supervisor" => drop(request::args()),
            "sends" => {
                cap::Endpoint::from_bits(slots::SUPERVISOR).nb_send(MessageInfoBuilder::default().build())
            }
            "log" => log!("a line of log that nobody wants to read, once more and once more and once more"),
            // Nobody has that name.
            "names" => drop(init::lookup("nobody", VersionRange::ANY)),
            "echo" => {
                if let Some(echo) = echo {
                    echo.call_words(echo::WORDS, [0; 4])?;
                }
            }
            _ => {}
        }
        TURNS.fetch_add(1, Ordering::Relaxed);
    }
}
