//! Clients' capabilities to `loser` are taken back: idle, queued, in service, in the middle of a chain, with copies,
//! passed on; while it serves everybody else.

use ipc_proto::echo;
use ipc_proto::ids::Generation;
use ipc_proto::name::Name;
use ipc_proto::operator::{Act, Since};
use ipc_proto::version::VersionRange;
use module_rt::{CallError, Connection, InitError, clock, init, log};
use operate as ask;
use operate::loser::{COUNT, KEEP, NAP, patient};
use operate::{hoard, relay, taker, tally};

use crate::stopped::NAP_MICROS;
use crate::{SLACK, SOON, connect, expect, had, is_alive, timed, wrong};

fn gone(loser: Connection) -> Result<(), InitError> {
    match loser.call_words(COUNT, [0; 4]) {
        Err(CallError::Gone) => Ok(()),
        other => Err(wrong(format_args!("a capability that was taken back gave {other:?}"))),
    }
}

pub fn all(loser: Name, caller: Name) -> Result<(), InitError> {
    let me = ask::name("losses")?;
    let first = ask::load_live(loser)?;
    calls(loser, me, first)?;
    queued(loser, me, caller)?;
    chain(loser, caller)?;
    copies(loser)?;
    expelled()
}

fn calls(loser: Name, me: Name, first: Generation) -> Result<(), InitError> {
    let server = connect()?;
    is_alive(server, 1)?;
    ask::revoke(loser, me, 1)?;
    gone(server)?;
    ask::revoke(loser, me, 0)?;
    is_alive(connect()?, 2)?;
    log!("idle: the capability is gone, and a new one serves");

    for (method, nap) in [(KEEP, 0), (NAP, NAP_MICROS)] {
        let server = connect()?;
        let start = clock::now();
        ask::after(loser, Act::Revoke(me), SOON, Since::Now)?;
        let outcome = server.call_words(patient(method), [nap, 0, 0, 0]);
        expect("in service", (outcome, clock::now().saturating_sub(start)), had(first, first), 0, SOON)?;
        gone(server)?;
    }
    is_alive(connect()?, 5)?;
    log!("in service: interrupted once, and the server goes on");
    Ok(())
}

fn queued(loser: Name, me: Name, caller: Name) -> Result<(), InitError> {
    let server = connect()?;
    ask::load_with(caller, "hang")?;
    ask::after(loser, Act::Revoke(me), SOON, Since::Now)?;
    expect("queued", timed(server, patient(COUNT)), Err(CallError::Revoked), 0, SOON)?;
    // The other one's call is still in service.
    if !ask::is_loaded(caller)? {
        return Err(wrong(format_args!("the call of another client has ended")));
    }
    ask::crash_now(loser)?;
    ask::await_exit(caller)?;
    is_alive(connect()?, 1)?;
    log!("queued: revoked, and never executed; the other one's call lasts");
    Ok(())
}

fn chain(loser: Name, caller: Name) -> Result<(), InitError> {
    let middle = ask::name(relay::NAME)?;
    ask::load_live(middle)?;
    ask::load_with(caller, "hang")?;
    let server = init::lookup(relay::NAME, VersionRange::exactly(relay::VERSION))?;
    ask::after(loser, Act::Revoke(middle), SOON, Since::Now)?;
    let revoked = Ok([relay::REVOKED, 0, 0, 0]);
    expect("the middle one's", timed(server, patient(relay::FORWARD)), revoked, 0, SOON)?;
    ask::crash_now(loser)?;
    ask::await_exit(caller)?;
    expect("afterwards", timed(server, patient(relay::FORWARD)), Ok([relay::SERVED, 1, 0, 0]), 0, SLACK)?;
    ask::unload(middle)?;
    log!("a chain, taken back in the middle: it is told, and goes on with a new capability");
    Ok(())
}

fn copies(loser: Name) -> Result<(), InitError> {
    let (hoarder, third) = (ask::name(hoard::NAME)?, ask::name(taker::NAME)?);
    ask::load_live(hoarder)?;
    ask::load_live(third)?;
    let hoard = init::lookup(hoard::NAME, VersionRange::exactly(hoard::VERSION))?;
    let taker = init::lookup(taker::NAME, VersionRange::exactly(echo::VERSION))?;
    let count = |what: &str, method: u16, copies: u16, want: u16| match hoard
        .call_words(patient(method), [u64::from(copies), 0, 0, 0])
    {
        Ok([held, ..]) if held == u64::from(want) => Ok(()),
        other => Err(wrong(format_args!("{what}: {other:?}, not {want} copies"))),
    };
    let passed_on = |want: u64| match taker.call_words(taker::HELD, [0; 4]) {
        Ok([held, ..]) if held == want => Ok(()),
        other => Err(wrong(format_args!("passed on: {other:?}, not {want}"))),
    };
    for copies in [1, hoard::MOST] {
        count("filled", hoard::FILL, copies, copies)?;
        count("given", hoard::GIVE, 0, copies)?;
        passed_on(1)?;
        ask::revoke(loser, hoarder, 1)?;
        count("taken back", hoard::HELD, 0, 0)?;
        passed_on(0)?;
        // A new capability revives no old copy.
        count("connected again", hoard::FILL, 0, 0)?;
        passed_on(0)?;
        log!("{copies} copies, and one passed on: all gone");
    }
    is_alive(connect()?, 2)
}

/// The server itself takes a capability back.
fn expelled() -> Result<(), InitError> {
    let server = ask::name(tally::NAME)?;
    let generation = ask::load_live(server)?;
    let connect = || init::lookup(tally::NAME, VersionRange::exactly(tally::VERSION));
    let own = connect()?;
    expect("expelled", timed(own, tally::EXPEL.into()), had(generation, generation), 0, SLACK)?;
    match (own.call_words(tally::ADD, [0; 4]), connect()?.call_words(tally::ADD, [0; 4])) {
        // It was executed, though its answer reached nobody.
        (Err(CallError::Gone), Ok([2, 1, 2, 0])) => {}
        other => return Err(wrong(format_args!("after it was expelled: {other:?}"))),
    }
    log!("by the server: interrupted, gone, and connected anew");
    Ok(())
}
