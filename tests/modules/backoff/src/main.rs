//! Kills `echo` until it has failed: how long each restart waits, that a call meanwhile is served by the next instance, how
//! soon a call to what has failed is answered, and that it is served again when it was brought back; and that who waits for
//! a restart is answered where an unload comes first.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo;
use ipc_proto::ids::Generation;
use ipc_proto::name::Name;
use ipc_proto::operator::{Act, Answer, Request, Since};
use ipc_proto::version::VersionRange;
use module_rt::{CallError, Connection, Init, InitError, Manifest, clock, init, log, operator};

module_rt::program! {
    manifest: Manifest { memory_bytes: 256 * 1024, ..Manifest::new("backoff") },
    main: main,
}

/// How long the restarts wait, in milliseconds: the defaults of the system's manifest.
const DELAYS: [u64; 5] = [0, 10, 20, 40, 80];
/// How much longer a call takes that waits for a restart, in nanoseconds: death, load and init.
const SLACK: u64 = 1_000_000;
/// A call to what has failed goes to the supervisor and back.
const AT_ONCE: u64 = 10_000;

fn wrong(words: core::fmt::Arguments<'_>) -> InitError {
    InitError::new(90, words)
}

/// Makes a call; gives what came of it, and after how many nanoseconds.
fn timed(echo: Connection) -> (Result<[u64; 4], CallError>, u64) {
    let began = clock::now();
    let outcome = echo.call_words(echo::WORDS, [1, 2, 3, 4]);
    (outcome, clock::now().saturating_sub(began))
}

/// The call is served, after so long.
fn served(echo: Connection, from: u64, to: u64) -> Result<(), InitError> {
    match timed(echo) {
        (Ok(_), after) if (from..=to).contains(&after) => Ok(()),
        other => Err(wrong(format_args!("{other:?}, not served after {from} to {to} ns"))),
    }
}

/// Kills it.
fn kill(name: Name) -> Result<(), InitError> {
    let before = operate::generation_of(name)?;
    operate::after(name, Act::Crash, 0, Since::Now)?;
    // It dies in the turn in which the request is answered, or in the one behind it.
    while operate::is_running(name, before)? {
        module_rt::yield_now();
    }
    Ok(())
}

/// It waits for its restart, another client is queued at it, and it is unloaded: that one is told, and it stays away.
fn unloaded_meanwhile(name: Name, echo: Connection) -> Result<(), InitError> {
    let caller = operate::name("caller")?;
    operate::load_with(caller, "ask echo")?;
    kill(name)?;
    served(echo, 0, SLACK)?;
    kill(name)?;
    while !operate::is_reaped(name)? {
        module_rt::yield_now();
    }
    // Its next call finds nobody who receives it.
    module_rt::yield_now();
    operate::unload_now(name)?;
    operate::await_exit(caller)?;
    operate::load_live(name).map(drop)
}

fn main(_: &mut Init) -> Result<(), InitError> {
    let name = operate::name(echo::NAME)?;
    let echo = init::lookup(echo::NAME, VersionRange::exactly(echo::VERSION))?;
    for delay in DELAYS {
        kill(name)?;
        let nanoseconds = delay.saturating_mul(1_000_000);
        served(echo, nanoseconds.saturating_sub(SLACK), nanoseconds.saturating_add(SLACK))?;
    }
    log!("restarted after {DELAYS:?} ms, and the calls meanwhile were served");
    let crashed = operator::ask(&Request::Crash { name })?;
    let (outcome, after) = timed(echo);
    if (&crashed, &outcome) != (&Answer::Done, &Err(CallError::Failed)) || after > AT_ONCE {
        return Err(wrong(format_args!("{crashed:?}; a call came to {outcome:?} after {after} ns")));
    }
    log!("failed: a call is answered after {after} ns");
    match operator::ask(&Request::Restart { name })? {
        Answer::Loaded { instance, .. } if instance.generation > Generation(6) => {}
        other => return Err(wrong(format_args!("restart: {other:?}"))),
    }
    served(echo, 0, SLACK)?;
    log!("brought back: the same connection serves");
    unloaded_meanwhile(name, echo)
}
