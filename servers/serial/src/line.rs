//! The host's line: a 16550 on both architectures, which is never waited for.

use uart_16550::spec::registers::IER;
use uart_16550::{Config, Uart16550};

/// How its registers are reached.
#[cfg(target_arch = "aarch64")]
type Registers = uart_16550::backend::MmioBackend;
/// How its registers are reached.
#[cfg(target_arch = "x86_64")]
type Registers = crate::com::Ports;

/// The line's UART.
pub struct Line(Uart16550<Registers>);

#[cfg(target_arch = "aarch64")]
impl Line {
    /// The UART whose registers are mapped at `registers`, a byte each.
    ///
    /// # Safety
    /// They are mapped as device memory for as long as the program runs, and this is the program's only `Line`. Address 0
    /// gives `None`.
    pub unsafe fn at(registers: usize) -> Option<Line> {
        let registers = core::ptr::NonNull::new(core::ptr::with_exposed_provenance_mut(registers))?;
        // SAFETY: the caller's promise.
        unsafe { Uart16550::new_mmio(registers, 1) }.ok().map(Line)
    }
}

#[cfg(target_arch = "x86_64")]
impl Line {
    /// The UART behind a capability to its eight ports.
    ///
    /// # Safety
    /// This is the program's only `Line`.
    pub const unsafe fn new(ports: sel4::cap::IOPort) -> Line {
        // SAFETY: the caller's promise; the back end answers for every offset.
        Line(unsafe { Uart16550::new_with_backend(Registers::new(ports, crate::com::LINE_PORT)) })
    }
}

impl Line {
    /// Sets the line up and lets received bytes raise the interrupt. `false` where there is no such device.
    pub fn set_up(&mut self) -> bool {
        let config = Config { interrupts: IER::DATA_READY, ..Config::default() };
        self.0.check_present() && self.0.init(config).is_ok()
    }

    /// Reads what has come, as much as there is room for; gives how many bytes.
    pub fn read(&mut self, bytes: &mut [u8]) -> usize {
        self.0.receive_bytes(bytes)
    }

    /// Whether a byte has come.
    pub fn has_byte(&mut self) -> bool {
        self.0.ready_to_receive().is_ok()
    }

    /// Writes what the device has room for; gives how many bytes.
    pub fn write(&mut self, bytes: &[u8]) -> usize {
        let mut sent = 0_usize;
        while let Some(rest) = bytes.get(sent..).filter(|rest| !rest.is_empty()) {
            match self.0.send_bytes(rest) {
                0 => break,
                count => sent = sent.saturating_add(count),
            }
        }
        sent
    }
}
