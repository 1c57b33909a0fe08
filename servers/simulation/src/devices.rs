//! Devices that a test makes up: what a driver has of one, and what becomes of that.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::rc::Rc;
use std::time::Duration;

use ipc_proto::badge::INTERRUPT;
use ipc_proto::ids::DomainId;
use ipc_proto::name::Name;
use ipc_proto::slots::DEVICE_VADDR;

use crate::asked::{Access, ILLEGAL_OPERATION, INVALID_CAPABILITY, Message};
use crate::how::How;
use crate::interrupt::{Interrupt, Trigger};
use crate::panics;
use crate::system::System;
use crate::world::World;

/// A device that a test makes up, see [`System::device`]. It is called by the test's own thread, for one access at a time, and
/// told how late it is by the virtual clock.
///
/// A test that has something to do with it beside the driver keeps it in an `Rc<RefCell<_>>`.
pub trait Device {
    /// The driver reads the register that lies so many bytes behind the first one (aarch64); or this port, of which it sees the
    /// lowest byte (x86_64).
    fn read(&mut self, at: u16, now: Duration) -> u32;

    /// The driver writes there.
    fn write(&mut self, at: u16, value: u32, now: Duration);

    /// The ports that the driver is granted (x86_64). The default is all.
    fn ports(&self) -> RangeInclusive<u16> {
        0..=u16::MAX
    }

    /// Whether it holds its interrupt's line up: from when something has happened until the driver has ended that at the device.
    /// The default never does.
    fn interrupts(&self, now: Duration) -> bool {
        let _ = now;
        false
    }

    /// The moment, after this one, at which it will next do so by itself; where it will not, as far as it knows, none, which is
    /// the default. A run does not end before that moment.
    fn interrupts_at(&self, now: Duration) -> Option<Duration> {
        let _ = now;
        None
    }
}

impl<D: Device + ?Sized> Device for Rc<RefCell<D>> {
    fn read(&mut self, at: u16, now: Duration) -> u32 {
        self.borrow_mut().read(at, now)
    }

    fn write(&mut self, at: u16, value: u32, now: Duration) {
        self.borrow_mut().write(at, value, now);
    }

    fn ports(&self) -> RangeInclusive<u16> {
        self.borrow().ports()
    }

    fn interrupts(&self, now: Duration) -> bool {
        self.borrow().interrupts(now)
    }

    fn interrupts_at(&self, now: Duration) -> Option<Duration> {
        self.borrow().interrupts_at(now)
    }
}

/// A device, for a module and all of its instances.
pub(crate) struct MadeUp {
    of: Name,
    device: Box<dyn Device>,
    line: Interrupt,
}

impl fmt::Debug for MadeUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MadeUp").field("of", &self.of).field("line", &self.line).finish_non_exhaustive()
    }
}

/// What an instance has of a device.
#[derive(Debug)]
pub(crate) enum Has {
    /// It was granted none.
    Nothing,
    /// Its registers or ports, and its interrupt.
    Device,
    /// It was taken back: where registers were is memory of the module's own.
    Memory(BTreeMap<u16, u32>),
}

impl MadeUp {
    fn accessed(&mut self, access: Access, now: Duration) -> Result<u32, u64> {
        let ports = self.device.ports();
        let mut at = |at, value: Option<u32>| match value {
            Some(value) => {
                self.device.write(at, value, now);
                0
            }
            None => self.device.read(at, now),
        };
        match access {
            Access::Register(offset, value) => Ok(at(offset, value)),
            Access::Port(port, value) if ports.contains(&port) => {
                Ok(at(port, value.map(u32::from)) & u32::from(u8::MAX))
            }
            Access::Port(..) => Err(ILLEGAL_OPERATION),
            Access::Acknowledge => {
                self.line.acknowledge();
                Ok(0)
            }
        }
    }
}

impl World {
    fn moment(&self) -> Duration {
        Duration::from_nanos(self.now)
    }

    /// Whether there is a device for this module.
    pub fn has_made_up(&self, module: &Name) -> bool {
        self.devices.iter().any(|made_up| made_up.of == *module)
    }

