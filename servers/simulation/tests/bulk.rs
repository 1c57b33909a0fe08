//! Bulk data in a simulated system: every size, every bound, what a hostile side says, and what a death or a revoke takes.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at what it does not expect"
)]

#[path = "support/depot.rs"]
mod carter;

use std::sync::atomic::Ordering;

use carter::{INTERRUPTED, LOST, SOME, TORN, connect, get, goods, put, server};
use depot::{CAPACITY, DepotError, DepotInterface, DepotMethods, Kept, Label};
use ipc_proto::call_error::CallError;
use ipc_proto::interface::bulk::{self, BulkError, Part, Share as _};
use ipc_proto::interface::{Failure, Interface as _};
use ipc_proto::window::WindowRefusal;
use module_rt::clock::ticks;
use module_rt::simulation::{Programs, System};
use module_rt::window::WindowError;
use zerocopy::IntoBytes as _;

/// Scenario bulk, "every size goes both ways".
#[test]
fn every_size_below_at_and_above_the_window_goes_both_ways() {
    let mut system = System::new(1);
    system.load(server::simulated());
    let done = system.run_program("carter", |init| {
        let depot = connect(init)?;
        assert_eq!(depot.share(), Ok(CAPACITY));
        for (number, length) in (1..).zip([0, 1, 8, 9, 4095, 4096, 4097, CAPACITY - 1, CAPACITY]) {
            assert_eq!(put(&depot, number, length), Ok(length as u64));
            assert_eq!(get(&depot, CAPACITY), Ok(goods(number, length)));
            let (mut shown, given) = (vec![0; CAPACITY], length as u64);
            assert_eq!(depot.show(shown.as_mut_slice()), Ok(given));
            assert_eq!(shown[..length], goods(number, length));
        }
        let too_long = Failure::Bulk(BulkError::TooLong { most: CAPACITY as u32 });
        assert_eq!(put(&depot, 20, CAPACITY + 1), Err(too_long));
        assert_eq!(get(&depot, CAPACITY + 1), Err(too_long));
        let in_place = |last| bulk::fill(3, move |window| window.copy_from(0, &[4, 5, last]).unwrap());
        assert_eq!(depot.put(21, in_place(9)), Ok(3));
        assert_eq!(depot.put(22, in_place(8)), Err(Failure::Service(DepotError::Unsound)));
        assert_eq!(depot.look(), Ok(Kept { number: 21, length: 3, sound: 1, gone: 0 }));
        Ok(())
    });
    assert_eq!(done, Ok(()));
}

/// Scenario bulk, "lengths beyond the window, and other seals": what no stub says.
#[test]
fn a_hostile_length_or_seal_is_refused_and_nothing_is_kept() {
    let mut system = System::new(2);
    system.load(server::simulated());
    let done = system.run_program("carter", |init| {
        let depot = connect(init)?;
        put(&depot, 1, SOME).unwrap();
        let way = *depot.way();
        let memory = way.share(DepotInterface::WINDOW_PAGES).unwrap();
        let (seal, _) = memory.split_last().unwrap();
        let before = depot.look().unwrap();
        for (length, is_sealed, answer) in [
            (CAPACITY + 1, true, Err(CallError::BadMessage)),
            ((1 << 20) - 1, true, Err(CallError::BadMessage)),
            (CAPACITY + 1, false, Err(CallError::BadMessage)),
            (3, false, Err(CallError::Refused)),
            (0, true, Ok([0; 4])),
        ] {
            let part = Part::new(length, ticks());
            let word = u64::from_ne_bytes(part.as_bytes().try_into().unwrap());
            seal.store(if is_sealed { word } else { !word }, Ordering::Relaxed);
            assert_eq!(way.call_words(DepotMethods::PUT, [77, word, 0, 0]), answer, "{length}");
            assert_eq!(answer.is_ok(), depot.look() != Ok(before), "{length}");
        }
        Ok(())
    });
    assert_eq!(done, Ok(()));
}

/// What the window may be: as `window_kib` of the target's manifest.
#[test]
fn a_client_that_is_granted_less_than_the_window_is_told_so() {
    for (window_kib, has_room) in [(7, false), (8, true), (9, true)] {
        let mut system = System::new(3);
        system.grant("carter", |grant| grant.window_kib = window_kib);
        system.load(server::simulated());
        let told = system.run_program("carter", |init| Ok(put(&connect(init)?, 1, SOME)));
        let refused = BulkError::Window(WindowError::Refused(WindowRefusal::NotGranted));
        let expected = if has_room { Ok(SOME as u64) } else { Err(Failure::Bulk(refused)) };
        assert_eq!(told, Ok(expected), "{window_kib} KiB");
    }
}

