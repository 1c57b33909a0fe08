//! Calls that are answered later: each as the scenario shows it on the target that stands beside the test.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at what it does not expect"
)]

mod letters;
mod support;

use std::time::Duration;

use ipc_proto::call_error::CallError;
use ipc_proto::interface::Failure;
use letters::{LettersError, Read, letters, reads, sends};
use module_rt::simulation::{Act, How, Programs, State, Sweep, System};
use module_rt::{Init, alarm, clock};
use support::Seen;

/// The call was taken from the server, or the server has died with it.
const INTERRUPTED: Read = Err(Failure::Service(LettersError::Interrupted));

/// Scenario deferred: a call of somebody else's answers who waits, each once, and says whom it reached.
#[test]
fn a_call_of_somebody_elses_answers_who_waits() {
    for seed in 0..20 {
        let mut system = System::new(seed);
        system.load(letters(3));
        let readers = ["r1", "r2", "r3"].map(|name| reads(&mut system, name, 0));
        let sent = [7, 8].map(|letter| sends(&mut system, &format!("s{letter}"), 5 * letter, letter));
        system.run();
        assert_eq!(sent.map(|sent| sent.result(&system).unwrap()), [[3, 3], [0, 0]], "seed {seed}");
        assert_eq!(readers.map(|reader| reader.result(&system).unwrap()), [Ok(7); 3]);
    }
}

/// Scenarios deferred, alarms: the server's alarm answers, at its time.
#[test]
fn an_alarm_answers_who_waits() {
    let mut system = System::new(1);
    system.load(letters(2));
    let read = system.run_program("reader", |init: &mut Init| {
        let (letters, began): (letters::Way, _) = (init.client()?, clock::now());
        Ok((letters.receive(30), clock::now() - began))
    });
    let (read, lasted) = read.unwrap();
    assert_eq!(read, Err(Failure::Service(LettersError::None)));
    assert!((30_000_000..30_100_000).contains(&lasted), "{lasted}");
}

/// Scenario deferred (`reader soon`): the deadline empties the slot, and nobody is answered in the name of who has gone: not
/// the same client, either, who waits with another call by then.
#[test]
fn a_call_that_is_taken_back_at_its_deadline_is_not_answered() {
    let mut system = System::new(2);
    system.load(letters(2));
    let reader = system.start_program("reader", |init: &mut Init| {
        let letters: letters::Way = init.client()?;
        Ok([letters.receive_soon(), letters.receive(0)])
    });
    let sent = system.start_program("sender", |init: &mut Init| {
        // The first of the two calls has had its 20 ms, and the second one waits.
        alarm::sleep(Duration::from_millis(30))?;
        let letters: letters::Way = init.client()?;
        Ok([8, 9].map(|letter| letters.send_one(letter)))
    });
    system.run();
    assert_eq!(sent.result(&system).unwrap(), [Ok(0), Ok(1)]);
    assert_eq!(reader.result(&system).unwrap(), [INTERRUPTED, Ok(9)]);
}

/// Scenario deferred (`awaited`): a server can ask whether anybody waits for what it has kept: not at the deadline, and not
/// where the client's capability was taken back. What it asks takes nobody's place.
#[test]
fn a_server_can_ask_whether_an_answer_is_awaited() {
    let mut system = System::new(8);
    system.load(letters(3));
    let cut = system.start_program("cut", |init: &mut Init| {
        let letters: letters::Way = init.client()?;
        Ok(letters.receive_soon())
    });
    let waits = reads(&mut system, "waits", 0);
    let banned = reads(&mut system, "banned", letters::BANNED);
    let asked = system.start_program("asker", |init: &mut Init| {
        let letters: letters::Way = init.client()?;
        let mut asked = Vec::new();
        for after in [5, 20] {
            alarm::sleep(Duration::from_millis(after))?;
            asked.push([letters.awaited(), letters.awaited()]);
        }
        Ok((asked, letters.send(3)))
    });
    system.run();
    let (asked, sent) = asked.result(&system).unwrap();
    assert_eq!(asked, [[Ok([2, 3]); 2], [Ok([1, 3]); 2]], "{}", system.story());
    assert_eq!((sent, waits.result(&system).unwrap()), (Ok([1, 3]), Ok(3)));
    assert_eq!([cut, banned].map(|read| read.result(&system).unwrap()), [INTERRUPTED; 2]);
}

/// Scenario deferred (`lose`): a reply that is dropped tells its client that the call was taken from the server.
#[test]
fn a_reply_that_is_dropped_says_so() {
    let mut system = System::new(3);
    system.load(letters(2));
    let reader = reads(&mut system, "reader", 0);
    let lost = system.start_program("loser", |init: &mut Init| {
        alarm::sleep(Duration::from_millis(5))?;
        let letters: letters::Way = init.client()?;
        Ok((letters.lose(), letters.kept()))
    });
    system.run();
    assert_eq!(lost.result(&system).unwrap(), (Ok(1), Ok(0)));
    assert_eq!(reader.result(&system).unwrap(), INTERRUPTED);
}

/// Scenario deferred (`revoke office r1`): whose capability is taken back waits no more, and others do.
#[test]
fn a_revoke_ends_the_call_that_waits() {
    let mut system = System::new(4);
    system.load(letters(2));
    let banned = reads(&mut system, "banned", letters::BANNED);
    let other = reads(&mut system, "other", 0);
    let sent = sends(&mut system, "sender", 5, 6);
    system.run();
    assert_eq!(banned.result(&system).unwrap(), INTERRUPTED);
    assert_eq!((sent.result(&system).unwrap(), other.result(&system).unwrap()), ([1, 2], Ok(6)));
}

