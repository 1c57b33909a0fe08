//! What a sweep tells of the runs that failed, and what a run's story calls modules and methods.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a test stops at what it does not expect"
)]

mod support;

use std::panic::{UnwindSafe, catch_unwind};

use ipc_proto::echo::{Echo, EchoClient, EchoError, EchoInterface, EchoServer, Said, Text};
use module_rt::simulation::{Act, Programs, Sweep, System, module};
use module_rt::{Connection, Events, Init, Restart};
use support::{METHOD, adds, connect, manifest};

/// A server and a client that calls it once.
fn both(system: &mut System) {
    system.load(adds("adder", Restart::Never));
    system.start_program("caller", |init| {
        let _ = connect(init, "adder")?.call_words(METHOD, [0; 4]);
        Ok(())
    });
    system.run();
}

/// Where something has struck.
fn place(system: &System) -> Option<u32> {
    system.struck().first().map(|struck| struck.place)
}

fn told(sweep: impl FnOnce() + UnwindSafe) -> String {
    catch_unwind(sweep).unwrap_err().downcast_ref::<String>().unwrap().clone()
}

#[test]
fn of_the_runs_that_fail_in_the_same_words_one_is_told() {
    let test = |system: &mut System| {
        both(system);
        match place(system) {
            Some(place) if place > 1 => assert!(place % 2 == 0, "odd"),
            Some(_) => panic!("early"),
            None => {}
        }
    };
    let swept = Sweep::of("adder").by(Act::Restart).run(test);
    let (runs, odd) = (swept.runs, swept.found.iter().filter(|found| found.way().ends_with(": odd")).count());
    assert_eq!(swept.strikes + 1, runs);
    assert!(odd > 2 && odd + 2 == swept.found.len(), "{swept:?}");
    let told = told(|| swept.passes());
    let expected = [
        format!(
            "{} of {runs} runs failed, in 2 ways\n  2 runs, the first with seed 0 and a restart of `adder` at place 0: ",
            odd + 2
        ),
        format!("\n  {odd} runs, the first with seed 0 and a restart of `adder` at place 3: "),
        "`Sweep::of(\"adder\").by(Act::Restart).only(0, 0).run(test).passes();`".to_owned(),
    ];
    assert!(expected.iter().all(|part| told.contains(part)), "{told}");
    assert_eq!(told.matches(": odd").count(), 1, "{told}");
}

#[test]
fn what_fails_without_a_strike_is_counted_and_told_first() {
    let fails = |system: &mut System| {
        both(system);
        assert!(place(system).is_some_and(|place| place > 0), "by itself");
    };
    let swept = Sweep::of("adder").run(fails);
    let last = swept.runs - 1;
    let all = told(|| swept.passes());
    assert!(
        all.starts_with(&format!(
            "2 of {} runs failed\n  2 runs, the first with seed 0, and nothing had",
            swept.runs
        )),
        "{all}"
    );
    let again = format!("`Sweep::of(\"adder\").only(0, {last}).run(test).passes();`");
    assert!(all.contains(&again), "{all}");
    let one = told(|| Sweep::of("adder").only(0, last).run(fails).passes());
    assert!(one.starts_with("1 of 1 runs failed\n  1 run, with seed 0, and nothing had struck"), "{one}");
}

/// Also where the test's closure is given up by the simulation, which adds what happened last to the words.
#[test]
fn ways_to_fail_below_at_and_above_how_many_are_told() {
    for (ways, more) in [(4, None), (5, None), (6, Some("and 1 runs in other ways: 1\n"))] {
        let told = told(|| {
            let swept = Sweep::of("adder").run(|system| {
                both(system);
                let Some(place) = place(system) else { return };
                system.start_program("judge", move |_| {
                    assert!(place > 6, "way {}", place % ways);
                    Ok(())
                });
                system.run();
            });
            assert_eq!((swept.found.len(), swept.found.iter().map(|found| found.place).max()), (7, Some(6)));
            swept.passes();
        });
        assert!(told.contains(&format!(" runs failed, in {ways} ways\n")), "{told}");
        assert_eq!(told.contains("in other ways"), more.is_some(), "{told}");
        assert!(told.contains(more.unwrap_or("way 3")), "{told}");
    }
}

struct Repeats;

impl Echo for Repeats {
    fn say(&mut self, text: Text) -> Result<Said, EchoError> {
        Ok(Said { generation: module_rt::start::instance().generation, text })
    }

    fn words(&mut self, words: [u64; 4]) -> Result<[u64; 4], EchoError> {
        Ok(words)
    }

    fn die(&mut self) -> Result<(), EchoError> {
        Err(EchoError::Interrupted)
    }
}

impl Events for Repeats {}

#[test]
fn a_story_has_the_names_of_methods_and_modules() {
    let mut system = System::new(3);
    system.load(adds("adder", Restart::Never));
    system.load(module(manifest("repeater", Restart::Never), |init: &mut Init| {
        init.offer::<EchoInterface>()?;
        Ok(EchoServer(Repeats))
    }));
    let said = system.run_program("caller", |init| {
        let repeater: EchoClient<Connection> = init.client()?;
        let _ = connect(init, "adder")?.call_words(METHOD, [0; 4]);
        Ok(repeater.say(Text::try_from("a").unwrap()).is_ok() && repeater.words([0; 4]).is_ok())
    });
    assert_eq!(said, Ok(true));
    let story = system.story();
    for part in [
        "repeater.1 asks the supervisor: declares the interface `echo` of a service",
        "caller.1 calls repeater.1: `say`",
        "caller.1 calls repeater.1: `words`",
        // That one has not said of which interface it is.
        "caller.1 calls adder.1: method 0x8101",
        "Connect { client: caller.1, ",
        "Enter { owner: repeater.1, ",
    ] {
        assert!(story.contains(part), "{part}\n{story}");
    }
}
