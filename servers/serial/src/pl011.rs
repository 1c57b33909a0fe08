//! The PL011 of QEMU `virt`, in a page of device memory.

use core::ptr::NonNull;

use arm_pl011_uart::{Interrupts, PL011Registers, UniqueMmioPointer};

/// The physical address of its registers: one page.
pub const PADDR: u64 = 0x0900_0000;
/// Its interrupt, as the GIC numbers it.
pub const IRQ: u64 = 33;

/// The console's UART. QEMU's needs no line settings: it transmits and receives after reset.
pub struct Uart(arm_pl011_uart::Uart<'static>);

impl Uart {
    /// The UART whose registers are mapped at `registers`.
    ///
    /// # Safety
    /// The page is mapped as device memory for as long as the program runs, and this is the program's only `Uart`.
    pub unsafe fn new(registers: NonNull<PL011Registers>) -> Uart {
        // SAFETY: the caller's promise.
        Uart(arm_pl011_uart::Uart::new(unsafe { UniqueMmioPointer::new(registers) }))
    }

    /// As [`Uart::new`], from an address.
    ///
    /// # Safety
    /// As [`Uart::new`]. Address 0 gives `None`.
    pub unsafe fn at(vaddr: usize) -> Option<Uart> {
        let registers = NonNull::new(vaddr as *mut PL011Registers)?;
        // SAFETY: the caller's promise.
        Some(unsafe { Uart::new(registers) })
    }

    /// Lets received bytes raise the interrupt.
    pub fn enable_receive_interrupt(&mut self) {
        self.0.set_interrupt_masks(Interrupts::RXI | Interrupts::RTI);
    }

    /// Writes all bytes, waiting for room where there is none.
    pub fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            while self.0.is_tx_fifo_full() {
                core::hint::spin_loop();
            }
            self.0.write_word(*byte);
        }
    }

    /// The next received byte, if there is one. Bytes with line errors are dropped.
    pub fn read(&mut self) -> Option<u8> {
        loop {
            match self.0.read_word() {
                Ok(byte) => return byte,
                Err(_) => continue,
            }
        }
    }

    /// Takes the interrupt back, after everything was read.
    pub fn clear_receive_interrupt(&mut self) {
        self.0.clear_interrupts(Interrupts::RXI | Interrupts::RTI);
    }
}