/// Each call's seal is another one, as on the target: who copies nothing into a window twice cannot be answered for the
/// first time.
#[test]
fn no_two_calls_are_made_at_the_same_moment() {
    let mut system = System::new(4);
    system.load(server::simulated());
    let moments = system.run_program("carter", |init| {
        let depot = connect(init)?;
        Ok([(); 4].map(|()| {
            depot.look().unwrap();
            depot.way().moment()
        }))
    });
    assert!(moments.as_ref().unwrap().is_sorted_by(|one, next| one < next), "{moments:?}");
}

/// Scenario bulk, "a death during the client's copy", and "a connection that is taken back".
#[test]
fn what_is_lost_is_told_once_and_the_call_after_it_works() {
    let mut system = System::new(5);
    system.load(server::simulated());
    let done = system.run_program("carter", |init| {
        let depot = connect(init)?;
        assert_eq!((put(&depot, 1, SOME), depot.die()), (Ok(SOME as u64), Err(INTERRUPTED)));
        assert_eq!((put(&depot, 2, SOME), put(&depot, 2, SOME)), (Err(LOST), Ok(SOME as u64)));
        let mut halves = vec![0; SOME];
        let torn = bulk::drain(SOME, |window| {
            window.copy_to(0, &mut halves[..SOME / 2]).unwrap();
            let _ = depot.die();
            window.copy_to(SOME / 2, &mut halves[SOME / 2..]).unwrap();
        });
        assert_eq!(depot.get(Label::new(), torn).map(drop), Err(TORN));
        assert_eq!(halves[..SOME / 2], goods(2, SOME)[..SOME / 2], "what was copied before");
        assert!(halves[SOME / 2..].iter().all(|byte| *byte == 0));
        assert_eq!((put(&depot, 3, SOME), get(&depot, SOME)), (Ok(SOME as u64), Ok(goods(3, SOME))));

        assert_eq!(depot.expel(), Err(INTERRUPTED));
        assert_eq!(depot.look().map(drop), Err(Failure::Call(CallError::Gone)));
        let mut again = connect(init)?;
        // Each of its slots is used once before that one comes again.
        while again.way().slot() != depot.way().slot() {
            assert_eq!(depot.look().map(drop), Err(Failure::Call(CallError::Gone)));
            assert_eq!(again.expel(), Err(INTERRUPTED));
            again = connect(init)?;
        }
        let kept = depot.look().unwrap();
        assert_eq!(put(&depot, 4, SOME), Err(LOST), "into what is left of the old window");
        assert_eq!(depot.look(), Ok(kept));
        assert_eq!((put(&depot, 5, SOME), get(&again, SOME)), (Ok(SOME as u64), Ok(goods(5, SOME))));
        Ok(())
    });
    assert_eq!(done, Ok(()));
}

/// Scenario bulk, with a depot that is `open`: a hostile server writes over the whole window, beyond what it was given.
#[test]
fn a_server_that_writes_over_the_window_harms_only_the_call() {
    let mut system = System::new(6);
    system.load_with(server::simulated(), "open");
    let done = system.run_program("carter", |init| {
        let depot = connect(init)?;
        put(&depot, 5, SOME).unwrap();
        assert_eq!(depot.show(&mut [0; SOME]).map(drop), Err(TORN));
        assert_eq!(put(&depot, 6, SOME), Ok(SOME as u64));
        Ok(())
    });
    assert_eq!(done, Ok(()));
}

/// Others go on in the middle of a copy; each client's goods are in a window of its own.
#[test]
fn what_one_client_carries_is_not_mixed_with_what_another_one_does() {
    for seed in 0..10 {
        let mut system = System::new(seed);
        system.load_with(server::simulated(), "slow");
        let carters = [10, 20].map(|first| {
            system.start_program(&format!("carter-{first}"), move |init| {
                let depot = connect(init)?;
                for number in first..first + 3 {
                    assert_eq!(put(&depot, number, SOME), Ok(SOME as u64));
                    let got = get(&depot, SOME);
                    let whole = |number| got == Ok(goods(number, SOME));
                    assert!((10..13).chain(20..23).any(whole), "{got:?}");
                }
                Ok(())
            })
        });
        system.run();
        assert_eq!(carters.map(|carter| carter.result(&system)), [Ok(()), Ok(())]);
    }
}
