//! Unloads `loser` in two stages while it has calls: finished, cut off, taken back, dead in between.

use ipc_proto::ids::Generation;
use ipc_proto::name::Name;
use ipc_proto::names::NameFailure;
use ipc_proto::operator::{Act, Since};
use ipc_proto::version::VersionRange;
use module_rt::init::{NamesError, lookup};
use module_rt::{CallError, Connection, InitError, clock, log};
use operate as ask;
use operate::loser::{COUNT, DIE, MODULES, NAME, NAP, VERSION, patient};

use crate::{SLACK, connect, expect, had, is_alive, wrong};

/// When the stop begins, in nanoseconds from just before the call.
const STOP: u64 = 1_000_000;
/// When it is taken back.
const CANCEL: u64 = 2_000_000;
/// How long the call in service lasts, in microseconds and in nanoseconds.
pub const NAP_MICROS: u64 = 4000;
const NAP_NANOS: u64 = NAP_MICROS * 1000;

fn nap(loser: Connection, method: u16, micros: u64) -> (Result<[u64; 4], CallError>, u64) {
    let start = clock::now();
    let outcome = loser.call_words(patient(method), [micros, 0, 0, 0]);
    (outcome, clock::now().saturating_sub(start))
}

/// The old capability reaches nothing, and the name is nobody's.
fn is_gone(loser: Connection) -> Result<(), InitError> {
    let call = loser.call_words(COUNT, [0; 4]);
    let found = lookup(NAME, VersionRange::exactly(VERSION));
    match (call, found) {
        (Err(CallError::Gone), Err(NamesError::Refused(NameFailure::NotFound))) => Ok(()),
        other => Err(wrong(format_args!("after the unload: {other:?}"))),
    }
}

pub fn all(loser: Name, caller: Name) -> Result<(), InitError> {
    alone(loser)?;
    with_another(loser, caller)
}

/// This client's own call is in service.
fn alone(loser: Name) -> Result<(), InitError> {
    ask::load_live(loser)?;
    let server = connect()?;
    ask::after(loser, Act::Unload, STOP, Since::Now)?;
    expect("finished", nap(server, NAP, NAP_MICROS), Ok([1, 0, 0, 0]), NAP_NANOS, NAP_NANOS)?;
    is_gone(server)?;
    log!("a call in service is finished, and then the server is gone");

    let generation = ask::load_live(loser)?;
    let server = connect()?;
    ask::after(loser, Act::Unload, STOP, Since::Now)?;
    ask::after(loser, Act::CancelUnload, CANCEL, Since::Now)?;
    expect("taken back", nap(server, NAP, NAP_MICROS), Ok([1, 0, 0, 0]), NAP_NANOS, NAP_NANOS)?;
    is_alive(server, 2)?;
    is_alive(connect()?, 3)?;
    log!("a stop is taken back, and the server goes on");

    let end = STOP.saturating_add(u64::from(MODULES) * 1000);
    ask::after(loser, Act::Unload, STOP, Since::Now)?;
    let cut = had(generation, Generation::NONE);
    expect("cut off", nap(server, NAP, NAP_MICROS.saturating_mul(100)), cut, end, end)?;
    is_gone(server)?;
    log!("a call that lasts too long is cut off at the deadline");

    let generation = ask::load_live(loser)?;
    let server = connect()?;
    ask::after(loser, Act::Unload, STOP, Since::Now)?;
    let dead = had(generation, Generation::NONE);
    expect("died", nap(server, DIE, NAP_MICROS), dead, NAP_NANOS, NAP_NANOS)?;
    is_gone(server)?;
    log!("a server that dies while it is being stopped is not started again");
    Ok(())
}

/// Waits for a moment, and lets others run.
pub fn sleep(nanoseconds: u64) {
    let end = clock::now().saturating_add(nanoseconds);
    while clock::now() < end {
        module_rt::yield_now();
    }
}

/// Another client's call is in service, and this one's is queued, or it looks on.
fn with_another(loser: Name, caller: Name) -> Result<(), InitError> {
    let queued = |server: Connection| nap(server, COUNT, 0);
    ask::load_live(loser)?;
    let server = connect()?;
    ask::load_with(caller, "nap 4000")?;
    ask::after(loser, Act::Unload, STOP, Since::Now)?;
    ask::after(loser, Act::CancelUnload, CANCEL, Since::Now)?;
    expect("queued, taken back", queued(server), Ok([2, 0, 0, 0]), CANCEL, NAP_NANOS)?;
    ask::await_exit(caller)?;
    log!("a call that is queued is served as if nothing had happened when the stop is taken back");

    ask::load_with(caller, "nap 4000")?;
    ask::after(loser, Act::Unload, STOP, Since::Now)?;
    expect("queued, unloaded", queued(server), Err(CallError::NotDelivered), CANCEL, NAP_NANOS)?;
    is_gone(server)?;
    ask::await_exit(caller)?;
    log!("a call that is queued is not delivered when the server is gone");

    ask::load_live(loser)?;
    ask::load_with(caller, "nap 4000")?;
    ask::after(loser, Act::Unload, 0, Since::Now)?;
    sleep(SLACK);
    match lookup(NAME, VersionRange::exactly(VERSION)) {
        Err(NamesError::Refused(NameFailure::NotFound)) => {}
        other => return Err(wrong(format_args!("a lookup while it is stopping: {other:?}"))),
    }
    ask::cancel_unload(loser)?;
    is_alive(connect()?, 2)?;
    ask::await_exit(caller)?;
    ask::unload(loser)?;
    log!("nobody finds a server that is stopping, and everybody finds it when that is taken back");
    Ok(())
}
