//! Alarms, by the virtual clock: scenario alarms shows them on the target.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a test stops at what it does not expect"
)]

mod support;

use std::time::Duration;

use ipc_proto::label::Status;
use module_rt::simulation::{Programs, System, module};
use module_rt::{Client, Init, Restart, Server, alarm, clock};
use support::{METHOD, VERSION, connect, manifest};

/// A program that sleeps wakes at its time, and nobody waits for it in this machine's.
#[test]
fn who_sleeps_wakes_at_its_time() {
    let mut system = System::new(1);
    let slept = system.run_program("sleeper", |_| {
        let began = clock::now();
        alarm::sleep(Duration::from_secs(3600))?;
        assert_eq!(alarm::cancel(), Ok(false), "it has gone off");
        Ok(clock::now() - began)
    });
    let (slept, hour) = (slept.unwrap(), 3_600_000_000_000);
    assert!((hour..hour + 100_000).contains(&slept), "{slept}");
}

/// Is woken so many milliseconds after a call.
struct Wakes;

impl Server for Wakes {
    fn words(&mut self, _: Client, _: u16, words: [u64; 4]) -> Result<[u64; 4], Status> {
        alarm::after(Duration::from_millis(words[0])).map_err(|_| Status::Refused)?;
        Ok(words)
    }

    fn event(&mut self, event: module_rt::Event) {
        module_rt::log!("{event:?} at {} ms", clock::now() / 1_000_000);
    }
}

/// A server is woken between two calls; setting it again takes the place of the one before; a death takes it along.
#[test]
fn a_server_is_woken_once_and_a_dead_one_never() {
    for dies in [false, true] {
        let mut system = System::new(2);
        system.load(module(manifest("wakes", Restart::OnFailure), |init: &mut Init| {
            init.reserve("wakes", VERSION)?;
            Ok(Wakes)
        }));
        system.start_program("caller", move |init| {
            let wakes = connect(init, "wakes")?;
            for after in [20, 70] {
                let _ = wakes.call_words(METHOD, [after, 0, 0, 0]);
            }
            Ok(())
        });
        if dies {
            // Right after its second answer.
            system.strike(module_rt::simulation::Act::Death, "wakes", 13);
        }
        system.run();
        let expected: &[&str] = if dies { &[] } else { &["Alarm at 70 ms"] };
        assert_eq!(system.lines_of("wakes"), expected, "{}", system.story());
        assert_eq!(system.struck().len(), usize::from(dies));
    }
}
