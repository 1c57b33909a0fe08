//! Memory that is shared, and lost: what each finds there when the other one dies, is unloaded, or the connection is taken back,
//! wherever that strikes.
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
use ipc_proto::ids::Generation;
use ipc_proto::window::WindowRefusal;
use module_rt::simulation::{Act, How, Programs, State, Sweep, System, module};
use module_rt::window::{Window, WindowError};
use module_rt::{Client, Connection, Init, InitError, Restart};
use pane::{ADD, EXPEL, KEEP, LAST, PAGES, ask, count, fill, is_own, pane, pane_called, refused, share, sum};
use support::{METHOD, Seen, Serves, VERSION, connect, manifest};

/// Scenario windows, "revoked: both have lost it, both live": by the server itself, and by the operator at every place where a
/// client can be.
#[test]
fn a_revoke_takes_the_window_from_both_and_both_live() {
    let mut system = System::new(4);
    system.load(pane());
    let done = system.run_program("client", |init| {
        let (pane, window) = share(init)?;
        assert!(matches!(ask(pane, EXPEL, 0), Err(CallError::Interrupted { .. })));
        assert_eq!(sum(window), 0, "what is in a lost window");
        is_own(window);
        assert_eq!(pane.window(PAGES), refused(WindowRefusal::NotConnected));
        let pane = connect(init, "pane")?;
        assert_eq!(ask(pane, LAST, 0), Ok(8192), "the server finds zeroes");
        assert_eq!(ask(pane, KEEP, 9), Ok(0));
        assert_eq!(sum(window), window.len() as u64, "what the server writes there is its own");
        let (_, again) = share(init)?;
        assert_eq!(again, window, "the new one is in the same place");
        Ok(())
    });
    assert_eq!(done, Ok(()));

    let seen = Seen::default();
    let test = |system: &mut System| {
        system.load(pane());
        let shared =
            system.run_program("client", |init| Ok(share(init).map(drop).map_err(|error| error.code)));
        seen.note(if shared == Ok(Ok(())) { "not noticed" } else { "noticed" });
        let next = system.run_program("next", |init| share(init).map(drop));
        assert_eq!(next, Ok(()));
        assert_eq!(system.generation("pane"), Generation(1), "the server lives");
    };
    let swept = Sweep::of("client").by(Act::Revoke).seeds(0..4).run(test);
    swept.passes();
    assert!(swept.strikes > 40, "{}", swept.strikes);
    seen.all(&["not noticed", "noticed"]);
}

/// Scenario windows, "a smaller window": and the larger one that was lost can be read as far as it reached.
#[test]
fn a_window_comes_back_smaller_and_an_old_view_reaches_as_far_as_ever() {
    let mut system = System::new(7);
    system.load(pane());
    let done = system.run_program("client", |init| {
        let pane = connect(init, "pane")?;
        let large = pane.window(8).unwrap();
        assert_eq!(ask(pane, ADD, 1), Ok(8 * 4096));
        let _ = ask(pane, EXPEL, 0);
        let pane = connect(init, "pane")?;
        let small = pane.window(1).unwrap();
        fill(small, 3);
        assert_eq!(ask(pane, LAST, 0), Ok(8 * 4096), "the server has not asked since");
        assert_eq!(ask(pane, KEEP, 9), Ok(0));
        assert_eq!(sum(large), 3 * 4096, "the client has its own behind the smaller one");
        large.write(4096, &[5; 4096]).unwrap();
        assert_eq!(ask(pane, ADD, 0), Ok(3 * 4096), "what the server kept is gone");
        assert_eq!(ask(pane, LAST, 3), Ok(4096));
        assert_eq!((small.len(), count(large, 5)), (4096, 4096));
        let again = pane.window(8);
        assert_eq!(again, refused(WindowRefusal::OtherSize));
        Ok(())
    });
    assert_eq!(done, Ok(()));
}

/// On the target one page lies in all these places.
#[test]
fn who_loses_another_window_loses_what_it_kept_in_place_of_the_first() {
    let mut system = System::new(8);
    ["pane", "other"].into_iter().for_each(|name| system.load(pane_called(name)));
    let done = system.run_program("client", |init| {
        let [pane, other] = ["pane", "other"].map(|name| connect(init, name));
        let (pane, other) = (pane?, other?);
        let windows = [pane, other].map(|way| way.window(PAGES).unwrap());
        let _ = ask(pane, EXPEL, 0);
        is_own(windows[0]);
        fill(windows[1], 3);
        let _ = ask(other, EXPEL, 0);
        assert_eq!(windows.map(sum), [0, 0]);
        Ok(())
    });
    assert_eq!(done, Ok(()));
}

/// The same from outside, between two runs: a module that holds a window goes on without it.
#[test]
fn an_operator_revokes_one_client() {
    let mut system = System::new(5);
    system.load(pane());
    for holder in ["one", "other"] {
        system.load(module(manifest(holder, Restart::Never), move |init: &mut Init| {
            let (pane, window) = share(init)?;
            init.reserve(holder, VERSION)?;
            Ok(Serves(move |_: Client, _: u16, _: [u64; 4]| {
                let asked = ask(pane, ADD, 0).is_ok();
                Ok([sum(window), u64::from(asked), 0, 0])
            }))
        }));
        system.run();
    }
    assert_eq!(system.revoke("pane", "one"), 1);
    assert_eq!(system.revoke("pane", "one"), 0, "it holds none any more");
    let said = system.run_program("caller", |init| {
        let ask = |name| Ok::<_, InitError>(connect(init, name)?.call_words(METHOD, [0; 4]));
        Ok(["one", "other"].map(ask).map(|said| said.map_err(|error| error.code)))
    });
    assert_eq!(said, Ok([Ok(Ok([0, 0, 0, 0])), Ok(Ok([4 * 8192, 1, 0, 0]))]));
}

