//! Runs as such: the same for the same seed, bounded, and never hanging.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at what it does not expect"
)]

mod support;

use std::panic::catch_unwind;

use module_rt::losses::wait_for_losses;
use module_rt::simulation::{Act, Failure, Programs, Sweep, System, for_every_death};
use module_rt::{Connection, Restart};
use support::{METHOD, adds, connect};

/// Two clients, and deaths of everybody.
fn busy(seed: u64) -> System {
    let mut system = System::new(seed);
    system.load(adds("adder", Restart::OnFailure));
    for module in ["adder", "name-server", "one"] {
        system.deaths(module, 2);
    }
    for name in ["one", "two"] {
        system.start_program(name, |init| {
            let adder = connect(init, "adder")?;
            for number in 0..5 {
                let answer = adder.call_words(METHOD, [number; 4]);
                module_rt::log!("{answer:?}");
            }
            Ok(())
        });
    }
    system.run();
    system
}

#[test]
fn the_same_seed_does_the_same() {
    let mut stories = Vec::new();
    for seed in 0..20 {
        let (first, again) = (busy(seed), busy(seed));
        assert_eq!(first.story(), again.story(), "seed {seed}");
        assert_eq!(first.logged(), again.logged());
        assert_eq!(first.struck(), again.struck());
        stories.push(first.story());
    }
    stories.sort();
    stories.dedup();
    assert!(stories.len() > 15, "other seeds do something else: {}", stories.len());
}

/// Also where this machine runs many at a time.
#[test]
fn the_same_seed_does_the_same_beside_others() {
    let alone = busy(7).story();
    let threads: Vec<_> = (0..8).map(|_| std::thread::spawn(|| busy(7).story())).collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), alone);
    }
}

#[test]
fn deaths_at_random_are_no_more_than_they_may_be() {
    let mut struck = [0; 3];
    for seed in 0..20 {
        let mut system = System::new(seed);
        system.load(adds("adder", Restart::OnFailure));
        system.deaths("adder", 2);
        let _ = system.run_program("caller", |init| {
            let adder = connect(init, "adder")?;
            Ok((0..10).map(|_| adder.call_words(METHOD, [0; 4]).is_ok()).collect::<Vec<_>>())
        });
        struck[system.struck().len()] += 1;
    }
    assert!(struck[2] > 5, "{struck:?}");
}

/// As many events as a run needs are enough, one fewer are not, and one more are the same.
#[test]
fn a_run_is_bounded_below_at_and_above_what_it_needs() {
    let run = |at_most: Option<u64>| {
        let mut system = System::new(1);
        system.load(adds("adder", Restart::Never));
        if let Some(at_most) = at_most {
            system.at_most(at_most);
        }
        system.start_program("caller", |init| Ok(connect(init, "adder")?.call_words(METHOD, [0; 4])));
        (system.try_to_run(), system.events())
    };
    let (done, needed) = run(None);
    assert_eq!(done, Ok(()));
    assert_eq!(run(Some(needed - 1)).0, Err(Failure::TooManyEvents(needed - 1)));
    assert_eq!(run(Some(needed)).0, Ok(()));
    assert_eq!(run(Some(needed + 1)).0, Ok(()));
    let told = Failure::TooManyEvents(needed).to_string();
    assert!(told.starts_with(&format!("more than {needed} events")) && told.contains("at_most"), "{told}");
}

/// On the target it would wait for ever; here it is told.
#[test]
fn a_deadlock_says_who_waits_for_whom() {
    let mut system = System::new(1);
    // Calls without the notes that say how long they may take, which the runtime always leaves.
    let calls = |slot| {
        let info = simulation::calls::Info::new(u64::from(METHOD), 4);
        simulation::calls::call_words(slot, info, [0; 4], [0; 2]);
    };
    system.load(support::serves(support::manifest("deaf", Restart::Never), "deaf", move |_, words| {
        calls(ipc_proto::slots::FIRST_CONNECTION);
        let own = module_rt::init::lookup("deaf", ipc_proto::version::VersionRange::ANY);
        calls(own.map(Connection::slot).unwrap_or(0));
        Ok(words)
    }));
    system.start_program("caller", move |init| {
        calls(connect(init, "deaf")?.slot());
        Ok(())
    });
    system.start_program("listener", |_| {
        wait_for_losses().for_each(drop);
        Ok(())
    });
    let Err(Failure::Deadlock(who)) = system.try_to_run() else { panic!("no deadlock") };
    let lines: Vec<_> = who.lines().map(str::trim).collect();
    assert_eq!(
        lines,
        [
            "deaf.1 waits for the answer of deaf.1, which has not received it",
            "caller.1 waits for the answer of deaf.1, which has received it",
            "listener.1 waits for a call, and nobody makes one",
        ]
    );
}

