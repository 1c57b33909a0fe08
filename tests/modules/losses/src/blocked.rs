//! A calls B calls C, and C hangs, so that B waits to be received: B is killed, C is killed, C is unloaded, both are
//! killed, one right after the other.

use ipc_proto::ids::Generation;
use ipc_proto::name::Name;
use ipc_proto::operator::{Act, Since, State};
use ipc_proto::version::VersionRange;
use module_rt::{InitError, clock, init, log};
use operate as ask;
use operate::loser::patient;
use operate::relay::{FORWARD, NAME, NOT_DELIVERED, SERVED, VERSION};

use crate::{SLACK, SOON, connect, expect, had, is_alive, timed, wrong};

/// How much later than the one the other is killed, in nanoseconds.
const THEN: u64 = 100_000;

/// Waits until this generation is live.
fn await_generation(name: Name, generation: Generation) -> Result<(), InitError> {
    let end = clock::now().saturating_add(SOON);
    while ask::generation_of(name)? != generation || ask::state_of(name)? != Some(State::Live) {
        if clock::now() > end {
            return Err(wrong(format_args!("{name} is not live again as generation {generation}")));
        }
        module_rt::yield_now();
    }
    Ok(())
}

pub fn all(loser: Name, caller: Name) -> Result<(), InitError> {
    let relay = ask::name(NAME)?;
    let mut first = ask::load_live(loser)?;
    let mut middle = ask::load_live(relay)?;
    let server = init::lookup(NAME, VersionRange::exactly(VERSION))?;
    let forward = || timed(server, patient(FORWARD));
    let next = |of: Generation| of.next().unwrap_or(Generation::NONE);

    ask::load_with(caller, "hang")?;
    ask::after(relay, Act::Crash, SOON, Since::Now)?;
    expect("the middle one is killed", forward(), had(middle, next(middle)), 0, SOON)?;
    middle = next(middle);
    ask::crash_now(loser)?;
    ask::await_exit(caller)?;
    first = next(first);
    // What the dead one had sent is not in the queue any more.
    is_alive(connect()?, 1)?;
    log!("the one in the middle is killed while it is queued: its caller is told, and its own call is gone");

    ask::load_with(caller, "hang")?;
    ask::after(loser, Act::Crash, SOON, Since::Now)?;
    expect("the last one is killed", forward(), Ok([SERVED, 1, 0, 0]), 0, SOON.saturating_add(SLACK))?;
    ask::await_exit(caller)?;
    first = next(first);
    log!("the last one is killed: the next instance serves, and the answer goes all the way back");

    for (earlier, later) in [(relay, loser), (loser, relay)] {
        ask::load_with(caller, "hang")?;
        ask::after(earlier, Act::Crash, SOON, Since::Now)?;
        ask::after(later, Act::Crash, SOON.saturating_add(THEN), Since::Now)?;
        let outcome = forward();
        // Killed after the last one, it may have had its answer, and answered.
        let served = later == relay && outcome.0 == Ok([SERVED, 1, 0, 0]);
        if !served {
            let limit = SOON.saturating_add(THEN);
            expect("both are killed", outcome, had(middle, next(middle)), 0, limit)?;
        }
        ask::await_exit(caller)?;
        await_generation(relay, next(middle))?;
        await_generation(loser, next(first))?;
        (middle, first) = (next(middle), next(first));
        expect("afterwards", forward(), Ok([SERVED, 1, 0, 0]), 0, SLACK)?;
    }
    log!("both are killed, in either order: one answer, and both serve again");

    ask::load_with(caller, "hang")?;
    ask::after(loser, Act::UnloadNow, SOON, Since::Now)?;
    expect("the last one is unloaded", forward(), Ok([NOT_DELIVERED, 0, 0, 0]), 0, SOON)?;
    ask::unload(relay)?;
    log!("the last one is unloaded: the one in the middle is told, and says so");
    Ok(())
}
