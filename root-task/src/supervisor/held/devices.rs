//! Devices: each is granted to the one module that the system's manifest names, and can be taken back from it.

use core::fmt;

use ipc_proto::ids::DomainId;
use ipc_proto::manifest;
use ipc_proto::name::Name;
use ipc_proto::operator::Answer;
use ipc_proto::slots;
use sel4::{AbsoluteCPtr, CapRights, cap};

use crate::arch;
use crate::domain::Domain;
use crate::home::Home;
use crate::supervisor::asked::operator::{not_loaded, pinned, refused};
use crate::supervisor::{Response, Supervisor, answer};

/// The capabilities to a device. Made once, at boot; copies are granted.
pub struct Device {
    /// The frame with its registers (aarch64), or its I/O ports (x86_64).
    pub registers: arch::Registers,
    /// Its interrupt.
    pub irq: cap::IrqHandler,
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Device")
    }
}

impl Device {
    /// Gives a domain that is being made the registers, the interrupt, and the notification that it signals. `slot` is an empty slot
    /// of the supervisor's for what has to be taken back one by one.
    ///
    /// # Errors
    /// The kernel's.
    pub fn grant(&self, domain: &Domain, slot: u64, home: &Home) -> sel4::Result<()> {
        arch::grant_registers(self.registers, domain, slot)?;
        domain.cspace(slots::IRQ_HANDLER).copy(&arch::root_slot(self.irq), CapRights::all())?;
        let notification = home.notification();
        domain.cspace(slots::NOTIFICATION).copy(&arch::root_slot(notification), CapRights::read_only())?;
        self.irq.irq_handler_set_notification(home.signal()?)
    }

    /// Everything that is revoked when the device is taken back.
    pub fn slots_to_revoke(&self, home: &Home) -> [AbsoluteCPtr; 2] {
        [arch::root_slot(self.irq), arch::root_slot(home.notification())]
    }

    /// Takes the device back, wherever its capabilities were passed on to; from now on its interrupt signals nothing.
    pub fn take_back(&self, home: &Home) {
        // These fail only for capabilities of another kind, and slots that do not exist.
        let _ = self.irq.irq_handler_clear();
        for slot in self.slots_to_revoke(home) {
            let _ = slot.revoke();
        }
        arch::take_registers_back(self.registers);
    }
}

impl Supervisor {
    /// The device that a module is granted, if it is one that there is.
    pub(in crate::supervisor) fn device_of(&self, module: &Name) -> Option<&Device> {
        match self.system.device_of(module) {
            manifest::Device::Console => Some(&self.console),
            manifest::Device::Clock => self.clock.as_ref(),
            manifest::Device::None => None,
        }
    }

    /// Whether a module has its device now.
    pub(in crate::supervisor) fn has_device(&self, id: DomainId) -> bool {
        self.room(id).and_then(|room| room.domain.as_ref()).is_some_and(|domain| domain.device)
    }

    /// Takes a module's device back, if it has one.
    pub(in crate::supervisor) fn take_device(&mut self, id: DomainId) -> bool {
        let Some(name) = self.ledger.module(id).map(|module| module.name) else { return false };
        if !self.has_device(id) {
            return false;
        }
        // One that is dead and not reaped yet reads nothing there any more.
        let annexed = self.ledger.runs(id).then(|| self.annexed(id));
        let (device, room) = (self.device_of(&name), self.room(id));
        if let (Some(device), Some(room)) = (device, room) {
            device.take_back(&room.home);
            if let (Some(domain), Some(annex), Some(Ok(_))) = (&room.domain, &room.annex, annexed) {
                let cleared = self.scratch.fill(annex.grave(), &super::windows::EMPTY, false);
                // What it reads there now is zero: a module does not die of what it has lost. Where that cannot be, it
                // faults.
                let _ = cleared.and_then(|()| arch::bury_registers(domain, annex.grave()));
            }
        }
        if let Some(domain) = self.room_mut(id).and_then(|room| room.domain.as_mut()) {
            domain.device = false;
        }
        true
    }

    /// An operator wants a device to be taken back from the module that has it. `None` where there is no such device.
    pub(in crate::supervisor) fn revoke_device(&mut self, device: &str, from: &Name) -> Option<Response> {
        let granted = match device {
            "console" => Some(self.system.console),
            "clock" => self.system.clock,
            _ => return None,
        };
        let Some(id) = self.ledger.find(from) else { return Some(not_loaded(from)) };
        if granted != Some(*from) {
            return Some(refused(format_args!("{from} is not granted the {device}")));
        }
        if self.is_pinned(from) {
            return Some(pinned(from, "parted from its device"));
        }
        Some(match self.take_device(id) {
            true => answer(&Answer::Revoked(1)),
            false => refused(format_args!("{from} does not have the {device} any more")),
        })
    }
}
