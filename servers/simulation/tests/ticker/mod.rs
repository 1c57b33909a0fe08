//! A made-up device that interrupts when it was told to, and its driver.

#![allow(dead_code, reason = "each test file uses some of it")]

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::rc::Rc;
use std::time::Duration;

use ipc_proto::label::Status;
use ipc_proto::manifest::{Device as Kind, Manifest};
use module_rt::simulation::{Device, Module, Programs, System, module};
use module_rt::{Client, Event, Init, Restart, Server, device, log};

use crate::support::{METHOD, OTHER, VERSION, connect};

/// Reads 1 while the interrupt's line is up.
pub const UP: u8 = 0x40;
/// Has it interrupt after so many milliseconds.
pub const ARM: u8 = 0x44;
/// Ends the interrupt.
pub const END: u8 = 0x48;
/// Keeps what is written.
pub const KEEPS: u8 = 0x4c;
/// Its ports.
pub const FIRST: u16 = UP as u16;
/// The last one.
pub const LAST: u16 = KEEPS as u16;

/// The device.
#[derive(Debug, Default)]
pub struct Ticker {
    /// From when on it interrupts.
    pub due: Option<Duration>,
    /// What was written to be kept.
    pub kept: u32,
    /// How long after its moment each interrupt was ended.
    pub late: Vec<Duration>,
}

impl Ticker {
    /// One that the test has as well.
    pub fn shared() -> Rc<RefCell<Ticker>> {
        Rc::default()
    }

    /// Whether the line is up then.
    pub fn is_up(&self, now: Duration) -> bool {
        self.due.is_some_and(|due| due <= now)
    }
}

impl Device for Ticker {
    fn read(&mut self, at: u16, now: Duration) -> u32 {
        match at as u8 {
            UP => self.is_up(now).into(),
            KEEPS => self.kept,
            _ => 0,
        }
    }

    fn write(&mut self, at: u16, value: u32, now: Duration) {
        match at as u8 {
            ARM => self.due = Some(now + Duration::from_millis(value.into())),
            END => self.late.extend(self.due.take().and_then(|due| now.checked_sub(due))),
            KEEPS => self.kept = value,
            _ => {}
        }
    }

    fn ports(&self) -> RangeInclusive<u16> {
        FIRST..=LAST
    }

    fn interrupts(&self, now: Duration) -> bool {
        self.is_up(now)
    }

    fn interrupts_at(&self, now: Duration) -> Option<Duration> {
        self.due.filter(|due| *due > now)
    }
}

/// As a driver of this machine's target reads: 0 where there is nothing any more.
#[cfg(target_arch = "x86_64")]
pub fn read(at: u8) -> u32 {
    device::read_port(at.into()).map_or(0, u32::from)
}

/// And writes.
#[cfg(target_arch = "x86_64")]
pub fn write(at: u8, value: u8) {
    let _ = device::write_port(at.into(), value);
}

/// As a driver of this machine's target reads: 0 where there is nothing any more.
#[cfg(target_arch = "aarch64")]
pub fn read(at: u8) -> u32 {
    device::read(at.into())
}

/// And writes.
#[cfg(target_arch = "aarch64")]
pub fn write(at: u8, value: u8) {
    device::write(at.into(), value.into());
}

/// Writes and reads what it is called for, and ends interrupts.
struct Driver;

impl Driver {
    fn end(&mut self) {
        write(END, 0);
        let _ = device::acknowledge();
    }
}

impl Server for Driver {
    fn words(&mut self, _: Client, method: u16, [at, value, ..]: [u64; 4]) -> Result<[u64; 4], Status> {
        match method {
            METHOD => write(at as u8, value as u8),
            _ => return Ok([read(at as u8).into(), 0, 0, 0]),
        }
        Ok([0; 4])
    }

    fn event(&mut self, event: Event) {
        if event == Event::Interrupt {
            log!("interrupt");
            self.end();
        }
    }
}

/// A millisecond.
pub const MS: Duration = Duration::from_millis(1);

/// A system with a device for the module `driver`.
pub fn system(seed: u64) -> (System, Rc<RefCell<Ticker>>) {
    let (mut system, ticker) = (System::new(seed), Ticker::shared());
    system.device("driver", Rc::clone(&ticker));
    (system, ticker)
}

/// A program that has the driver write there, and then read `KEEPS`; nothing where it is interrupted.
pub fn writes(system: &mut System, at: u8, value: u8) -> Option<u64> {
    let read = system.run_program("user", move |init: &mut Init| {
        let driver = connect(init, "driver")?;
        let _ = driver.call_words(METHOD, [at.into(), value.into(), 0, 0]);
        Ok(driver.call_words(OTHER, [KEEPS.into(), 0, 0, 0]))
    });
    read.ok()?.ok().map(|[value, ..]| value)
}

/// What a driver asks for.
pub fn manifest() -> Manifest {
    Manifest { device: Kind::Clock as u8, ..crate::support::manifest("driver", Restart::OnFailure) }
}

/// The driver. With `looks` it looks at the device when it begins; otherwise it only lets the next interrupt in.
pub fn driver(looks: bool) -> Module {
    module(manifest(), move |init: &mut Init| {
        init.reserve("driver", VERSION)?;
        let _ = device::acknowledge();
        let mut driver = Driver;
        if looks && read(UP) != 0 {
            driver.end();
        }
        Ok(driver)
    })
}