/// An assertion in a program fails the test, and says where a death had struck.
#[test]
fn what_a_program_asserts_fails_the_test_with_seed_and_place() {
    let test = |system: &mut System| {
        system.load(adds("adder", Restart::OnFailure));
        let _ = system.run_program("caller", |init| {
            let adder = connect(init, "adder")?;
            let [generation, ..] = adder.call_words(METHOD, [0; 4]).unwrap_or_default();
            assert!(generation != 2, "there was a death before the call");
            Ok(())
        });
    };
    let panic = catch_unwind(|| for_every_death("adder", test)).unwrap_err();
    let words = panic.downcast_ref::<String>().unwrap();
    for part in
        ["with seed 0 and a death of `adder` at place ", "there was a death before the call", ".only(0, "]
    {
        assert!(words.contains(part), "{words}");
    }
    let swept = Sweep::of("adder").run(test);
    let first = swept.found.first().unwrap().clone();
    let again = Sweep::of("adder").only(0, first.place).run(test);
    assert_eq!(again.found, [first], "the same again");
}

#[test]
fn a_sweep_of_what_is_not_there_is_no_success() {
    let panic = catch_unwind(|| for_every_death("nobody", |system| system.run())).unwrap_err();
    let words = panic.downcast_ref::<String>().unwrap();
    assert!(words.contains("`nobody` has not called the kernel once"), "{words}");
}

/// On the target none of a dead instance's code runs. Here its destructors do; what they call reaches nobody.
#[test]
fn what_a_dead_instance_drops_calls_nobody() {
    struct Last;
    impl Drop for Last {
        fn drop(&mut self) {
            module_rt::log!("the last words");
            assert!(module_rt::init::lookup("adder", ipc_proto::version::VersionRange::ANY).is_err());
        }
    }
    let test = |system: &mut System| {
        system.load(adds("adder", Restart::Never));
        let _ = system.run_program("caller", |init| {
            let _last = Last;
            let adder = connect(init, "adder")?;
            let _ = adder.call_words(METHOD, [0; 4]);
            // Before the guard is dropped: this is where it dies, if not earlier.
            module_rt::request::exit(if adder.slot() == 0 { 1 } else { 0 });
            #[allow(unreachable_code, reason = "its type")]
            Ok(())
        });
        assert_eq!(system.lines_of("caller"), [""; 0]);
    };
    Sweep::of("caller").run(test).passes();
}

/// A program is told its arguments.
#[test]
fn arguments_reach_the_init() {
    let mut system = System::new(1);
    system.load_with(
        module_rt::simulation::program(support::manifest("arguer", Restart::Never), |init| {
            module_rt::log!("<{}>", init.args());
            Ok(())
        }),
        "one two",
    );
    system.run();
    assert_eq!(system.lines_of("arguer"), ["<one two>"]);
}

/// An operator's restart, at any place, costs no call its answer.
#[test]
fn a_restart_at_any_place_costs_no_call_its_answer() {
    let test = |system: &mut System| {
        system.load(adds("adder", Restart::Never));
        let done = system.run_program("caller", |init| {
            let adder = connect(init, "adder")?;
            for _ in 0..3 {
                let _ = adder.call_words(METHOD, [0; 4]);
            }
            Ok(adder.call_words(METHOD, [1; 4]).is_ok())
        });
        assert!(done.is_ok());
    };
    Sweep::of("adder").by(Act::Restart).run(test).passes();
}