/// Fills a window until the server has answered for it, and says what happened on the way.
fn persists(init: &mut Init) -> Result<Vec<&'static str>, InitError> {
    let pane = connect(init, "pane")?;
    let (mut before, mut happened) = (None, Vec::new());
    loop {
        let window = match pane.window(PAGES) {
            Ok(window) => window,
            Err(error) => {
                assert_eq!(error, WindowError::Refused(WindowRefusal::NotConnected));
                happened.push("no window with the dead");
                // Waits for the next instance, which has had none in hand; or there is none.
                assert_eq!(ask(pane, LAST, 0)?, u64::MAX);
                continue;
            }
        };
        assert!(before.is_none_or(|before| before == window), "it is somewhere else");
        before = Some(window);
        assert_eq!(sum(window), 0, "a fresh window");
        fill(window, 3);
        let all = 4 * window.len() as u64;
        let answer = ask(pane, ADD, 1);
        if matches!(answer, Err(CallError::Interrupted { .. })) {
            happened.push("interrupted");
            // Before others run, or after that.
            match pane.window(PAGES) {
                Ok(again) => {
                    assert_eq!((again, sum(again)), (window, 0));
                    continue;
                }
                Err(error) => {
                    assert_eq!(error, WindowError::Refused(WindowRefusal::NotConnected));
                    happened.push("no window with the dead");
                }
            }
        }
        match (answer, sum(window)) {
            (Ok(told), found) => {
                assert_eq!(told, all);
                happened.push(match found {
                    0 => "lost after the answer",
                    found if found == all / 2 => "lost in the middle of a copy",
                    found if found == all => "whole",
                    found => panic!("{found}"),
                });
                if found != all {
                    is_own(window);
                }
                return Ok(happened);
            }
            (Err(error), found) => {
                // What it has written there since the loss, and nothing of what the server did.
                let written = all * 3 / 4;
                assert!([0, written / 2, written].contains(&found), "{found}");
                is_own(window);
                match error {
                    CallError::Interrupted { .. } => {}
                    CallError::Refused => happened.push("refused by the next instance"),
                    CallError::Gone | CallError::NotDelivered => return Ok(vec!["gone"]),
                    other => panic!("{other}"),
                }
            }
        }
    }
}

/// Scenarios windows, windows-server: it is lost in the turn of the death, and the next instance has a new one in the same
/// place.
#[test]
fn wherever_the_server_dies_the_client_has_zeroes_of_its_own() {
    let seen = Seen::default();
    for act in [Act::Death, Act::Restart] {
        let test = |system: &mut System| {
            system.load(pane());
            match system.run_program("client", persists) {
                Ok(happened) => happened.into_iter().for_each(|what| seen.note(what)),
                // It was never live.
                Err(how) => assert!(matches!(how, How::InitFailed { .. }), "{how}"),
            }
        };
        let swept = Sweep::of("pane").by(act).seeds(0..4).run(test);
        swept.passes();
        assert!(swept.strikes > 40, "{}", swept.strikes);
    }
    seen.all(&[
        "no window with the dead",
        "interrupted",
        "refused by the next instance",
        "lost after the answer",
        "lost in the middle of a copy",
        "whole",
    ]);
}

/// Scenario windows, "its server is unloaded: lost, and this module lives".
#[test]
fn wherever_the_server_is_unloaded_the_client_has_zeroes_of_its_own() {
    let seen = Seen::default();
    let test = |system: &mut System| {
        system.load(pane());
        if let Ok(happened) = system.run_program("client", persists) {
            happened.into_iter().for_each(|what| seen.note(what));
        }
        let lives = system.struck().is_empty().then_some(State::Live);
        assert_eq!(system.state("pane"), lives);
    };
    Sweep::of("pane").by(Act::Unload).seeds(0..4).run(test).passes();
    seen.all(&["gone", "lost after the answer", "whole"]);
}

/// Scenarios windows, windows-client: the server goes on, has nothing of a client that is dead, and the next one in the same
/// slot has nothing of the earlier one, nor of what the server wrote where that one's memory was.
#[test]
fn wherever_the_client_dies_the_next_one_in_its_place_sees_nothing_of_it() {
    let seen = Seen::default();
    let test = |system: &mut System| {
        system.load(pane());
        let place = |_: (Connection, Window)| module_rt::start::instance().domain;
        let first = system.run_program("client", move |init| share(init).map(place));
        let next = system.run_program("next", move |init| {
            let pane = connect(init, "pane")?;
            let left = ask(pane, LAST, 3)?;
            assert!([0, u64::MAX].contains(&left), "{left} bytes of the client that is gone");
            ask(pane, KEEP, 0xee)?;
            Ok((share(init).map(place)?, left == 0))
        });
        let (place, had) = next.unwrap();
        assert!(first.is_err() || first == Ok(place), "it is in the same slot");
        assert_eq!(system.generation("pane"), Generation(1), "the server lives");
        seen.note(if had { "the server had a window of it" } else { "the server had none" });
        for struck in system.struck().iter().filter(|struck| struck.at.contains("in the middle of a copy")) {
            assert!(struck.at.starts_with("pane.1"), "{struck}");
            seen.note("in the middle of the server's copy");
        }
    };
    let swept = Sweep::of("client").seeds(0..4).run(test);
    swept.passes();
    assert!(swept.strikes > 40, "{}", swept.strikes);
    seen.all(&["the server had a window of it", "the server had none", "in the middle of the server's copy"]);
}
