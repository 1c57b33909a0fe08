//! Calls `echo` and the supervisor while another module crashes and is restarted as fast as it can, and measures whether
//! that costs more than the restarts themselves.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo;
use ipc_proto::name::Name;
use ipc_proto::operator::State;
use ipc_proto::version::VersionRange;
use module_rt::init::lookup;
use module_rt::{Connection, Init, InitError, Manifest, clock, log};
use operate as ask;

module_rt::program! {
    manifest: Manifest { memory_bytes: 256 * 1024, ..Manifest::new("bystander") },
    main: main,
}

/// How often it is measured; the sums are compared.
const ROUNDS: u64 = 8;
/// Calls of `echo`, and as many requests of the supervisor, in one round: longer than all restarts together.
const CALLS: u32 = 1000;
/// In percent: what the restarts may cost a bystander, of what they cost alone.
const MOST: u64 = 110;

/// The work of a bystander.
fn work(echo: Connection, looper: Name) -> Result<(), InitError> {
    for _ in 0..CALLS {
        echo.call_words(echo::WORDS, [1, 2, 3, 4])?;
        let _ = ask::state_of(looper)?;
    }
    Ok(())
}

fn timed(work: impl FnOnce() -> Result<(), InitError>) -> Result<u64, InitError> {
    let start = clock::now();
    work()?;
    Ok(clock::now().saturating_sub(start))
}

/// Waits until the looper has used up its restarts, and does nothing else meanwhile.
fn wait_until_failed(looper: Name) -> Result<(), InitError> {
    while ask::state_of(looper)? != Some(State::Failed) {
        module_rt::yield_now();
    }
    Ok(())
}

fn main(_: &mut Init) -> Result<(), InitError> {
    let echo = lookup(echo::NAME, VersionRange::exactly(echo::VERSION))?;
    let looper = ask::name("looper")?;
    let (mut quiet, mut beside, mut alone) = (0_u64, 0_u64, 0_u64);
    for _ in 0..ROUNDS {
        ask::load_live(looper)?;
        alone = alone.saturating_add(timed(|| wait_until_failed(looper))?);
        // The same module is there, dead, in both.
        quiet = quiet.saturating_add(timed(|| work(echo, looper))?);
        ask::unload(looper)?;
        ask::load_live(looper)?;
        beside = beside.saturating_add(timed(|| work(echo, looper))?);
        if ask::state_of(looper)? != Some(State::Failed) {
            return Err(InitError::new(80, format_args!("the work ended before the restarts did")));
        }
        ask::unload(looper)?;
    }
    let cost = beside.saturating_sub(quiet);
    log!("{ROUNDS} crash loops took {alone} ns alone and cost a bystander {cost} ns");
    if cost.saturating_mul(100) > alone.saturating_mul(MOST) {
        return Err(InitError::new(81, format_args!("that is more than {MOST} % of what they take")));
    }
    Ok(())
}
