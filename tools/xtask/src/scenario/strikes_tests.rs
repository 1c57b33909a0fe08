//! Sweeps against a guest without QEMU.

use std::cell::RefCell;

use super::*;
use crate::scenario::transcript::Transcript;
use crate::session::conversation::fake::{Act, Fake};

const EVERY: Moments = Moments { from: 0, step: 1, to: 9 };

/// What a guest makes of a sweep: the first two moments come in time.
fn struck(moments: Moments, before: &str, rounds: &str) -> (Struck, Vec<u64>) {
    let acts = vec![
        ("load echo", Act::Say("echo is live\r\n", 0)),
        ("after 0 of echo crash echo during call", Act::Say("[echo.1] died\r\nstruck\r\nerror: gone\r\n", 1)),
        ("after 1 of echo crash echo during call", Act::Say("done\r\nstruck\r\n", 0)),
        ("after 2 of echo crash echo during call", Act::Say("done\r\nnot struck: too late\r\n", 0)),
        ("mem", Act::Say("whole\r\n", 0)),
    ];
    let toml = format!("summary = 'x'\n[sweep]\nstrike = 'crash echo'\nof = 'echo'\nbefore = ['{before}']");
    let settings: crate::scenario::Settings = toml::from_str(&toml).unwrap();
    let sweep = settings.sweep.clone().unwrap();
    let rounds = Rounds::parse(rounds).unwrap();
    let scenario = Scenario {
        name: "x".into(),
        folder: "/x".into(),
        settings,
        system: "default".into(),
        outside: Vec::new(),
        transcript: Transcript::parse("escrow> halt\n").unwrap(),
        written_in: "/x/transcript".into(),
        rounds: None,
    };
    let told = RefCell::new(Vec::new());
    let fake = Fake::new("booted\r\n", acts);
    let struck =
        strike_on(&scenario, (&sweep, &rounds), moments, fake, |_, moment| told.borrow_mut().push(moment));
    (struck, told.into_inner())
}

const ROUND: &str = "escrow> call\ndone\n-- or --\nerror: gone\nescrow> mem\nwhole\n";

#[test]
fn every_moment_until_the_command_is_done_earlier() {
    let (struck, told) = struck(EVERY, "load echo", ROUND);
    assert_eq!(struck.verdict, Ok(()));
    assert_eq!((struck.times, struck.last, told), (2, Some(1), vec![0, 1]));
    assert!(struck.console.starts_with(b"booted"));
}

#[test]
fn what_may_not_come_is_told_with_its_line_and_its_moment() {
    let cases = [
        ("escrow> call\nerror: gone\n", "/x/sweep:1: struck after 1 ns, `call` came to something else"),
        ("escrow> call\ndone\n", "struck after 0 ns"),
        ("escrow> call\n[..]\nescrow> mem\nleak\n", "/x/sweep:3: struck after 0 ns, `mem` came to"),
        ("escrow> call\ndone\n", "  - done\n  + error: gone"),
        ("escrow> other\n", "`after 0 of echo crash echo during other` was not carried out"),
    ];
    for (rounds, message) in cases {
        let told = struck(EVERY, "load echo", rounds).0.verdict.unwrap_err();
        assert!(told.contains(message), "{rounds:?}: {told}");
    }
}

#[test]
fn a_sweep_that_strikes_nothing_or_cannot_begin_has_failed() {
    let late = Moments { from: 2, ..EVERY };
    let told = struck(late, "load echo", ROUND).0.verdict.unwrap_err();
    assert!(told.contains("nothing was struck: `call` was done in less than 2 ns"), "{told}");
    let told = struck(EVERY, "load ehco", ROUND).0.verdict.unwrap_err();
    assert!(told.contains("before the first moment: `load ehco` failed"), "{told}");
}
