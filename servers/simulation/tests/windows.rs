//! Memory that a client shares with a server: what one writes the other finds; every bound; and where a copy can be struck.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at what it does not expect"
)]

#[path = "support/pane.rs"]
mod pane;
mod support;

use ipc_proto::call_error::CallError;
use ipc_proto::window::{MAX_PAGES, WindowRefusal};
use module_rt::simulation::{Act, How, Programs, System, module};
use module_rt::window::{OutOfWindow, Window};
use module_rt::{Client, Connection, Init, Restart};
use pane::{ADD, EXPEL, PAGES, ask, fill, pane, pane_called, refused, share, sum};
use root_task_core::windows::MAX_WINDOWS;
use support::{Serves, VERSION, adds, connect, manifest};

fn grant(system: &mut System, module: &str, window_kib: u32) {
    system.grant(module, |grant| grant.window_kib = window_kib);
}

/// Scenario windows: both write, both see it, and asked for again it is the same.
#[test]
fn what_one_writes_the_other_finds() {
    let mut system = System::new(1);
    system.load(pane());
    let done = system.run_program("client", |init| {
        let (pane, window) = share(init)?;
        assert_eq!(pane.window(PAGES), Ok(window));
        assert_eq!((window.len(), window.is_empty()), (8192, false));
        window.write(4095, &[7, 8]).unwrap();
        let all = window.len() as u64 * 5 + 7 - 4 + 8 - 4;
        assert_eq!(ask(pane, ADD, 1), Ok(all));
        let mut bytes = [0; 4];
        window.read(4094, &mut bytes).unwrap();
        assert_eq!(bytes, [5, 8, 9, 5]);
        Ok(())
    });
    assert_eq!(done, Ok(()));
}

/// Scenario windows, "each bound is told".
#[test]
fn each_bound_is_told_below_at_and_above() {
    let mut system = System::new(2);
    grant(&mut system, "client", 32);
    system.load(pane());
    for pages in [1, MAX_PAGES] {
        let window = system.run_program("other", move |init| Ok(connect(init, "pane")?.window(pages)));
        assert_eq!(window.unwrap().map(Window::len), Ok(usize::from(pages) * 4096));
    }
    let done = system.run_program("client", |init| {
        let pane = connect(init, "pane")?;
        assert_eq!(pane.window(0), refused(WindowRefusal::Size));
        assert_eq!(pane.window(MAX_PAGES + 1), refused(WindowRefusal::Size));
        assert_eq!(pane.window(9), refused(WindowRefusal::NotGranted), "it is granted 32 KiB");
        let window = pane.window(8).unwrap();
        assert_eq!(pane.window(7), refused(WindowRefusal::OtherSize));
        assert_eq!(Connection::in_slot(17).window(1), refused(WindowRefusal::NotConnected));
        assert_eq!(Connection::in_slot(300).window(1), refused(WindowRefusal::NotConnected));
        let (mut one, mut all) = ([0], vec![0; 32 * 1024 + 1]);
        assert_eq!(window.read(32 * 1024 - 1, &mut one), Ok(()));
        assert_eq!(window.write(32 * 1024 - 1, &one), Ok(()));
        assert_eq!(window.read(32 * 1024, &mut one), Err(OutOfWindow));
        assert_eq!(window.write(32 * 1024, &one), Err(OutOfWindow));
        assert_eq!(window.read(usize::MAX, &mut one), Err(OutOfWindow));
        assert_eq!(window.read(0, &mut all), Err(OutOfWindow));
        assert_eq!(window.write(0, &all), Err(OutOfWindow));
        Ok(())
    });
    assert_eq!(done, Ok(()));
    let none = system.run_program("without", |init| Ok(ask(connect(init, "pane")?, ADD, 1)));
    assert_eq!(none, Ok(Err(CallError::Refused)), "a client that has asked for no window");
}

/// The bound of the system, which no scenario reaches: as many windows as there can be, and one more.
#[test]
fn there_are_as_many_windows_as_there_can_be() {
    const SERVERS: [&str; 11] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
    let mut system = System::new(3);
    for server in SERVERS {
        system.load(adds(server, Restart::Never));
    }
    let mut told = Vec::new();
    for client in ["one", "two", "three"] {
        system.load(module(manifest(client, Restart::Never), move |init: &mut Init| {
            for server in SERVERS {
                match connect(init, server)?.window(1) {
                    Ok(window) => fill(window, 1),
                    Err(error) => module_rt::log!("{error}"),
                }
            }
            init.reserve(client, VERSION)?;
            Ok(Serves(|_: Client, _: u16, words: [u64; 4]| Ok(words)))
        }));
        system.run();
        told.extend(system.lines_of(client).iter().map(|line| line.to_string()));
    }
    assert_eq!(told, [WindowRefusal::TooMany.to_string()]);
    assert_eq!(SERVERS.len() * 3, MAX_WINDOWS + 1);
    // One client goes, and its windows with it.
    system.unload("one");
    let again = system.run_program("four", |init| Ok(connect(init, "k")?.window(1).map(sum)));
    assert_eq!(again, Ok(Ok(0)));
}

/// Nobody else can be struck in the middle of a copy than the one who shares that memory, as long as it is shared.
#[test]
fn a_copy_is_a_place_of_the_one_who_shares_the_memory() {
    let places = |times: u32, is_shared: bool| {
        let mut system = System::new(6);
        ["pane", "other"].into_iter().for_each(|name| system.load(pane_called(name)));
        let done = system.run_program("client", move |init| {
            let [pane, other] = ["pane", "other"].map(|name| connect(init, name));
            let (other, _) = (other?, pane?.window(PAGES));
            let window = other.window(PAGES).map_err(|_| support::fails("no window"))?;
            if !is_shared {
                let _ = ask(other, EXPEL, 0);
            }
            (0..times).for_each(|_| fill(window, 1));
            // A word has no middle.
            (0..times).for_each(|_| window.write(0, &[1; 8]).unwrap());
            Ok(())
        });
        assert_eq!(done, Ok(()));
        ["pane", "other"].map(|name| system.places_of(name))
    };
    let [pane, other] = places(0, true);
    assert_eq!(places(5, true), [pane, other + 5]);
    assert_eq!(places(5, false), places(0, false));
}

/// The same seed is the same run, also where others go on in the middle of a copy.
#[test]
fn a_run_comes_again() {
    let run = |seed| {
        let mut system = System::new(seed);
        system.load(pane());
        system.strike(Act::Death, "client", 6);
        let clients =
            ["client", "other"].map(|name| system.start_program(name, |init| share(init).map(drop)));
        system.run();
        (clients.map(|client| client.result(&system)), system.story())
    };
    let (clients, story) = run(1);
    assert_eq!(clients, [Err(How::Crashed), Ok(())]);
    assert!(story.contains("client.1 and pane.1 have lost the memory that they shared"), "{story}");
    assert_eq!(run(1), (clients, story.clone()));
    assert_ne!(run(2).1, story);
}
