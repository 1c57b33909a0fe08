//! The physical timer of the processor (Arm ARM, "The Generic Timer"; interrupt 30).

use core::arch::asm;

use aarch64_cpu::asm::barrier;
use aarch64_cpu::registers::{CNTFRQ_EL0, CNTVCT_EL0, Readable};
use sel4::{BootInfoPtr, cap};

use crate::arch;
use crate::memory::Memory;
use crate::objects::SetUpError;

/// The private interrupt of the physical timer.
const IRQ: u64 = 30;
const NANOSECONDS: u128 = 1_000_000_000;

/// Its registers, which the root task reads by itself and writes through the kernel.
pub struct Device {
    /// Its ticks in a second; not 0.
    frequency: u128,
}

fn convert(value: u64, from: u128, to: u128) -> u64 {
    let converted = u128::from(value).saturating_mul(to).checked_div(from);
    converted.and_then(|value| u64::try_from(value).ok()).unwrap_or(u64::MAX)
}

impl Device {
    pub fn open(_: &BootInfoPtr, _: &mut Memory, irq: cap::IrqHandler) -> Result<Device, SetUpError> {
        let frequency = u128::from(CNTFRQ_EL0.get());
        if frequency == 0 {
            return Err(SetUpError::Kernel(sel4::Error::InvalidArgument));
        }
        sel4::init_thread::slot::IRQ_CONTROL.cap().irq_control_get(IRQ, &arch::root_slot(irq))?;
        Ok(Device { frequency })
    }

    pub fn now(&self) -> u64 {
        barrier::isb(barrier::SY);
        // The virtual counter is the physical one: nobody has set an offset.
        convert(CNTVCT_EL0.get(), self.frequency, NANOSECONDS)
    }

    pub fn age_of(&self, ticks: u64) -> u64 {
        barrier::isb(barrier::SY);
        convert(CNTVCT_EL0.get().saturating_sub(ticks), self.frequency, NANOSECONDS)
    }

    pub fn set(&self, deadline: u64) {
        let ticks = convert(deadline, NANOSECONDS, self.frequency);
        // SAFETY: the write traps, and the kernel carries it out: it takes the value from x0. It changes when an
        // interrupt comes, and nothing else.
        unsafe { asm!("msr cntp_cval_el0, x0", in("x0") ticks, options(nomem, nostack, preserves_flags)) };
        Self::control(1);
    }

    pub fn stop(&self) {
        Self::control(0);
    }

    fn control(value: u64) {
        // SAFETY: as above.
        unsafe { asm!("msr cntp_ctl_el0, x0", in("x0") value, options(nomem, nostack, preserves_flags)) };
    }
}
