//! Both programs in a simulated system, with a clock that is made up: it goes with the system's, and interrupts.

use std::time::Duration;

use ipc_proto::call_error::CallError;
use ipc_proto::interface::Failure;
use module_rt::simulation::{Device, How, Program, Programs, System, for_every_death};
use module_rt::{Connection, Init};

use wall_clock::{LONGEST, WAITERS, WallClockClient, WallClockError};

#[path = "../src/try.rs"]
mod client;
#[path = "../src/main.rs"]
mod server;

/// Where it begins: 2028-02-29 00:00:00, as `date` has it.
const BEGIN: u64 = 1_835_395_200;

#[derive(Default)]
struct Clock {
    /// Which register was chosen.
    #[cfg(target_arch = "x86_64")]
    register: u32,
    interrupts: bool,
    /// At which second it interrupts.
    at: u64,
}

impl Device for Clock {
    /// An MC146818, with binary numbers.
    #[cfg(target_arch = "x86_64")]
    fn read(&mut self, _: u16, now: Duration) -> u32 {
        let seconds = u32::try_from(now.as_secs()).unwrap();
        match self.register {
            0x00 => seconds % 60,
            0x02 => seconds / 60 % 60,
            0x04 => seconds / 3600,
            0x07 => 29,
            0x08 => 2,
            0x09 => 28,
            0x0b => 0x06 | u32::from(self.interrupts) << 4,
            0x0c => {
                self.at = now.as_secs() + 1;
                0
            }
            _ => 0,
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn write(&mut self, port: u16, value: u32, _: Duration) {
        match (port, self.register) {
            (0x70, _) => self.register = value,
            (_, 0x0b) => self.interrupts = value & 0x10 != 0,
            _ => {}
        }
    }

    /// A PL031, of which the driver reads the seconds only.
    #[cfg(target_arch = "aarch64")]
    fn read(&mut self, _: u16, now: Duration) -> u32 {
        u32::try_from(BEGIN + now.as_secs()).unwrap()
    }

    #[cfg(target_arch = "aarch64")]
    fn write(&mut self, register: u16, value: u32, _: Duration) {
        match register {
            0x04 => self.at = u64::from(value) - BEGIN,
            0x10 => self.interrupts = value != 0,
            _ => self.at = u64::MAX,
        }
    }

    fn interrupts(&self, now: Duration) -> bool {
        self.interrupts && now.as_secs() >= self.at
    }

    fn interrupts_at(&self, _: Duration) -> Option<Duration> {
        self.interrupts.then(|| Duration::from_secs(self.at))
    }
}

/// The driver and its clock.
fn load_driver(system: &mut System) {
    system.device("wall-clock", Clock::default());
    system.load(server::simulated());
}

/// A client that waits until so many seconds have passed since the beginning.
fn waits(system: &mut System, name: &str, seconds: u64) -> Program<Result<u64, Failure<WallClockError>>> {
    system.start_program(name, move |init: &mut Init| {
        let clock: WallClockClient<Connection> = init.client()?;
        Ok(clock.wait_until(BEGIN + seconds))
    })
}

const LINES: [&str; 2] = ["it is 1835395200", "waited for 1 s"];

#[test]
fn who_waits_is_answered_when_the_device_interrupts() {
    let mut system = System::new(1);
    load_driver(&mut system);
    system.load(client::simulated());
    system.run();
    assert_eq!(system.lines_of("wall-clock-try"), LINES);
}

/// At each of its kernel calls and accesses to the device, which its next instance finds as it was left.
#[test]
fn who_waits_does_not_notice_any_death_of_the_driver() {
    for_every_death("wall-clock", |system| {
        load_driver(system);
        system.load(client::simulated());
        system.run();
        match &*system.lines_of("wall-clock-try") {
            // The driver has died before it was ever live, and the client has waited for it in vain.
            [] => assert!(matches!(system.how_died("wall-clock-try"), Some(How::InitFailed { .. }))),
            lines => assert_eq!(lines, LINES),
        }
    });
}

#[test]
fn others_do_not_notice_any_death_of_a_client() {
    for_every_death("wall-clock-try", |system| {
        load_driver(system);
        system.load(client::simulated());
        let other = waits(system, "other", 2);
        system.run();
        assert_eq!(other.result(system), Ok(Ok(BEGIN + 2)));
    });
}

#[test]
fn clients_that_die_while_they_wait_leave_their_places_to_others() {
    let mut system = System::new(1);
    load_driver(&mut system);
    let names: Vec<String> = (0..WAITERS).map(|number| format!("waits-{number}")).collect();
    for name in &names {
        waits(&mut system, name, LONGEST);
    }
    system.run_for(Duration::from_secs(5));
    let one_too_many = waits(&mut system, "too-many", LONGEST);
    system.run_for(Duration::from_secs(5));
    assert_eq!(one_too_many.result(&system), Ok(Err(Failure::Call(CallError::Busy))));
    for name in &names {
        system.crash(name);
    }
    let others: Vec<_> = names.iter().map(|name| waits(&mut system, name, LONGEST)).collect();
    system.run();
    for other in others {
        assert_eq!(other.result(&system), Ok(Ok(BEGIN + LONGEST)));
    }
}
