//! Looks up two names again and again, at the modules' priority, and checks what it may never see.
//!
//! `pair A B END`: never one of A and B alone. `never A B END`: neither of them. It ends when END is published.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::manifest::Restart;
use ipc_proto::names::NameFailure;
use ipc_proto::version::VersionRange;
use module_rt::init::{NamesError, lookup};
use module_rt::{Init, InitError, Manifest, log, request};

module_rt::program! {
    manifest: Manifest { restart: Restart::Never as u8, ..Manifest::new("observer") },
    main: main,
}

fn sees(name: &str) -> Result<bool, InitError> {
    match lookup(name, VersionRange::ANY) {
        Ok(_) => Ok(true),
        Err(NamesError::Refused(NameFailure::NotFound)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let args = init.args().clone();
    let mut words = args.split(' ');
    let (Some(what), Some(a), Some(b), Some(end)) = (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(InitError::new(42, format_args!("usage: load observer pair|never A B END")));
    };
    request::publish();
    if what == "never" { never(a, b, end) } else { pair(a, b, end) }
}

/// Fails as soon as it sees either name.
fn never(a: &str, b: &str, end: &str) -> Result<(), InitError> {
    let mut looked = 0u32;
    while !sees(end)? {
        for name in [a, b] {
            if sees(name)? {
                return Err(InitError::new(41, format_args!("{name} was visible")));
            }
        }
        looked = looked.saturating_add(1);
        module_rt::yield_now();
    }
    log!("never saw {a} or {b}: looked {looked} times");
    Ok(())
}

/// Fails as soon as it sees one name without the other.
fn pair(a: &str, b: &str, end: &str) -> Result<(), InitError> {
    let (mut none, mut both, mut between, mut turn) = (0u32, 0u32, 0u32, false);
    while !sees(end)? {
        let (first, second) = if turn { (a, b) } else { (b, a) };
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
