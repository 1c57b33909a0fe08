//! Loads, calls, crashes and unloads at random but repeatable moments, and checks after each cycle that nothing is lost.
//!
//! Arguments: `CYCLES SEED`. Every cycle loads `echo`, and every few `echo-client`, which calls it; then so many of: a
//! call by this module, a call through `echo-client`, a crash some instructions later; then an unload, at whatever
//! moment that is, in two stages or at once. `crowd` calls `echo` all the time. The seed decides all of it.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::name::Name;
use ipc_proto::operator::{MemoryInfo, Since, State};
use module_rt::{CallError, Connection, Init, InitError, Manifest};
use operate::random::Random;

module_rt::program! {
    manifest: Manifest { memory_bytes: 256 * 1024, ..Manifest::new("soak") },
    main: main,
}

/// The most steps of a cycle.
const MAX_STEPS: u64 = 12;
/// A crash comes at most so many nanoseconds after it was asked for: a start and some calls.
const LATEST: u64 = 40_000;
/// How many crashes the restart budget allows for one load.
const MAX_CRASHES: u32 = 5;
/// The kernel proves memory whole after every so many cycles; the books are compared after each.
const PROVE_EVERY: u32 = 16;
/// Everything free is made into objects of its whole size after so many cycles.
const RETYPE_EVERY: u32 = 500;
/// Progress is told after so many cycles.
const TELL_EVERY: u32 = 1_000;

/// What was seen.
#[derive(Default)]
struct Counts {
    answered: u64,
    interrupted: u64,
    not_executed: u64,
    crashes: u64,
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let outcome = soak(init.args().as_str());
    let code = u8::from(outcome.is_err());
    if let Err(error) = &outcome {
        operate::print(format_args!("soak: error {}: {}\n", error.code, error.reason))?;
    }
    operate::print(format_args!("\x1b]7780;halt;{code}\x07"))?;
    outcome
}

fn soak(args: &str) -> Result<(), InitError> {
    let usage = || InitError::new(10, format_args!("usage: CYCLES SEED"));
    let (cycles, seed) = args.split_once(' ').ok_or_else(usage)?;
    let cycles: u32 = cycles.parse().map_err(|_| usage())?;
    let seed: u64 = seed.parse().map_err(|_| usage())?;
    // A state of zero would stay zero.
    let mut random = Random::new(seed | 1 << 63);
    let (echo, client) = (operate::name("echo")?, operate::name("echo-client")?);
    let mut counts = Counts::default();
    let crowd = operate::name("crowd")?;
    operate::load_live(crowd)?;
    // The first cycles cut untyped memory into pieces, which are then used again.
    for _ in 0..2 {
        operate::load(echo)?;
        operate::load(client)?;
        operate::unload(client)?;
        operate::unload(echo)?;
    }
    let before = operate::books()?;
    for number in 1..=cycles {
        cycle(echo, client, &mut random, &mut counts)
            .map_err(|error| InitError::new(error.code, format_args!("cycle {number}: {}", error.reason)))?;
        check(number, &before)?;
        if operate::state_of(crowd)? != Some(State::Live) {
            return Err(InitError::new(16, format_args!("cycle {number}: the crowd got a wrong answer")));
        }
        if number.is_multiple_of(TELL_EVERY) || number == cycles {
            let Counts { answered, interrupted, not_executed, crashes } = counts;
            operate::print(format_args!(
                "soak: {number} cycles, {crashes} crashes; calls: {answered} answered, {interrupted} interrupted, \
                 {not_executed} not executed\n"
            ))?;
        }
    }
    Ok(())
}

fn check(number: u32, before: &MemoryInfo) -> Result<(), InitError> {
    let after = operate::books()?;
    if (after.free_bytes, after.used_slots) != (before.free_bytes, before.used_slots) {
        return Err(InitError::new(
            11,
            format_args!(
                "after cycle {number}: {} B, {} slots, was {}, {}",
                after.free_bytes, after.used_slots, before.free_bytes, before.used_slots
            ),
        ));
    }
    let whole = match number {
        _ if number.is_multiple_of(RETYPE_EVERY) => operate::is_whole_by_retyping()?,
        _ if number.is_multiple_of(PROVE_EVERY) => operate::is_whole()?,
        _ => true,
    };
    if !whole {
        return Err(InitError::new(12, format_args!("after cycle {number}: kernel and books differ")));
    }
    Ok(())
}

fn cycle(echo: Name, client: Name, random: &mut Random, counts: &mut Counts) -> Result<(), InitError> {
    operate::load(echo)?.ok_or_else(|| InitError::new(13, format_args!("echo did not become live")))?;
    let through = match random.below(3) {
        0 => None,
        _ => {
            operate::load(client)?;
            Some(operate::connect("echo-client")?)
        }
    };
    let direct = operate::connect("echo")?;
    // After every publish.
    operate::is_as_granted(echo)?;
    if through.is_some() {
        operate::is_as_granted(client)?;
    }
    let mut crashes = 0;
    for _ in 0..random.below(MAX_STEPS) {
        let_others_run(random);
        match (random.below(3), through) {
            (0, _) if crashes < MAX_CRASHES => {
                crashes = crashes.saturating_add(1);
                // Where it is being restarted at this moment, there is nothing to crash.
                if operate::crash_after(echo, random.below(LATEST), Since::Now).is_ok() {
                    counts.crashes = counts.crashes.saturating_add(1);
                }
            }
            (1, Some(through)) => call(through, counts)?,
            _ => call(direct, counts)?,
        }
    }
    let_others_run(random);
    // The clients may go first or last.
    if through.is_some() && random.below(2) == 0 {
        operate::unload(client)?;
        end(echo, random)
    } else {
        end(echo, random)?;
        if through.is_some() { operate::unload(client) } else { Ok(()) }
    }
}

/// The crowd gets into its calls, and out of them.
fn let_others_run(random: &mut Random) {
    for _ in 0..random.below(4) {
        module_rt::yield_now();
    }
}

/// Unloads, in two stages or at once. Somebody may be inside a call to it.
fn end(echo: Name, random: &mut Random) -> Result<(), InitError> {
    if random.below(2) == 0 { operate::unload_now(echo) } else { operate::unload_in_stages(echo) }
}

/// One call: whatever happened, it has come back with an answer that there can be.
fn call(connection: Connection, counts: &mut Counts) -> Result<(), InitError> {
    let count = match operate::say(connection) {
        Ok(said) if said.text == "cba" => &mut counts.answered,
        Ok(said) => return Err(InitError::new(14, format_args!("the answer is `{}`", said.text))),
        Err(CallError::Interrupted { .. }) => &mut counts.interrupted,
        Err(CallError::NotDelivered) => &mut counts.not_executed,
        Err(error) => return Err(InitError::new(15, format_args!("{error}"))),
    };
    *count = count.saturating_add(1);
    Ok(())
}
