//! Devices that a test makes up: scenario devices shows the same on the target with its real-time clock.
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

use module_rt::simulation::calls::{Access, DeviceError, device};
use module_rt::simulation::{How, Programs, Sweep, System};
use module_rt::{Restart, alarm};
use support::{OTHER, Seen, adds, connect};
use ticker::{ARM, END, FIRST, KEEPS, LAST, MS, Ticker, driver, system, write, writes};

/// What a driver writes is at the device, also when the driver has died, and the next instance finds it there.
#[test]
fn a_device_stays_as_it_is_when_its_driver_dies() {
    let seen = Seen::default();
    let test = |system: &mut System| {
        let ticker = Ticker::shared();
        system.device("driver", Rc::clone(&ticker));
        system.load(driver(true));
        let read = writes(system, KEEPS, 7);
        let kept = ticker.borrow().kept;
        assert!(read.is_none_or(|read| read == u64::from(kept)), "{read:?}, and it has {kept}");
        seen.note(match (read, kept) {
            (_, 0) => "not written",
            (None, _) => "written, and not read",
            (Some(_), _) if system.generation("driver").0 == 1 => "written and read",
            (Some(_), _) => "read by the next instance",
        });
    };
    Sweep::of("driver").seeds(0..2).run(test).passes();
    seen.all(&["not written", "written, and not read", "written and read", "read by the next instance"]);
}

/// An interrupt that was told to an instance which has died with it is masked, as on the target. So a driver that looks at its
/// Registers below, at and above those that there are; the same for ports. What a module has that is granted no device.
#[test]
fn what_is_not_there_is_an_error_or_the_end() {
    let uses = |name: &'static str, access| {
        let (mut system, _) = system(5);
        system.load(driver(true));
        let told = system.run_program(name, move |_| Ok(device(access)));
        told.map_err(|how| how.to_string())
    };
    let port = |port| Access::Port(port, None);
    let none = Ok(Err(DeviceError::InvalidCapability));
    assert_eq!(uses("user", port(FIRST)), none);
    assert_eq!(uses("user", Access::Acknowledge), none);
    for access in [Access::Register(0x10, None), Access::Register(0x10, Some(1))] {
        assert_eq!(
            uses("user", access),
            Err("touched address 0x5f0010, which is not mapped for that".into())
        );
    }
    let (mut system, _) = system(6);
    let of_driver = system.run_program("driver", move |_| {
        let ports = [FIRST - 1, FIRST, LAST, LAST + 1].map(|at| device(port(at)));
        Ok((ports, device(Access::Register(0, None)), device(Access::Acknowledge)))
    });
    let refused = Err(DeviceError::IllegalOperation);
    assert_eq!(of_driver.unwrap(), ([refused, Ok(0), Ok(0), refused], Ok(0), Ok(0)));
    // A register has four bytes, and a port one.
    let widths = system.run_program("driver", move |_| {
        let uses = [Access::Register(LAST, Some(0x1ff)), Access::Register(LAST, None), port(LAST)];
        Ok(uses.map(device))
    });
    assert_eq!(widths.unwrap(), [Ok(0), Ok(0x1ff), Ok(0xff)]);
}

/// Scenario devices (`revoke clock clockwork`): the driver lives, and is interrupted no more; its next instance has the device.
#[test]
fn a_device_that_is_taken_back_is_gone_for_this_instance() {
    let (mut system, ticker) = system(7);
    system.load(driver(true));
    assert_eq!(writes(&mut system, KEEPS, 7), Some(7));
    writes(&mut system, ARM, 5);
    assert_eq!(system.lines_of("driver").len(), 1);
    assert!(system.take_device("driver") && !system.take_device("driver"));
    ticker.borrow_mut().due = Some(Duration::ZERO);
    // Memory of its own lies where registers were; ports are errors.
    let memory = cfg!(target_arch = "aarch64");
    assert_eq!(writes(&mut system, KEEPS, 3), Some(if memory { 3 } else { 0 }));
    assert_eq!((ticker.borrow().kept, system.lines_of("driver").len()), (7, 1));
    assert_eq!(system.generation("driver").0, 1, "it lives");
    system.restart("driver");
    system.run();
    assert_eq!(ticker.borrow().due, None, "the next one has ended it");
    assert_eq!(writes(&mut system, END, 0), Some(7));
    assert!(system.take_device("driver"));
}

/// A module that asks and has none is refused at its load: `refusals.rs`.
#[test]
fn each_driver_has_its_own_device() {
    let (mut system, ticker) = system(8);
    let other = Ticker::shared();
    system.device("other", Rc::clone(&other));
    system.load(driver(true));
    assert_eq!(writes(&mut system, KEEPS, 7), Some(7));
    let done = system.run_program("other", |_| {
        write(KEEPS, 9);
        write(ARM, 5);
        alarm::sleep(20 * MS)?;
        Ok(device(Access::Acknowledge))
    });
    assert_eq!(done.unwrap(), Ok(0));
    assert_eq!((ticker.borrow().kept, other.borrow().kept), (7, 9));
    assert_eq!(system.lines_of("driver"), [""; 0], "the other's interrupt is not its own");
    // The one that comes first comes first.
    system.load(adds("other", Restart::Never));
    let now = Duration::from_nanos(system.now());
    (ticker.borrow_mut().due, other.borrow_mut().due) = (Some(now + 10 * MS), Some(now + 9000 * MS));
    system.run();
    assert!(ticker.borrow().late[0] < MS, "{:?}", ticker.borrow());
}

/// Scenario devices (`unloaded and loaded again`): it is the module's, by its name.
#[test]
fn a_device_is_there_again_when_its_driver_is_loaded_again() {
    let (mut system, _) = system(9);
    for expected in [0, 7] {
        system.load(driver(true));
        let before = system.run_program("user", |init| {
            Ok(connect(init, "driver")?.call_words(OTHER, [KEEPS.into(), 0, 0, 0]))
        });
        assert_eq!(before.unwrap(), Ok([expected, 0, 0, 0]));
        assert_eq!(writes(&mut system, KEEPS, 7), Some(7));
        system.unload("driver");
        system.run();
        assert_eq!(system.how_died("driver"), Some(&How::Unloaded));
    }
}
