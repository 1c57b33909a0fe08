//! The console's device, granted to the one module that the system's manifest names.

use core::fmt;

use ipc_proto::slots;
use sel4::{CapRights, cap};

use crate::arch;
use crate::domain::Domain;
use crate::home::Home;

/// The capabilities to the console's receiver. Made once, at boot; copies are granted.
pub struct Console {
    /// The frame with its registers (aarch64), or its I/O ports (x86_64).
    pub registers: arch::Registers,
    /// Its interrupt.
    pub irq: cap::IrqHandler,
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Console")
    }
}

impl Console {
    /// Gives a domain that is being made the registers, the interrupt, and a notification for it. `device` is an
    /// empty slot of the supervisor's for what has to be taken back one by one.
    ///
    /// # Errors
    /// The kernel's.
    pub fn grant(&self, domain: &Domain, device: u64, home: &Home) -> sel4::Result<()> {
        arch::grant_registers(self.registers, domain, device)?;
        domain.cspace(slots::IRQ_HANDLER).copy(&arch::root_slot(self.irq), CapRights::all())?;
        let notification = home.notification();
        domain.cspace(slots::NOTIFICATION).copy(&arch::root_slot(notification), CapRights::read_only())?;
        self.irq.irq_handler_set_notification(home.signal()?)?;
        domain.tcb().tcb_bind_notification(notification)
    }

    /// Takes the interrupt back before the domain is destroyed.
    pub fn take_back(&self) {
        // Fails only for a capability that is not an IRQ handler, which this one is.
        let _ = self.irq.irq_handler_clear();
    }
}
