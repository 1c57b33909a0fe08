//! Bulk data in a simulated system, where client or server dies wherever it can, also in the middle of a copy.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at what it does not expect"
)]

#[path = "support/depot.rs"]
mod carter;
mod support;

use carter::{INTERRUPTED, LOST, SOME, TORN, connect, get, goods, put, server};
use depot::{CAPACITY, Kept};
use ipc_proto::ids::Generation;
use module_rt::simulation::{Act, How, Programs, Sweep, System};
use module_rt::{Init, InitError};
use support::{Seen, fails};

/// Puts goods and gets them back: what was told of a death on the way. Whatever a call says is true.
fn carries(init: &mut Init) -> Result<Vec<&'static str>, InitError> {
    let depot = connect(init)?;
    let mut told = Vec::new();
    for number in 1..=3 {
        let kept = match put(&depot, number, SOME) {
            Ok(length) => {
                assert_eq!(length, SOME as u64);
                goods(number, SOME)
            }
            // Nothing was executed, or the instance is dead that had it: the next one has nothing.
            Err(error) => {
                assert!([INTERRUPTED, LOST].contains(&error), "{error}");
                told.push(if error == LOST { "put: lost" } else { "put: interrupted" });
                Vec::new()
            }
        };
        match get(&depot, CAPACITY) {
            Ok(got) => assert_eq!(got, kept),
            Err(INTERRUPTED) => told.push("get: interrupted"),
            Err(LOST) => told.push("get: lost"),
            Err(TORN) => told.push("get: torn"),
            Err(other) => panic!("{other}"),
        }
    }
    assert!(told.len() <= 1, "one death is told of once: {told:?}");
    Ok(told)
}

/// Scenario bulk, "the next call after a death"; sweeps bulk-put and bulk-get: wherever the depot dies, what a client was told
/// is true, and nothing is taken for goods that is none.
#[test]
fn wherever_the_depot_dies_no_client_takes_zeroes_for_goods() {
    let seen = Seen::default();
    for act in [Act::Death, Act::Restart] {
        let test = |system: &mut System| {
            system.load(server::simulated());
            match system.run_program("carter", carries) {
                Ok(told) => told.into_iter().for_each(|what| seen.note(what)),
                Err(how) => assert!(matches!(how, How::InitFailed { .. }), "{how}"),
            }
        };
        let swept = Sweep::of("depot").by(act).seeds(0..3).run(test);
        swept.passes();
        assert!(swept.strikes > 100, "{}", swept.strikes);
    }
    seen.all(&["put: lost", "put: interrupted", "get: torn", "get: lost", "get: interrupted"]);
}

/// Sweep bulk-client: wherever a client dies, the depot keeps goods or refuses them, and the next client finds that out.
#[test]
fn wherever_a_client_dies_the_depot_keeps_goods_and_serves_the_next_one() {
    let seen = Seen::default();
    for args in ["", "slow"] {
        let test = |system: &mut System| {
            system.load_with(server::simulated(), args);
            let first =
                system.run_program("carter", |init| put(&connect(init)?, 5, SOME).map_err(|_| fails("put")));
            let (kept, next) = system
                .run_program("next", |init| {
                    let depot = connect(init)?;
                    let kept = depot.look().unwrap();
                    put(&depot, 6, SOME + 1).unwrap();
                    Ok((kept, get(&depot, CAPACITY)))
                })
                .unwrap();
            assert_eq!(next, Ok(goods(6, SOME + 1)));
            assert_eq!(kept.sound, 1);
            assert_eq!(system.generation("depot"), Generation(1));
            seen.note(match kept {
                Kept { number: 5, gone: 0, .. } => "kept",
                Kept { number: 0, gone: 0, .. } => "never came",
                // The copy had begun: without its end it is not kept.
                Kept { number: 0, gone: 1, .. } => "gone in the middle of the copy",
                other => panic!("{other:?}"),
            });
            assert!(first.is_err() || kept.number == 5);
        };
        Sweep::of("carter").seeds(0..3).run(test).passes();
    }
    seen.all(&["kept", "never came", "gone in the middle of the copy"]);
}
