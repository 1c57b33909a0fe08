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
const NANOSECONDS: u64 = 1_000_000_000;
/// The bits behind the point of a ratio.
const FRACTION: u32 = 32;

/// Its registers, which the root task reads by itself and writes through the kernel.
pub struct Device {
    /// Nanoseconds in a tick, and ticks in a nanosecond, times 2^32: a division here would take longer for some moments
    /// than for others, and shift what is measured.
    nanoseconds: u64,
    ticks: u64,
}

/// `of`/`to`, times 2^32.
fn ratio(of: u64, to: u64) -> Option<u64> {
    let scaled = u128::from(of).checked_shl(FRACTION)?.checked_div(u128::from(to))?;
    u64::try_from(scaled).ok()
}

fn convert(value: u64, ratio: u64) -> u64 {
    let converted = u128::from(value).saturating_mul(u128::from(ratio)) >> FRACTION;
    u64::try_from(converted).unwrap_or(u64::MAX)
}

impl Device {
    pub fn open(_: &BootInfoPtr, _: &mut Memory, irq: cap::IrqHandler) -> Result<Device, SetUpError> {
        let frequency = CNTFRQ_EL0.get();
        let (Some(nanoseconds), Some(ticks)) = (ratio(NANOSECONDS, frequency), ratio(frequency, NANOSECONDS))
        else {
            return Err(SetUpError::Kernel(sel4::Error::InvalidArgument));
        };
        sel4::init_thread::slot::IRQ_CONTROL.cap().irq_control_get(IRQ, &arch::root_slot(irq))?;
        Ok(Device { nanoseconds, ticks })
    }

    pub fn now(&self) -> u64 {
        barrier::isb(barrier::SY);
        // The virtual counter is the physical one: nobody has set an offset.
        convert(CNTVCT_EL0.get(), self.nanoseconds)
    }

    pub fn age_of(&self, ticks: u64) -> u64 {
        barrier::isb(barrier::SY);
        convert(CNTVCT_EL0.get().saturating_sub(ticks), self.nanoseconds)
    }

    pub fn set(&self, deadline: u64) {
        let ticks = convert(deadline, self.ticks);
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
