//! The supervisor's own timer: a clock, and one deadline at a time.
//!
//! No module can read, set or stop it: on aarch64 its registers are closed to user level and patch 06 of
//! `kernel-config/` writes them for the root task alone; on x86_64 only the root task has the frame of the HPET.

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "x86_64")]
mod x86_64;

use sel4::{BootInfoPtr, cap};

use crate::memory::Memory;
use crate::objects::SetUpError;

#[cfg(target_arch = "aarch64")]
use aarch64::Device;
#[cfg(target_arch = "x86_64")]
use x86_64::Device;

/// The timer.
pub struct Timer {
    device: Device,
    irq: cap::IrqHandler,
    signal: cap::Notification,
    /// What the device is set to.
    deadline: Option<u64>,
}

impl Timer {
    /// Takes the device; from then on a deadline that passes signals `signal`.
    ///
    /// # Errors
    /// [`SetUpError`] where the machine or the kernel does not offer the device.
    pub fn set_up(
        bootinfo: &BootInfoPtr,
        memory: &mut Memory,
        signal: cap::Notification,
    ) -> Result<Timer, SetUpError> {
        let irq = memory.alloc_slots(1)?;
        let irq = cap::IrqHandler::from_bits(u64::from(irq.first.0));
        let device = Device::open(bootinfo, memory, irq)?;
        irq.irq_handler_set_notification(signal)?;
        // An interrupt from before the notification was set would keep the line masked.
        irq.irq_handler_ack()?;
        Ok(Timer { device, irq, signal, deadline: None })
    }

    /// Nanoseconds since some moment in the past.
    pub fn now(&self) -> u64 {
        self.device.now()
    }

    /// How many nanoseconds ago a module read this value from the processor's counter; 0 for one that is yet to come.
    pub fn age_of(&self, ticks: u64) -> u64 {
        self.device.age_of(ticks)
    }

    /// A deadline's signal came when it could not be heard: it comes once more.
    pub fn signal_again(&self) {
        self.signal.signal();
    }

    /// Sets the deadline, a value of [`Timer::now`]. One that has passed already is signalled at once.
    ///
    /// The one that is set already is left alone: QEMU counts an HPET's steps from the moment of the write, so that
    /// the same deadline written anew comes a part of a step later.
    pub fn set(&mut self, deadline: u64) {
        if self.deadline == Some(deadline) && deadline > self.now() {
            return;
        }
        self.deadline = Some(deadline);
        self.device.set(deadline);
        // Where it passed before it was set, the device may have missed it.
        if deadline <= self.now() {
            self.signal.signal();
        }
    }

    /// A deadline's signal has come, perhaps that of one that has been replaced since: the next one can come.
    pub fn acknowledge(&mut self) {
        if self.deadline.is_none_or(|deadline| deadline <= self.now()) {
            self.deadline = None;
            self.device.stop();
        }
        // Fails only for a capability that is not an IRQ handler, which this one is.
        let _ = self.irq.irq_handler_ack();
    }
}
