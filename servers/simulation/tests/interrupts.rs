//! The interrupts of devices that a test makes up: scenario devices shows them on the target.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at what it does not expect"
)]

mod support;
mod ticker;

use std::rc::Rc;
use std::time::Duration;

use ipc_proto::label::Status;
use module_rt::simulation::{Device, Module, Programs, State, Sweep, System, module};
use module_rt::{Client, Init};
use support::{METHOD, VERSION, connect};
use ticker::{ARM, KEEPS, MS, Ticker, driver, system, writes};

/// It interrupts at its moment by the virtual clock: each time once, and the next time when it was acknowledged.
#[test]
fn an_interrupt_comes_at_its_moment() {
    let (mut system, ticker) = system(1);
    system.load(driver(true));
    for _ in 0..2 {
        writes(&mut system, ARM, 30);
    }
    assert_eq!(system.lines_of("driver"), ["interrupt"; 2]);
    let late = &ticker.borrow().late;
    assert!(late.len() == 2 && late.iter().all(|late| *late < MS), "{late:?}");
}

/// A run of so long stops below, at and above the moment of an interrupt.
#[test]
fn a_run_of_so_long_stops_at_its_moment() {
    let nanosecond = Duration::from_nanos(1);
    for (time, comes) in [(30 * MS - nanosecond, false), (30 * MS, true), (30 * MS + nanosecond, true)] {
        let (mut system, ticker) = system(1);
        system.load(driver(true));
        ticker.borrow_mut().due = Some(30 * MS);
        system.run_for(time);
        assert_eq!(system.story().contains("is interrupted by its device"), comes, "{time:?}");
        let late = Duration::from_nanos(system.now()) - time;
        assert!(late < Duration::from_micros(1), "not more than the call in hand: {late:?}");
        system.run();
        assert_eq!(system.lines_of("driver"), ["interrupt"]);
    }
}

/// By the test, while nobody does anything.
#[test]
fn an_interrupt_is_raised_by_the_test() {
    let (mut system, ticker) = system(2);
    system.load(driver(true));
    system.run();
    for interrupts in 0..3 {
        assert_eq!(system.lines_of("driver").len(), interrupts);
        ticker.borrow_mut().due = Some(Duration::ZERO);
        system.run();
    }
}

/// What comes before the driver acknowledges is masked: a second interrupt is not told.
#[test]
fn no_further_interrupt_comes_before_it_is_acknowledged() {
    let (mut system, ticker) = system(3);
    system.load(deaf());
    system.run();
    for _ in 0..3 {
        ticker.borrow_mut().due = Some(Duration::ZERO);
        system.run();
        ticker.borrow_mut().due = None;
        system.run();
    }
    assert_eq!(system.lines_of("driver"), ["Interrupt"]);
    // Acknowledged, the next one comes, and not the two that were before.
    system
        .run_program("user", |init| Ok(connect(init, "driver")?.call_words(METHOD, [0; 4])))
        .unwrap()
        .unwrap();
    assert_eq!(system.lines_of("driver").len(), 1);
    ticker.borrow_mut().due = Some(Duration::ZERO);
    system.run();
    assert_eq!(system.lines_of("driver"), ["Interrupt"; 2]);
}

/// Acknowledges when it is called, and not when it is interrupted.
struct Deaf;

fn deaf() -> Module {
    module(ticker::manifest(), |init: &mut Init| {
        init.reserve("driver", VERSION)?;
        Ok(Deaf)
    })
}

impl module_rt::Server for Deaf {
    fn words(&mut self, _: Client, _: u16, words: [u64; 4]) -> Result<[u64; 4], Status> {
        module_rt::device::acknowledge().map_err(|_| Status::Refused)?;
        Ok(words)
    }

    fn event(&mut self, event: module_rt::Event) {
        module_rt::log!("{event:?}");
    }
}

/// What came for an instance that is dead and not yet reaped, its next one is told.
#[test]
fn an_interrupt_for_a_dead_driver_is_told_to_the_next_one() {
    let (mut system, ticker) = system(4);
    system.load(driver(false));
    system.run();
    system.crash("driver");
    ticker.borrow_mut().due = Some(Duration::ZERO);
    system.run();
    assert_eq!((system.generation("driver").0, system.lines_of("driver")), (2, vec!["interrupt"]));
}

/// device when it begins misses nothing, wherever it dies.
#[test]
fn an_interrupt_is_not_lost_with_its_driver_where_the_next_one_looks_at_the_device() {
    let test = |looks| {
        move |system: &mut System| {
            let ticker = Ticker::shared();
            system.device("driver", Rc::clone(&ticker));
            system.load(driver(looks));
            writes(system, ARM, 5);
            // Where it has died, no later than by now it is reaped, and its next instance has begun.
            system.run_for(10 * MS);
            let now = Duration::from_nanos(system.now());
            assert!(system.state("driver").is_none() || !ticker.borrow().is_up(now), "it was lost");
        }
    };
    let looking = Sweep::of("driver").seeds(0..3).run(test(true));
    assert!(looking.strikes > 60, "{looking:?}");
    looking.passes();
    // One that only acknowledges: the level of the line says it again (aarch64), its edge has passed (x86_64).
    let careless = Sweep::of("driver").seeds(0..3).run(test(false));
    assert_eq!(careless.found.is_empty(), cfg!(target_arch = "aarch64"), "{careless:?}");
}

/// While a driver waits for its restart nobody has the interrupt: that is lost, and masks the line.
#[test]
fn an_interrupt_that_nobody_has_is_lost() {
    let (mut system, ticker) = system(4);
    system.load(driver(true));
    system.run();
    // From the second time on a restart waits.
    system.crash("driver");
    system.run();
    system.crash("driver");
    system.run_for(MS);
    assert_eq!(system.state("driver"), Some(State::Dead));
    ticker.borrow_mut().due = Some(Duration::ZERO);
    system.run_for(MS);
    ticker.borrow_mut().due = None;
    system.run();
    assert!(system.story().contains("the device of driver interrupts, and nobody has it"));
    assert_eq!((system.state("driver"), system.lines_of("driver")), (Some(State::Live), vec![]));
}

/// A device that reads as this, and says of itself what is not so.
struct Says {
    up: bool,
    next: fn(Duration) -> Duration,
}

impl Device for Says {
    fn read(&mut self, _: u16, _: Duration) -> u32 {
        5
    }

    fn write(&mut self, _: u16, _: u32, _: Duration) {}

    fn interrupts(&self, _: Duration) -> bool {
        self.up
    }

    fn interrupts_at(&self, now: Duration) -> Option<Duration> {
        Some((self.next)(now))
    }
}

/// No moment is waited for that has passed, nor one while the line is masked. A device takes the place of the one before.
#[test]
fn no_run_waits_for_what_a_device_says_of_the_past_or_while_it_is_masked() {
    let (mut system, ticker) = system(9);
    system.device("driver", Says { up: false, next: |_| Duration::ZERO });
    system.load(driver(false));
    assert_eq!(writes(&mut system, KEEPS, 7), Some(5));
    assert_eq!(ticker.borrow().kept, 0);
    let mut system = System::new(9);
    system.device("driver", Says { up: true, next: |now| now + MS });
    system.load(deaf());
    system.run();
    assert_eq!(system.lines_of("driver"), ["Interrupt"]);
}
