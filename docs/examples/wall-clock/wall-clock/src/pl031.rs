//! ARM's PL031 (ARM DDI 0224C), which QEMU's machine `virt` has: it counts seconds, and interrupts at one of them.

use crate::chip::{Chip, Registers};

/// The seconds.
const DATA: u8 = 0x00;
/// It interrupts when the seconds are these.
const MATCH: u8 = 0x04;
/// Whether it interrupts.
const MASK: u8 = 0x10;
/// Ends the interrupt.
const CLEAR: u8 = 0x1c;

/// A PL031 with these registers.
#[derive(Debug)]
pub struct Pl031<R> {
    /// Where they are.
    pub registers: R,
}

impl<R: Registers> Chip for Pl031<R> {
    fn now(&mut self) -> Option<u64> {
        // 1970 has passed: 0 is what is read where the registers were taken back.
        Some(self.registers.read(DATA).into()).filter(|seconds| *seconds != 0)
    }

    fn interrupt_at(&mut self, seconds: Option<u64>) {
        if let Some(seconds) = seconds {
            self.registers.write(MATCH, u32::try_from(seconds).unwrap_or(u32::MAX));
        }
        self.registers.write(MASK, u32::from(seconds.is_some()));
    }

    fn end_interrupt(&mut self) {
        self.registers.write(CLEAR, 1);
        self.registers.acknowledge();
    }
}