    /// A driver uses its device, or what it takes for one.
    pub fn accesses(&mut self, id: DomainId, access: Access) {
        let now = self.moment();
        let World { rooms, devices, .. } = self;
        let Some(room) = rooms.get_mut(usize::from(id.0)).and_then(Option::as_mut) else { return };
        let Some(running) = room.running.as_mut() else { return };
        let device = devices.iter_mut().find(|made_up| made_up.of == room.name);
        let result = match (access, &mut running.has, device) {
            (access, Has::Device, Some(made_up)) => made_up.accessed(access, now),
            (Access::Register(offset, value), Has::Memory(memory), _) => {
                let word = memory.entry(offset).or_default();
                *word = value.unwrap_or(*word);
                Ok(*word)
            }
            (Access::Register(offset, _), ..) => {
                let address = DEVICE_VADDR.saturating_add(usize::from(offset));
                let how = format!("touched address {address:#x}, which is not mapped for that");
                return self.dies(id, How::Fault(how));
            }
            (Access::Port(..) | Access::Acknowledge, ..) => Err(INVALID_CAPABILITY),
        };
        let (label, word) = result.map_or_else(|error| (error, 0), |word| (0, word));
        self.goes_on(id, Message { label, words: vec![word.into()] });
    }

    /// Looks at the line of each device: what interrupts is a signal for the module whose device it is, also for one that is
    /// dead, as long as it is not reaped; its next instance receives it. Without a module it is lost.
    pub fn look_at_lines(&mut self) {
        let now = self.moment();
        let World { devices, .. } = self;
        let interrupt =
            |made_up: &mut MadeUp| made_up.line.is(made_up.device.interrupts(now)).then_some(made_up.of);
        let interrupted: Vec<Name> = devices.iter_mut().filter_map(interrupt).collect();
        for module in interrupted {
            match self.interrupted_by(&module) {
                Some(id) => {
                    let name = self.called(id);
                    self.tell(format!("{name} is interrupted by its device"));
                    self.signal(id, INTERRUPT);
                }
                None => self.tell(format!("the device of {module} interrupts, and nobody has it")),
            }
        }
    }

    fn interrupted_by(&self, module: &Name) -> Option<DomainId> {
        self.ledger.find(module).filter(|id| self.room(*id).is_some_and(|room| room.has_interrupt))
    }

    /// When a device interrupts somebody next, in nanoseconds.
    pub fn next_interrupt(&self) -> Option<u64> {
        let heard =
            |made_up: &&MadeUp| !made_up.line.is_masked() && self.interrupted_by(&made_up.of).is_some();
        let moments = self
            .devices
            .iter()
            .filter(heard)
            .filter_map(|made_up| made_up.device.interrupts_at(self.moment()));
        let nanoseconds = moments.map(|at| u64::try_from(at.as_nanos()).unwrap_or(u64::MAX));
        nanoseconds.filter(|at| *at > self.now).min()
    }

    /// An operator takes a module's device from it. `false` where it does not have it.
    fn take_device(&mut self, id: DomainId) -> bool {
        let Some(room) = self.room_mut(id) else { return false };
        let Some(has) = room.running.as_mut().map(|running| &mut running.has) else { return false };
        if !matches!(has, Has::Device) {
            return false;
        }
        *has = Has::Memory(BTreeMap::new());
        room.has_interrupt = false;
        true
    }
}

impl System {
    /// Makes up a device for a module, and grants it to whichever instance of that runs: what its manifest asks for is this one. It
    /// stays, with its state, when an instance dies. Another one for the same module takes its place.
    ///
    /// A driver that compiles for this machine's processor uses registers on aarch64, and ports on x86_64.
    ///
    /// # Panics
    /// Where that is no name of a module.
    #[track_caller]
    pub fn device(&mut self, module: &str, device: impl Device + 'static) {
        let Ok(of) = Name::new(module) else {
            panics::fail_test(format!("`{module}` is no name of a module"))
        };
        let devices = &mut self.run.world.devices;
        devices.retain(|made_up| made_up.of != of);
        devices.push(MadeUp { of, device: Box::new(device), line: Interrupt::new(Trigger::OF_THE_MACHINE) });
    }

    /// As the operator's `revoke`: takes a module's device from its running instance, which reads zeroes from there on (aarch64)
    /// or errors (x86_64), and is interrupted no more. The next one has it again. `false` where it does not have it.
    ///
    /// # Panics
    /// Where the module is not loaded.
    #[track_caller]
    pub fn take_device(&mut self, module: &str) -> bool {
        let id = self.find(module);
        self.run.world.take_device(id)
    }
}
