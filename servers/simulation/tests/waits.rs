//! Names: reserved, looked up, waited for, and a name server that dies meanwhile.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at what it does not expect"
)]

mod support;

use std::time::Duration;

use ipc_proto::version::{Version, VersionRange};
use module_rt::init::lookup;
use module_rt::simulation::{How, Programs, State, Sweep, System, for_every_death, module, work_for};
use module_rt::{Init, Restart, WaitError, clock, lookup_waiting};
use support::{METHOD, VERSION, adds, connect, manifest};

/// Scenarios names-killed, names-mortal: wherever the name server dies, what is asked of it is done once.
#[test]
fn the_name_server_can_die_anywhere() {
    let test = |system: &mut System| {
        system.load(adds("adder", Restart::Never));
        let found =
            system.run_program("caller", |init| Ok(connect(init, "adder")?.call_words(METHOD, [1; 4])));
        if system.struck().is_empty()
            || system.generation("name-server") == module_rt::simulation::Generation(2)
        {
            assert_eq!(found.unwrap(), Ok([1, 4, 0, 0]));
        } else {
            // It was never live, and so is not started again: on the target its boot fails.
            assert_eq!(system.state("name-server"), None);
        }
    };
    let swept = Sweep::of("name-server").seeds(0..8).run(test);
    swept.passes();
    assert!(swept.strikes > 100, "{}", swept.strikes);
}

/// Scenario waits: a lookup is answered by the publish, whoever comes first.
#[test]
fn who_comes_first_does_not_matter() {
    for seed in 0..10 {
        let mut system = System::new(seed);
        let caller =
            system.start_program("caller", |init| Ok(connect(init, "adder")?.call_words(METHOD, [1; 4])));
        system.load(adds("adder", Restart::Never));
        system.run();
        assert_eq!(caller.result(&system).unwrap(), Ok([1, 4, 0, 0]));
    }
}

/// Scenario waits-bounds: a wait ends at its time, to the microsecond, and says what for.
#[test]
fn a_wait_ends_at_its_time() {
    let mut system = System::new(1);
    let waited = system.run_program("caller", |_| {
        let began = clock::now();
        let none = lookup_waiting("nobody", VersionRange::ANY, Duration::from_millis(250)).unwrap_err();
        Ok((none, clock::now() - began))
    });
    let (error, waited) = waited.unwrap();
    assert!(matches!(error, WaitError::TimedOut { .. }), "{error}");
    assert!((250_000_000..250_100_000).contains(&waited), "{waited}");
}

/// Scenario waits-cycle: modules that wait for one another in their inits are told so, all of them, by name.
#[test]
fn a_cycle_is_told_to_everybody_in_it() {
    for seed in 0..10 {
        let mut system = System::new(seed);
        for (own, other) in [("one", "two"), ("two", "one")] {
            system.load(module(manifest(own, Restart::Never), move |init: &mut Init| {
                init.reserve(own, VERSION)?;
                connect(init, other)?;
                Ok(support::Serves(|_, _, words| Ok(words)))
            }));
        }
        system.run();
        for own in ["one", "two"] {
            let Some(How::InitFailed { reason, .. }) = system.how_died(own) else {
                panic!("{:?}", system.died())
            };
            assert_eq!(reason, "one waits for two, which waits for one: one has to publish first");
        }
    }
}

/// Scenario versions: the newest that both sides speak.
#[test]
fn a_lookup_finds_the_newest_version_that_it_speaks() {
    let mut system = System::new(4);
    system.load(module(manifest("twice", Restart::Never), |init: &mut Init| {
        let old = init.reserve("twice", Version(1))?;
        init.reserve("twice", Version(3))?;
        Ok(support::Serves(move |client: module_rt::Client, _, _| {
            Ok([u64::from(client.service() == Some(old.index)), 0, 0, 0])
        }))
    }));
    system.run();
    let found = system.run_program("caller", |_| {
        let ask = |versions| lookup("twice", versions).map(|way| way.call_words(METHOD, [0; 4]));
        let none = lookup("twice", VersionRange::exactly(Version(2))).unwrap_err().to_string();
        Ok((ask(VersionRange::exactly(Version(1)))?, ask(VersionRange::ANY)?, none))
    });
    let (old, new, none) = found.unwrap();
    assert_eq!((old, new), (Ok([1, 0, 0, 0]), Ok([0, 0, 0, 0])));
    assert!(none.starts_with("it is there in "), "{none}");
}

/// Scenario rights: a name that a module may not look up does not exist for it.
#[test]
fn the_manifest_says_who_may_look_up_what() {
    let mut system = System::new(4);
    system.manifest().default_uses = root_task_core::system::Names::Only(heapless::Vec::new());
    system.load(adds("adder", Restart::Never));
    system.run();
    let found =
        system.run_program("caller", |_| Ok(lookup("adder", VersionRange::ANY).unwrap_err().to_string()));
    assert_eq!(found.unwrap(), "nobody has published that name: `names` lists what there is");
}

/// Scenario hang-init: an init that does not end is ended, and what waits for its name goes on waiting.
#[test]
fn an_init_that_does_not_end_is_ended() {
    let mut system = System::new(4);
    system.load(module(manifest("hanger", Restart::Never), |init: &mut Init| {
        init.reserve("hanger", VERSION)?;
        work_for(Duration::from_secs(3600));
        Ok(support::Serves(|_, _, words| Ok(words)))
    }));
    system.run();
    assert_eq!(system.how_died("hanger"), Some(&How::InitOverdue));
    assert_eq!(system.state("hanger"), None);
    let overdue = u64::from(root_task_core::allowance::DEFAULT_INIT_MS) * 1_000_000;
    assert!((overdue..overdue + 100_000).contains(&system.now()), "{}", system.now());
}

/// Scenarios backoff, crash-loop: restarts come at once, then after growing delays, then not any more.
#[test]
fn restarts_come_by_the_budget() {
    let mut system = System::new(4);
    system.load(adds("adder", Restart::OnFailure));
    system.run();
    let mut delays = Vec::new();
    for _ in 0..5 {
        let died = system.now();
        system.crash("adder");
        system.run();
        assert_eq!(system.state("adder"), Some(State::Live));
        delays.push((system.now() - died) / 10_000_000);
    }
    assert_eq!(delays, [0, 1, 2, 4, 8], "in units of the first delay");
    system.crash("adder");
    system.run();
    assert_eq!(system.state("adder"), Some(State::Failed));
}

/// A module whose policy says so is not started again, and its clients' calls fail at once.
#[test]
fn who_is_never_restarted_fails_its_clients() {
    for_every_death("adder", |system| {
        system.load(adds("adder", Restart::Never));
        system.run();
        let live = system.state("adder") == Some(State::Live);
        assert_eq!(live, system.struck().is_empty(), "{:?}", system.struck());
    });
}
