//! Shares memory with `pane`, and sees what each of them finds there when the other one dies, is unloaded, or the
//! connection is taken back.
//!
//! Arguments: nothing, and it does all of that; or `live`: it opens a window, fills it, and stays, for others to kill it;
//! or `once`: it only shares memory with a server that is there, whatever is done to the two meanwhile.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::fmt::Arguments;

use ipc_proto::label::WORDS;
use ipc_proto::method::{Deadline, Method};
use ipc_proto::name::Name;
use ipc_proto::version::VersionRange;
use ipc_proto::window::{MAX_PAGES, PAGE_BYTES, WindowRefusal};
use module_rt::window::{OutOfWindow, Window, WindowError};
use module_rt::{CallError, Connection, Init, InitError, Manifest, Restart, log, request, yield_now};
use operate::pane::{ADD, DIE, LAST, LATE, NAME, VERSION};

module_rt::program! {
    manifest: Manifest { restart: Restart::Never as u8, memory_bytes: 256 * 1024, ..Manifest::new("glazier") },
    main: main,
}

/// The size of the windows here.
const PAGES: u8 = 4;
const BYTES: u64 = PAGES as u64 * PAGE_BYTES as u64;
/// What is written into each byte.
const MARK: u8 = 3;
/// What others call it, where it only stays.
const OTHER: &str = "glazier-2";

fn wrong(words: Arguments<'_>) -> InitError {
    InitError::new(70, words)
}

fn connect() -> Result<Connection, InitError> {
    operate::connect_to(NAME, VersionRange::exactly(VERSION))
}

fn open(pane: Connection) -> Result<Window, InitError> {
    pane.window(PAGES).map_err(|error| wrong(format_args!("no window: {error}")))
}

/// The sum of what is in the window.
fn sum(window: Window) -> u64 {
    let mut page = [0; 256];
    let pieces = (0..window.len()).step_by(page.len()).map(|offset| {
        // Inside the window.
        let _ = window.read(offset, &mut page);
        page.iter().map(|byte| u64::from(*byte)).sum::<u64>()
    });
    pieces.sum()
}

fn is(what: &str, got: u64, want: u64) -> Result<(), InitError> {
    if got == want { Ok(()) } else { Err(wrong(format_args!("{what}: {got}, and should be {want}"))) }
}

fn ask(pane: Connection, method: u16, words: [u64; 4]) -> Result<u64, InitError> {
    const { assert!(ADD & WORDS != 0) };
    let [sum, ..] = pane.call_words(method, words)?;
    Ok(sum)
}

/// Both write, and both see it; what is there at the beginning is nothing.
fn share() -> Result<(Connection, Window), InitError> {
    let pane = connect()?;
    let window = open(pane)?;
    is("a fresh window", sum(window), 0)?;
    for offset in 0..window.len() {
        window.write(offset, &[MARK]).map_err(|_| wrong(format_args!("cannot write at {offset}")))?;
    }
    let marks = BYTES.saturating_mul(u64::from(MARK));
    is(
        "what the server finds, and has added one to each",
        ask(pane, ADD, [0, 1, 0, 0])?,
        marks.saturating_add(BYTES),
    )?;
    is("what the client finds then", sum(window), marks.saturating_add(BYTES))?;
    if open(pane)? != window {
        return Err(wrong(format_args!("asked for again, it is another window")));
    }
    Ok((pane, window))
}

/// It is gone, and can still be read and written.
fn is_lost(window: Window) -> Result<(), InitError> {
    is("what is in a lost window", sum(window), 0)?;
    window.write(0, &[1]).map_err(|_| wrong(format_args!("a lost window cannot be written")))?;
    if sum(window) == 0 {
        return Err(wrong(format_args!("what is written into a lost window is not there")));
    }
    Ok(())
}

fn bounds() -> Result<(), InitError> {
    let pane = connect()?;
    let refused = |pages, why| match pane.window(pages) {
        Err(WindowError::Refused(told)) if told == why => Ok(()),
        other => Err(wrong(format_args!("{pages} pages: {other:?}"))),
    };
    refused(0, WindowRefusal::Size)?;
    refused(MAX_PAGES.saturating_add(1), WindowRefusal::Size)?;
    // The system's manifest grants this module 32 KiB.
    refused(9, WindowRefusal::NotGranted)?;
    let window = pane.window(8).map_err(|error| wrong(format_args!("8 pages: {error}")))?;
    refused(7, WindowRefusal::OtherSize)?;
    let mut byte = [0];
    let end = window.len();
    if (window.read(end.saturating_sub(1), &mut byte), window.read(end, &mut byte))
        != (Ok(()), Err(OutOfWindow))
    {
        return Err(wrong(format_args!("the window does not end at {end}")));
    }
    if Connection::in_slot(17).window(1) != Err(WindowError::Refused(WindowRefusal::NotConnected)) {
        return Err(wrong(format_args!("a window with nobody")));
    }
    Ok(())
}

