//! Ten clients hold a thousand copies each of their capabilities to `loser`, when it is unloaded: how long that takes, and
//! how long somebody else waits meanwhile for the supervisor and for the name server.

use ipc_proto::name::Name;
use ipc_proto::operator::{Act, Since, State};
use ipc_proto::version::VersionRange;
use module_rt::{Connection, InitError, clock, init, log};
use operate as ask;
use operate::hoard;

use crate::wrong;

/// `hoard` and copies of it.
const HOARDS: [&str; 10] = [
    "hoard", "hoard-0", "hoard-1", "hoard-2", "hoard-3", "hoard-4", "hoard-5", "hoard-6", "hoard-7",
    "hoard-8",
];
/// The longest that all of it may take, in nanoseconds: what others do meanwhile included.
const LONGEST: u64 = 10_000_000;
/// The longest that a request may wait meanwhile: a turn of the worker, the end of the piece of a revoke that it falls
/// into, and the answer.
const LONGEST_WAIT: u64 = 200_000;
/// So many requests must have been answered meanwhile, at least.
const FEWEST: u32 = 10;

fn call(name: &str, method: u16, copies: u16) -> Result<u64, InitError> {
    let hoard: Connection = init::lookup(name, VersionRange::exactly(hoard::VERSION))?;
    let [held, ..] = hoard.call_words(method, [u64::from(copies), 0, 0, 0])?;
    Ok(held)
}

/// Does something, and remembers how long it took if that is longer than what was before.
fn time<T>(longest: &mut u64, what: impl FnOnce() -> Result<T, InitError>) -> Result<T, InitError> {
    let began = clock::now();
    let outcome = what()?;
    *longest = (*longest).max(clock::now().saturating_sub(began));
    Ok(outcome)
}

/// Has `loser` unloaded and asks for something all the time, until it is gone.
fn unload_and_ask(loser: Name) -> Result<(), InitError> {
    ask::after(loser, Act::UnloadNow, 0, Since::Now)?;
    let (mut supervisor, mut names, mut asked) = (0, 0, 0_u32);
    let began = clock::now();
    while let Some(state) = time(&mut supervisor, || ask::state_of(loser))? {
        time(&mut names, || Ok(init::lookup(hoard::NAME, VersionRange::exactly(hoard::VERSION)).map(drop)?))?;
        asked = asked.saturating_add(u32::from(state == State::Dead));
    }
    let took = clock::now().saturating_sub(began);
    log!(
        "{} copies taken back in {} us; meanwhile {asked} times asked, waited at most: supervisor {} us, name server {} us",
        HOARDS.len().saturating_mul(usize::from(hoard::MOST)),
        took / 1000,
        supervisor / 1000,
        names / 1000
    );
    if took > LONGEST || supervisor.max(names) > LONGEST_WAIT || asked < FEWEST {
        return Err(wrong(format_args!("not {LONGEST} ns, {LONGEST_WAIT} ns, {FEWEST} times")));
    }
    Ok(())
}

pub fn all(loser: Name) -> Result<(), InitError> {
    ask::load_live(loser)?;
    for name in HOARDS {
        ask::load_with(ask::name(name)?, name)?;
        if call(name, hoard::FILL, hoard::MOST)? != u64::from(hoard::MOST) {
            return Err(wrong(format_args!("{name} did not fill its locker")));
        }
    }
    unload_and_ask(loser)?;
    for name in HOARDS {
        let left = call(name, hoard::HELD, 0)?;
        if left != 0 {
            return Err(wrong(format_args!("{name} still holds {left} copies")));
        }
    }
    Ok(())
}
