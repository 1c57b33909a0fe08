//! Looks up two names again and again, at the modules' priority, and checks that it never sees one alone.
//!
//! It ends when the name `half-a` is published.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::names::NameFailure;
use ipc_proto::version::VersionRange;
use module_rt::init::{NamesError, lookup};
use module_rt::{Init, InitError, Manifest, log, request};

module_rt::program! {
    manifest: Manifest::new("observer"),
    main: main,
}

fn sees(name: &str) -> Result<bool, InitError> {
    match lookup(name, VersionRange::ANY) {
        Ok(_) => Ok(true),
        Err(NamesError::Refused(NameFailure::NotFound)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn main(_: &mut Init) -> Result<(), InitError> {
    request::publish();
    let (mut none, mut both, mut between, mut turn) = (0u32, 0u32, 0u32, false);
    while !sees("half-a")? {
        let (first, second) = if turn { ("twin-a", "twin-b") } else { ("twin-b", "twin-a") };
        turn = !turn;
        match (sees(first)?, sees(second)?) {
            (false, false) => none = none.saturating_add(1),
            (true, true) => both = both.saturating_add(1),
            // The publish, whole, came between the two lookups.
            (false, true) => between = between.saturating_add(1),
            // An unload, whole, can come between them too: it is one when both are gone now.
            (true, false) => {
                if sees(first)? {
                    return Err(InitError::new(40, format_args!("{first} was visible without {second}")));
                }
                between = between.saturating_add(1);
            }
        }
        module_rt::yield_now();
    }
    log!(
        "never saw one name alone: {none} times none, {both} times both, {between} times the change between"
    );
    Ok(())
}
