//! How calls end: each as the scenario shows it on the target that stands beside the test.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at what it does not expect"
)]

mod support;

use std::time::Duration;

use ipc_proto::call_error::CallError;
use ipc_proto::ids::Generation;
use ipc_proto::label::Status;
use ipc_proto::method::{Deadline, Method};
use module_rt::simulation::{Act, Module, Programs, State, Sweep, System, calls, module, work_for};
use module_rt::{Client, Init, Restart};
use support::{METHOD, OTHER, Seen, VERSION, adds, connect, manifest, serves};

/// What two clients of `adder` are answered, of whom each makes three calls.
fn two_callers(system: &mut System) -> Vec<Vec<Result<[u64; 4], CallError>>> {
    system.load(adds("adder", Restart::OnFailure));
    let callers = ["one", "two"].map(|name| {
        system.start_program(name, |init: &mut Init| {
            let adder = connect(init, "adder")?;
            Ok((0..3).map(|number| adder.call_words(METHOD, [number, 1, 0, 0])).collect())
        })
    });
    system.run();
    callers.iter().filter_map(|caller| caller.result(system).ok()).collect()
}

/// Scenarios crash-answers, queued-calls: who is inside is told `Interrupted`, with both generations; who has not been
/// received waits for the next instance; no call is lost, and none is executed twice.
#[test]
fn each_call_has_one_answer_wherever_the_server_dies() {
    let seen = Seen::default();
    let test = |system: &mut System| {
        let callers = two_callers(system);
        if callers.is_empty() {
            // It died before it was live: scenario half-init.
            assert_eq!(system.state("adder"), None);
            return;
        }
        for answers in callers {
            let mut at = 1;
            for (number, answer) in (0..).zip(answers) {
                match answer {
                    Ok([generation, sum, ..]) => {
                        assert!(generation == at || generation == 2, "generation {generation}");
                        assert_eq!(sum, number + 1);
                        at = generation;
                        seen.note(if at == 1 { "answered by the first" } else { "answered by the next" });
                    }
                    Err(error) => {
                        let (generation, next) = (Generation(1), Generation(2));
                        assert_eq!(error, CallError::Interrupted { generation, next });
                        seen.note("interrupted");
                    }
                }
            }
        }
    };
    Sweep::of("adder").seeds(0..6).run(test).passes();
    seen.all(&["answered by the first", "answered by the next", "interrupted"]);
}

/// Scenarios crash-answers, failed: where none comes any more, what was queued was not delivered, or the module has failed.
#[test]
fn without_a_next_instance_the_error_says_which() {
    for (restart, next) in [(Restart::Never, CallError::Failed), (Restart::OnFailure, CallError::Failed)] {
        let mut system = System::new(3);
        system.manifest().max_restarts = 0;
        system.load(serves(manifest("adder", restart), "adder", |method, words| match method {
            OTHER => module_rt::fault::read_address_zero(),
            _ => Ok(words),
        }));
        let said = system.run_program("caller", |init| {
            let adder = connect(init, "adder")?;
            Ok([adder.call_words(OTHER, [0; 4]), adder.call_words(METHOD, [0; 4])])
        });
        let gone = CallError::Interrupted { generation: Generation(1), next: Generation::NONE };
        assert_eq!(said.unwrap(), [Err(gone), Err(next)], "{restart:?}");
        assert_eq!(system.state("adder"), Some(State::Failed));
    }
}

/// Scenario failed: the same capability reaches it again when an operator has brought it back.
#[test]
fn a_failed_module_is_reached_again_when_it_is_back() {
    let mut system = System::new(3);
    system.manifest().max_restarts = 0;
    system.load(adds("adder", Restart::OnFailure));
    system.run();
    system.crash("adder");
    system.run();
    assert_eq!(system.state("adder"), Some(State::Failed));
    assert!(system.restart("adder"));
    let said =
        system.run_program("caller", |init| Ok(connect(init, "adder")?.call_words(METHOD, [4, 5, 6, 7])));
    assert_eq!(said.unwrap(), Ok([2, 22, 0, 0]));
}

/// Scenarios life, two-stage: the call in service is answered, and then the capability reaches nothing.
#[test]
fn an_unload_ends_every_capability_and_no_call_that_is_in_service() {
    let seen = Seen::default();
    let test = |system: &mut System| {
        for answers in two_callers(system) {
            let mut gone = false;
            for (number, answer) in (0..).zip(answers) {
                match answer {
                    Ok(words) => {
                        assert!(!gone, "nobody is there any more");
                        assert_eq!(words, [1, number + 1, 0, 0]);
                        seen.note("answered");
                    }
                    Err(CallError::Gone) => {
                        gone = true;
                        seen.note("gone");
                    }
                    Err(CallError::NotDelivered) => {
                        gone = true;
                        seen.note("not delivered");
                    }
                    Err(other) => panic!("{other:?}"),
                }
            }
        }
    };
    Sweep::of("adder").by(Act::Unload).seeds(0..6).run(test).passes();
    seen.all(&["answered", "gone", "not delivered"]);
}

