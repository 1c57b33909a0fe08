//! Calls `loser` in every way in which it loses calls, and leaves it alive, kills it or unloads it meanwhile; then the
//! same while another client hangs it. Arguments: `lost`, `queued`, `blocked`, `revoked`, `stopped`, `many`; or `departed`,
//! which is about its clients.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

mod blocked;
mod departed;
mod many;
mod revoked;
mod stopped;

use ipc_proto::ids::Generation;
use ipc_proto::method::Method;
use ipc_proto::name::Name;
use ipc_proto::operator::{Act, Part, ReportAnswer, Since};
use ipc_proto::version::VersionRange;
use module_rt::{CallError, Connection, Init, InitError, Manifest, clock, init, log, operator};
use operate as ask;
use operate::loser::{COUNT, MODULES, NAME, OWN, VERSION, WAYS, own, patient};

module_rt::program! {
    manifest: Manifest { memory_bytes: 256 * 1024, ..Manifest::new("losses") },
    main: main,
}

/// When the server is killed or unloaded, counted from just before the call: long before any deadline.
const SOON: u64 = 3_000_000;
/// How much later than it should an answer can come: the supervisor's turns, in which it also prints on a slow line.
const SLACK: u64 = 500_000;
/// So long after a death the dead are still there, where nobody has let go of the processor.
const NOT_YET_REAPED: u64 = 40_000;
/// It looks so often in the deadline of the manifest.
const LOOKS: u64 = 4;

type Outcome = Result<[u64; 4], CallError>;

fn wrong(what: core::fmt::Arguments<'_>) -> InitError {
    InitError::new(60, what)
}

fn connect() -> Result<Connection, InitError> {
    Ok(init::lookup(NAME, VersionRange::exactly(VERSION))?)
}

/// Makes a call; gives what came of it, and after how many nanoseconds.
fn timed(loser: Connection, method: Method) -> (Outcome, u64) {
    let start = clock::now();
    let outcome = loser.call_words(method, [0; 4]);
    (outcome, clock::now().saturating_sub(start))
}

/// The answer must be this one and come within this time.
fn expect(what: &str, got: (Outcome, u64), want: Outcome, from: u64, to: u64) -> Result<(), InitError> {
    let (outcome, after) = got;
    if outcome != want {
        return Err(wrong(format_args!("{what}: {outcome:?}, not {want:?}")));
    }
    if !(from..=to.saturating_add(SLACK)).contains(&after) {
        return Err(wrong(format_args!("{what}: after {after} ns, not {from} to {to}")));
    }
    Ok(())
}

/// The server goes on, holds nothing of the caller, and has received each call once.
fn is_alive(loser: Connection, received: u64) -> Result<(), InitError> {
    match loser.call_words(COUNT, [0; 4]) {
        Ok([count, held, ..]) if count == received && held <= 1 => Ok(()),
        other => Err(wrong(format_args!("the server has {other:?}, should have received {received}"))),
    }
}

/// An answer that says that the server had the call.
fn had(generation: Generation, next: Generation) -> Outcome {
    Err(CallError::Interrupted { generation, next })
}

fn lost(loser: Name) -> Result<(), InitError> {
    for (way, label) in WAYS {
        let first = ask::load_live(loser)?;
        let next = first.next().unwrap_or(Generation::NONE);
        let server = connect()?;
        // Left alive: by the manifest's deadline, and by one of its own.
        let (deadline, own_deadline) = (u64::from(MODULES) * 1000, u64::from(OWN) * 1000);
        let same = had(first, first);
        expect(way, timed(server, label.into()), same, deadline, deadline)?;
        is_alive(server, 2)?;
        let late = own_deadline.saturating_add(deadline / LOOKS);
        expect(way, timed(server, own(label)), same, own_deadline, late)?;
        is_alive(server, 4)?;
        // Killed.
        ask::after(loser, Act::Crash, SOON, Since::Now)?;
        expect(way, timed(server, patient(label)), had(first, next), 0, SOON)?;
        // Whoever has that answer knows of the death before the dead are reaped, and asks.
        match operator::ask_report(loser, Part::Death)? {
            ReportAnswer::Death(death) if death.instance.generation == first => {}
            other => return Err(wrong(format_args!("{way}: what is reported of the death: {other:?}"))),
        }
        is_alive(server, 1)?;
        // Unloaded.
        ask::after(loser, Act::UnloadNow, SOON, Since::Now)?;
        expect(way, timed(server, patient(label)), had(next, Generation::NONE), 0, SOON)?;
        log!("{way}: answered at each deadline, at the crash (which is reported), at the unload");
    }
    Ok(())
}

fn queued(loser: Name, caller: Name) -> Result<(), InitError> {
    let deadline = u64::from(MODULES) * 1000;
    let not_delivered = Err(CallError::NotDelivered);
    let first = ask::load_live(loser)?;
    let server = connect()?;
    ask::load_with(caller, "hang")?;
    expect("at the deadline", timed(server, COUNT.into()), not_delivered, deadline, deadline)?;
    log!("queued at a server that hangs: not delivered, at the deadline");
    ask::after(loser, Act::Crash, SOON, Since::Now)?;
    expect("at the crash", timed(server, patient(COUNT)), Ok([1, 0, 0, 0]), 0, SOON.saturating_add(SLACK))?;
    log!("queued at a server that is killed: served by the next instance");
    ask::await_exit(caller)?;
    ask::load_with(caller, "hang")?;
    ask::after(loser, Act::UnloadNow, SOON, Since::Now)?;
    expect("at the unload", timed(server, patient(COUNT)), not_delivered, 0, SOON)?;
    log!("queued at a server that is unloaded: not delivered; generation {first} and its successor are gone");
    ask::load_live(loser)?;
    let server = connect()?;
    is_alive(server, 1)?;
    ask::after(loser, Act::Crash, SOON, Since::Now)?;
    let dead = clock::now().saturating_add(SOON).saturating_add(NOT_YET_REAPED);
    // Whoever lets go of the processor lets the dead be reaped.
    while clock::now() < dead {}
    expect("after its death", timed(server, patient(COUNT)), Ok([1, 0, 0, 0]), 0, SLACK)?;
    log!("queued at a server that is dead, and not reaped yet: served by the next instance");
    ask::unload(loser)
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let loser = ask::name(NAME)?;
    match init.args().as_str() {
        "lost" => lost(loser),
        "queued" => queued(loser, ask::name("caller")?),
        "blocked" => blocked::all(loser, ask::name("caller")?),
        "revoked" => revoked::all(loser, ask::name("caller")?),
        "stopped" => stopped::all(loser, ask::name("caller")?),
        "departed" => departed::all(),
        "many" => many::all(loser),
        other => Err(wrong(format_args!(
            "usage: lost, queued, blocked, revoked, stopped, departed or many, not `{other}`"
        ))),
    }
}
