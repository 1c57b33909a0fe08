//! Looks names up, and registers them, that it may not: what it is told about one that exists, and what that costs, is
//! what it is told about one that does not.
//!
//! Arguments: a name that exists, one that does not, and one that does not and that it may look up. It may neither look up
//! nor register the first two, and the three have as many characters. With `wait` in front of them it is told how waits for
//! them end, and not what they cost.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::time::Duration;

use ipc_proto::names::NameFailure;
use ipc_proto::registrar::Refusal;
use ipc_proto::version::{Version, VersionRange};
use module_rt::init::{NamesError, list, lookup};
use module_rt::{Init, InitError, Manifest, Restart, WaitError, clock, log, lookup_waiting};

module_rt::program! {
    manifest: Manifest { restart: Restart::Never as u8, ..Manifest::new("seeker") },
    main: main,
}

/// The clock of aarch64 advances in steps of 16 instructions: so many questions in one measurement.
const QUESTIONS: u32 = 16;
/// What the clock's steps leave unknown of one, and what the rest of the system does in the meantime. A question to the
/// supervisor more or less would be thousands.
const UNKNOWN: u64 = 8;
/// Of so many measurements the one in the middle counts: in some others somebody else has run.
const MEASUREMENTS: usize = 9;
/// In versions that nobody offers, that somebody does, and in any.
const VERSIONS: [VersionRange; 3] =
    [VersionRange::exactly(Version(9)), VersionRange::exactly(Version(1)), VersionRange::ANY];

fn failed(what: core::fmt::Arguments<'_>) -> InitError {
    InitError::new(2, what)
}

/// How many instructions a question about each of the names takes. They are asked in turns, so that all of them meet the
/// system in the same states.
fn costs(names: [&str; 3], mut ask: impl FnMut(&str)) -> [u64; 3] {
    let mut took = [[0; MEASUREMENTS]; 3];
    for turn in 0..MEASUREMENTS {
        for (took, name) in took.iter_mut().zip(names) {
            let began = clock::now();
            for _ in 0..QUESTIONS {
                ask(name);
            }
            if let Some(took) = took.get_mut(turn) {
                *took = clock::now().saturating_sub(began);
            }
        }
    }
    took.map(|mut took| {
        let (_, middle, _) = took.select_nth_unstable(MEASUREMENTS / 2);
        middle.checked_div(u64::from(QUESTIONS)).unwrap_or_default()
    })
}

/// Every name is answered in the same way, and those that it may not have at the same cost.
fn same(
    what: &str,
    names: [&str; 3],
    expected: NamesError,
    mut ask: impl FnMut(&str) -> Result<(), NamesError>,
) -> Result<(), InitError> {
    for name in names {
        let told = ask(name);
        if told != Err(expected) {
            return Err(failed(format_args!("{what} of {name}: {told:?}")));
        }
    }
    let [exists, missing, allowed] = costs(names, |name| {
        core::hint::black_box(ask(name)).ok();
    });
    log!("{what}: {exists} instructions where it exists, {missing} where not; {allowed} where it may");
    if exists.abs_diff(missing) > UNKNOWN {
        return Err(failed(format_args!("{what}: {exists} and {missing} instructions")));
    }
    Ok(())
}

fn wait_for(names: [&str; 3]) -> Result<(), InitError> {
    for name in names {
        let began = clock::now();
        let told = lookup_waiting(name, VersionRange::ANY, Duration::from_millis(1));
        let waited = clock::now().saturating_sub(began);
        let in_vain = matches!(told, Err(WaitError::TimedOut { failure: NameFailure::NotFound, .. }));
        if !in_vain || !(1_000_000..2_000_000).contains(&waited) {
            return Err(failed(format_args!("{name}: {told:?} after {waited} ns")));
        }
    }
    log!("waited in vain for all of them, for a millisecond each");
    Ok(())
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let args = init.args();
    let mut words = args.split(' ');
    let mut next = || words.next().unwrap_or_default();
    let usage = || InitError::new(1, format_args!("usage: [wait] EXISTS MISSING ALLOWED"));
    let first = next();
    let waits = first == "wait";
    let names = [if waits { next() } else { first }, next(), next()];
    if names.iter().any(|name| name.is_empty()) {
        return Err(usage());
    }
    if waits {
        return wait_for(names);
    }
    let missing = NamesError::Refused(NameFailure::NotFound);
    for versions in VERSIONS {
        same("lookup", names, missing, |name| lookup(name, versions).map(drop))?;
    }
    let [exists, missing, _] = names;
    let refused = NamesError::Refused(NameFailure::Supervisor(Refusal::NotGranted));
    same("registration", [exists, missing, missing], refused, |name| {
        init.reserve(name, Version(1)).map(drop)
    })?;
    if list(0) != Err(NamesError::Refused(NameFailure::NotOperator)) {
        return Err(failed(format_args!("it may list all names")));
    }
    Ok(())
}
