//! A driver of the real-time clock, which passes what it is granted on to somebody else where it is told to. With the
//! argument `wait` its init waits for ever for an interrupt that it has not asked for.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo::{self, Text};
use ipc_proto::label::Status;
use ipc_proto::manifest::Device;
use ipc_proto::slots;
use ipc_proto::version::VersionRange;
use module_rt::{Client, Event, Init, InitError, Manifest, Server, device, init};
use operate::clockwork::{ARM, COUNT, GIVE, NAME, VERSION};
use operate::give::give;
use sel4::cap;

module_rt::module! {
    manifest: Manifest { device: Device::Clock as u8, ..Manifest::new(NAME) },
    init: init,
}

struct Clockwork {
    interrupts: u64,
}

fn init(init: &mut Init) -> Result<Clockwork, InitError> {
    init.reserve(NAME, VERSION)?;
    // One may have come when nobody listened.
    let _ = end_interrupt();
    while init.args() == "wait" {
        cap::Notification::from_bits(slots::NOTIFICATION).wait();
    }
    Ok(Clockwork { interrupts: 0 })
}

/// ARM PL031 (ARM DDI 0224C, section 3.3): an interrupt when the seconds match.
#[cfg(target_arch = "aarch64")]
fn arm() -> bool {
    const SECONDS: usize = 0x00;
    const MATCH: usize = 0x04;
    const MASK: usize = 0x10;
    let next = device::read(SECONDS).wrapping_add(1);
    device::write(MATCH, next);
    device::write(MASK, 1);
    // In memory that is in its place they would be what was written as well; the clock's seconds are never 0.
    next != 1
}

#[cfg(target_arch = "aarch64")]
fn end_interrupt() -> sel4::Result<()> {
    const CLEAR: usize = 0x1c;
    device::write(CLEAR, 1);
    device::acknowledge()
}

/// MC146818: an interrupt 1,024 times a second; register C says why, and reading it lets the next one come.
#[cfg(target_arch = "x86_64")]
fn arm() -> bool {
    let set = |register, value| {
        device::write_port(0x70, register).and_then(|()| device::write_port(0x71, value)).is_ok()
    };
    set(0x0a, 0x26) && set(0x0b, 0x42) && end_interrupt().is_ok()
}

#[cfg(target_arch = "x86_64")]
fn end_interrupt() -> sel4::Result<()> {
    device::write_port(0x70, 0x0c)?;
    device::read_port(0x71)?;
    device::acknowledge()
}

fn pass_on(slot: u64) -> Result<(), Status> {
    let taker =
        init::lookup("taker", VersionRange::exactly(echo::VERSION)).map_err(|_| Status::NotDelivered)?;
    give(taker, slot, &Text::new()).map(drop).map_err(|_| Status::NotDelivered)
}

impl Server for Clockwork {
    fn words(&mut self, _: Client, method: u16, [slot, ..]: [u64; 4]) -> Result<[u64; 4], Status> {
        match method {
            ARM => Ok([u64::from(arm()), 0, 0, 0]),
            COUNT => Ok([self.interrupts, 0, 0, 0]),
            GIVE => pass_on(slot).map(|()| [0; 4]),
            _ => Err(Status::UnknownMethod),
        }
    }

    fn event(&mut self, event: Event) {
        if event != Event::Interrupt {
            return;
        }
        self.interrupts = self.interrupts.saturating_add(1);
        // An error says that the device is gone: then none comes any more.
        let _ = end_interrupt();
    }
}
