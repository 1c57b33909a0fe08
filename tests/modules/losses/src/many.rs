//! Ten clients hold a thousand copies each of their capabilities to `loser`, when it is unloaded: how long that takes, in
//! which nobody else runs.

use ipc_proto::name::Name;
use ipc_proto::version::VersionRange;
use module_rt::{Connection, InitError, clock, init, log};
use operate as ask;
use operate::hoard;

use crate::wrong;

/// Names of copies of `hoard`.
const HOARDS: [&str; 10] = [
    "hoard-0", "hoard-1", "hoard-2", "hoard-3", "hoard-4", "hoard-5", "hoard-6", "hoard-7", "hoard-8",
    "hoard-9",
];
/// The longest time that it may take, in nanoseconds: 300 instructions for each capability.
const LONGEST: u64 = 3_000_000;

fn call(name: &str, method: u16, copies: u16) -> Result<u64, InitError> {
    let hoard: Connection = init::lookup(name, VersionRange::exactly(hoard::VERSION))?;
    let [held, ..] = hoard.call_words(method, [u64::from(copies), 0, 0, 0])?;
    Ok(held)
}

pub fn all(loser: Name) -> Result<(), InitError> {
    ask::load_live(loser)?;
    for name in HOARDS {
        ask::load_with(ask::name(name)?, name)?;
        if call(name, hoard::FILL, hoard::MOST)? != u64::from(hoard::MOST) {
            return Err(wrong(format_args!("{name} did not fill its locker")));
        }
    }
    let began = clock::now();
    ask::unload_now(loser)?;
    let took = clock::now().saturating_sub(began);
    for name in HOARDS {
        let left = call(name, hoard::HELD, 0)?;
        if left != 0 {
            return Err(wrong(format_args!("{name} still holds {left} copies")));
        }
    }
    log!("{} copies taken back in {} us", HOARDS.len().saturating_mul(usize::from(hoard::MOST)), took / 1000);
    if took > LONGEST { Err(wrong(format_args!("that took longer than {LONGEST} ns"))) } else { Ok(()) }
}