/// A window of 8 pages is lost, and the next one has 1: whoever has an old view reads all of it still.
fn smaller(name: Name, me: Name) -> Result<(), InitError> {
    let page = u64::from(PAGE_BYTES);
    let pane = connect()?;
    let large = pane.window(8).map_err(|error| wrong(format_args!("8 pages: {error}")))?;
    is("what the server finds in 8 pages", ask(pane, ADD, [0, 1, 0, 0])?, page.saturating_mul(8))?;
    operate::revoke(name, me, 1)?;
    let pane = connect()?;
    let small = pane.window(1).map_err(|error| wrong(format_args!("1 page: {error}")))?;
    small.write(0, &[MARK]).map_err(|_| wrong(format_args!("cannot write")))?;
    is("what the server has of the larger one", ask(pane, LAST, [0; 4])?, 0)?;
    is("what the client has of it", sum(large), MARK.into())?;
    is("what the server finds", ask(pane, ADD, [0, 0, 0, 0])?, MARK.into())?;
    is("what the server has then", ask(pane, LAST, [0; 4])?, MARK.into())?;
    operate::revoke(name, me, 1)?;
    is("what the client has of both", sum(large).saturating_add(sum(small)), 0)
}

/// A call passes its deadline while the server is at work in the window: what that writes then is in no window of a later call.
fn late(name: Name, me: Name) -> Result<(), InitError> {
    let pane = connect()?;
    let window = open(pane)?;
    let fill = || {
        (0..window.len())
            .try_for_each(|offset| window.write(offset, &[MARK]))
            .map_err(|_| wrong(format_args!("cannot fill it")))
    };
    fill()?;
    let asked = pane.call_words(Method::new(LATE).within(Deadline::micros(5000)), [0, 0xee, 0, 0]);
    if !matches!(asked, Err(CallError::Interrupted { .. })) {
        return Err(wrong(format_args!("a server that waits for its client's loss gave {asked:?}")));
    }
    is("what is in the window of a call that was taken back", sum(window), 0)?;
    if open(pane)? != window {
        return Err(wrong(format_args!("the next one is somewhere else")));
    }
    fill()?;
    let marks = BYTES.saturating_mul(u64::from(MARK));
    is("what the server finds when it has come to the next call", ask(pane, ADD, [0; 4])?, marks)?;
    is("what the client finds then", sum(window), marks)?;
    operate::revoke(name, me, 1).map(drop)
}

fn all(pane: Name, me: Name) -> Result<(), InitError> {
    bounds()?;
    log!("each bound is told");
    operate::revoke(pane, me, 1)?;
    smaller(pane, me)?;
    log!("a smaller window: what is behind its end can be read by who has lost it");
    late(pane, me)?;
    log!("late: what a server writes after a deadline is its own");

    let (server, window) = share()?;
    operate::revoke(pane, me, 1)?;
    is_lost(window)?;
    if server.call_words(LAST, [0; 4]) != Err(CallError::Gone) {
        return Err(wrong(format_args!("the capability was not taken back")));
    }
    is("what the server finds where the client was revoked", ask(connect()?, LAST, [0; 4])?, 0)?;
    log!("revoked: both have lost it, both live");

    let (server, window) = share()?;
    match server.call_words(DIE, [0; 4]) {
        // In the turn of the death, before anybody else runs.
        Err(CallError::Interrupted { .. }) => {
            let asked = server.window(PAGES);
            if asked != Err(WindowError::Refused(WindowRefusal::NotConnected)) {
                return Err(wrong(format_args!("a window with a dead server: {asked:?}")));
            }
            is_lost(window)?;
        }
        other => return Err(wrong(format_args!("a server that dies gave {other:?}"))),
    }
    operate::await_live(pane)?;
    let (_, again) = share()?;
    if again != window {
        return Err(wrong(format_args!("the new window is somewhere else")));
    }
    log!("its server dies: lost in that turn; the next instance has a new one");

    // Another client dies, and the server goes on with what it had of it.
    let other = operate::name(OTHER)?;
    operate::load_with(other, "live")?;
    let marks = BYTES.saturating_mul(u64::from(MARK));
    let server = connect()?;
    is("what the server has of another client", ask(server, LAST, [0; 4])?, marks.saturating_add(BYTES))?;
    operate::crash_now(other).or_else(|_| operate::unload_now(other))?;
    is("what it has of it when that is dead", ask(server, LAST, [0; 4])?, 0)?;
    is("what this client has meanwhile", sum(again), marks.saturating_add(BYTES))?;
    if operate::is_loaded(other)? {
        operate::unload_now(other)?;
    }
    log!("another client dies: its memory is gone, this one's is not");

    operate::unload_now(pane)?;
    is_lost(again)?;
    log!("its server is unloaded: lost, and this module lives");
    if operate::is_whole()? { Ok(()) } else { Err(wrong(format_args!("kernel and books differ"))) }
}

/// Shares memory with a server that may be killed once meanwhile: then it works the second time.
fn once(pane: Name, me: Name) -> Result<(), InitError> {
    if share().is_ok() {
        return Ok(());
    }
    operate::await_live(pane)?;
    // What the first time left.
    let _ = operate::revoke(pane, me, 1);
    share().map(drop)
}

fn main(init: &mut Init) -> Result<(), InitError> {
    if init.args() == "live" {
        share()?;
        request::publish();
        loop {
            yield_now();
        }
    }
    let pane = operate::name(NAME)?;
    if init.args() == "once" {
        return once(pane, operate::name(OTHER)?);
    }
    operate::load_live(pane)?;
    all(pane, operate::name("glazier")?)
}