/// Scenarios deferred-killed, deferred-alarm: wherever the server dies, each of two who wait is answered once, or reads that it
/// was interrupted; and the next instance's places are free.
#[test]
fn each_is_answered_once_wherever_the_server_dies() {
    let seen = Seen::default();
    let test = |system: &mut System| {
        system.load(letters(2));
        let readers = ["r1", "r2"].map(|name| reads(system, name, 0));
        let sent = sends(system, "sender", 5, 4);
        system.run();
        if system.state("letters").is_none() {
            return; // It has died before it was live: scenario half-init.
        }
        let read = readers.map(|reader| reader.result(system).unwrap());
        let by_letter = read.iter().filter(|read| **read == Ok(4)).count();
        let by_death = read.iter().filter(|read| **read == INTERRUPTED).count();
        assert_eq!(by_letter + by_death, 2, "{read:?}");
        match sent.result(system) {
            Ok(reached) => assert_eq!(reached[0] as usize, by_letter, "{read:?}"),
            Err(_) => seen.note("the sender was interrupted"),
        }
        seen.note(["none", "one", "both"][by_letter]);
        if system.struck().is_empty() {
            return; // Otherwise it would die of what follows.
        }
        let again = ["r3", "r4"].map(|name| reads(system, name, 0));
        let sent = sends(system, "again", 5, 5);
        system.run();
        assert_eq!(sent.result(system).unwrap(), [2, 2]);
        assert_eq!(again.map(|reader| reader.result(system).unwrap()), [Ok(5); 2]);
    };
    Sweep::of("letters").seeds(0..4).run(test).passes();
    seen.all(&["none", "one", "both", "the sender was interrupted"]);
}

/// Scenario deferred-client: wherever a client dies, the other one is answered once, and its place is others' when the server
/// has given its reply up.
#[test]
fn nobody_is_answered_in_the_name_of_a_client_that_has_died() {
    let seen = Seen::default();
    let test = |system: &mut System| {
        system.load(letters(2));
        let dies = reads(system, "r1", 0);
        let other = reads(system, "r2", 0);
        let sent = sends(system, "sender", 5, 4);
        system.run();
        let reached = sent.result(system).unwrap()[0];
        assert_eq!(other.result(system).unwrap(), Ok(4));
        // What it has read it can die with.
        assert!(reached == 2 || dies.result(system).is_err());
        seen.note(if reached == 2 { "both" } else { "the other" });
        let again = ["r1", "r3"].map(|name| reads(system, name, 0));
        let sent = sends(system, "again", 5, 5);
        system.run();
        let read = again.map(|reader| reader.result(system));
        let reached = read.iter().filter(|read| **read == Ok(Ok(5))).count();
        assert_eq!(sent.result(system).unwrap()[0] as usize, reached, "{read:?}");
    };
    Sweep::of("r1").seeds(0..4).run(test).passes();
    seen.all(&["both", "the other"]);
}

/// Scenario deferred (`unload office`): who waits is cut off, by either kind of unload, and no other instance comes.
#[test]
fn an_unload_cuts_off_who_waits() {
    let seen = Seen::default();
    let test = |system: &mut System| {
        system.load(letters(2));
        let reader = reads(system, "reader", 0);
        let sent = sends(system, "sender", 5, 4);
        system.run();
        let _ = sent.result(system);
        match reader.result(system) {
            Ok(Ok(4)) => seen.note("answered"),
            Ok(INTERRUPTED) => seen.note("cut off"),
            Ok(Err(Failure::Call(CallError::NotDelivered | CallError::Gone))) => seen.note("not received"),
            // It was never live, and the reader has waited for the name in vain.
            Err(How::InitFailed { .. }) => assert_eq!(system.state("letters"), None),
            read => panic!("{read:?}"),
        }
    };
    Sweep::of("letters").by(Act::Unload).seeds(0..3).run(test).passes();
    seen.all(&["answered", "cut off", "not received"]);
}

/// Scenario deferred (`busy 1`): one caller more than there is room for is answered at once, and was not executed.
#[test]
fn callers_below_at_and_above_what_there_is_room_for() {
    for (bits, room) in [(2, 2), (3, 6)] {
        for callers in [room - 1, room, room + 1] {
            let mut system = System::new(5);
            system.load(letters(bits));
            let readers: Vec<_> =
                (0..callers).map(|number| reads(&mut system, &format!("r{number}"), 0)).collect();
            let sent = sends(&mut system, "sender", 5, 3);
            system.run();
            let read: Vec<_> = readers.iter().map(|reader| reader.result(&system).unwrap()).collect();
            let busy = read.iter().filter(|read| **read == Err(Failure::Call(CallError::Busy))).count();
            let answered = read.iter().filter(|read| **read == Ok(3)).count();
            let expected = callers.min(room);
            assert_eq!((answered, busy), (expected, callers - expected), "{bits} bits: {read:?}");
            assert_eq!(sent.result(&system).unwrap(), [expected as u32; 2]);
        }
    }
}

/// Scenario grants: a locker is granted as it is asked for, unless the system's manifest says what the module may have.
#[test]
fn lockers_below_at_and_above_what_is_granted() {
    let load = |bits| {
        let mut system = System::new(6);
        system.grant("letters", |grant| grant.locker_slots = 8);
        system.load(letters(bits));
        system.run();
        assert_eq!(system.state("letters"), Some(State::Live));
    };
    load(2);
    load(3);
    let panic = std::panic::catch_unwind(|| load(4)).unwrap_err();
    let words = panic.downcast_ref::<String>().unwrap();
    assert!(words.contains("a locker of 16 slots, and may have 8 (locker_slots)"), "{words}");
}
