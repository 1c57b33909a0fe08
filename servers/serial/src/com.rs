//! The 16550s of a PC, each behind a capability to its I/O ports: the first is the console, the second the host's line.

use sel4::cap;
use uart_16550::backend::Backend;
use uart_16550::spec::registers::IER;
use uart_16550::{Config, Uart16550};

/// The first of the console's eight I/O ports.
pub const PORT: u16 = 0x3f8;
/// The last.
pub const LAST_PORT: u16 = PORT + 7;
/// Its pin of the first IOAPIC.
pub const IRQ: u64 = 4;
/// The first of the eight I/O ports of the host's line.
pub const LINE_PORT: u16 = 0x2f8;
/// Its pin of the first IOAPIC.
pub const LINE_IRQ: u64 = 3;

/// Eight ports from the first on.
pub struct Ports(cap::IOPort, u16);

impl Ports {
    /// The ports behind a capability to them.
    pub const fn new(ports: cap::IOPort, first: u16) -> Ports {
        Ports(ports, first)
    }
}

impl Backend for Ports {
    unsafe fn read(&mut self, offset: u8) -> u8 {
        // The capability covers all eight ports; were it gone, an idle line is the honest answer.
        self.0.ioport_in8(self.1.wrapping_add(u16::from(offset))).unwrap_or(0xff)
    }

    unsafe fn write(&mut self, offset: u8, value: u8) {
        let _ = self.0.ioport_out8(self.1.wrapping_add(u16::from(offset)), value);
    }
}

/// The console's UART.
pub struct Uart(Uart16550<Ports>);

impl Uart {
    /// The UART behind a capability to its eight ports.
    ///
    /// # Safety
    /// This is the program's only `Uart`.
    pub const unsafe fn new(ports: cap::IOPort) -> Uart {
        // SAFETY: the caller's promise; the back end answers for every offset.
        Uart(unsafe { Uart16550::new_with_backend(Ports::new(ports, PORT)) })
    }

    /// Sets the line up and lets received bytes raise the interrupt. Call it once per boot.
    pub fn set_up(&mut self) {
        let config = Config { interrupts: IER::DATA_READY, ..Config::default() };
        // The only failure is a missing device: then there is nobody to tell.
        let _ = self.0.init(config);
    }

    /// Writes all bytes, waiting for room where there is none.
    pub fn write(&mut self, bytes: &[u8]) {
        self.0.send_bytes_exact(bytes);
    }

    /// The next received byte, if there is one.
    pub fn read(&mut self) -> Option<u8> {
        self.0.try_receive_byte().ok()
    }

    /// Reading the data takes the interrupt back; nothing else is to be done.
    pub fn clear_receive_interrupt(&mut self) {}
}