/// Scenario lost-calls: a server that loses a call is met by the call's deadline, at that moment; it goes on.
#[test]
fn a_call_that_lasts_too_long_is_taken_back_at_its_deadline() {
    let mut system = System::new(5);
    system.load(serves(manifest("slow", Restart::Never), "slow", |_, words| {
        work_for(Duration::from_millis(10));
        Ok(words)
    }));
    system.load(module(manifest("loser", Restart::Never), |init: &mut Init| {
        let slow = connect(init, "slow")?;
        init.reserve("loser", VERSION)?;
        Ok(support::Serves(move |_, _, words| {
            slow.call_words(METHOD, words).map_err(|_| Status::NotDelivered)
        }))
    }));
    let said = system.run_program("caller", |init| {
        let loser = connect(init, "loser")?;
        let began = module_rt::clock::now();
        let lost = loser.call_words(Method::new(OTHER).within(Deadline::micros(2000)), [0; 4]);
        let lasted = module_rt::clock::now() - began;
        // It is inside that call still: nobody receives this one.
        let queued = loser.call_words(Method::new(METHOD).within(Deadline::micros(1000)), [0; 4]);
        Ok((lost, lasted, queued, loser.call_words(METHOD, [3; 4])))
    });
    let (lost, lasted, queued, after) = said.unwrap();
    let taken = CallError::Interrupted { generation: Generation(1), next: Generation(1) };
    assert_eq!((lost, queued), (Err(taken), Err(CallError::NotDelivered)));
    assert_eq!(after, Ok([3; 4]), "it goes on");
    assert!((2_000_000..2_100_000).contains(&lasted), "{lasted}");
}

/// Scenario revoke-calls: a server takes one client's capability back. The call in hand is interrupted.
#[test]
fn a_revoked_client_reaches_nothing_and_others_do() {
    let mut system = System::new(6);
    system.load(module(manifest("picky", Restart::Never), |init: &mut Init| {
        init.reserve("picky", VERSION)?;
        Ok(support::Serves(|client: Client, method, words| {
            if method == OTHER {
                module_rt::request::revoke(client).map_err(|_| Status::Refused)?;
            }
            Ok(words)
        }))
    }));
    let said = system.run_program("banned", |init| {
        let picky = connect(init, "picky")?;
        Ok([METHOD, OTHER, METHOD].map(|method| picky.call_words(method, [1; 4])))
    });
    let same = CallError::Interrupted { generation: Generation(1), next: Generation(1) };
    assert_eq!(said.unwrap(), [Ok([1; 4]), Err(same), Err(CallError::Gone)]);
    let said = system.run_program("other", |init| Ok(connect(init, "picky")?.call_words(METHOD, [2; 4])));
    assert_eq!(said.unwrap(), Ok([2; 4]));
}

/// Scenario lost-calls: who receives again without an answer has lost its caller, whose deadline says so.
#[test]
fn a_caller_that_was_not_answered_is_lost_when_the_next_call_is_received() {
    let mut system = System::new(2);
    let raw = Module::new(manifest("raw", Restart::Never), || {
        module_rt::start::run_module(&manifest("raw", Restart::Never), |init: &mut Init| {
            init.reserve("raw", VERSION)?;
            module_rt::request::publish();
            calls::recv(ipc_proto::slots::RECEIVE);
            let second = calls::recv(ipc_proto::slots::RECEIVE);
            let ok = calls::Info::new(ipc_proto::label::reply(Status::Ok), 4);
            calls::reply(ok, second.msg);
            // Nobody is left to be answered.
            calls::reply(ok, [99; 4]);
            Ok(support::Serves(|_, _, words| Ok(words)))
        })
    });
    system.load(raw);
    let callers = [1, 2].map(|number| {
        system.start_program(&format!("caller-{number}"), move |init| {
            let raw = connect(init, "raw")?;
            let method = Method::new(METHOD).within(Deadline::micros(9000));
            Ok(raw.call_words(method, [number, 0, 0, 0]).map(|[answered, ..]| answered == number))
        })
    });
    system.run();
    let mut answers = callers.map(|caller| caller.result(&system).unwrap());
    answers.sort_by_key(Result::is_err);
    let lost = CallError::Interrupted { generation: Generation(1), next: Generation(1) };
    assert_eq!(answers, [Ok(true), Err(lost)]);
}
