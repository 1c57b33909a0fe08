//! The console's receiver, for the module that is granted it: bytes in, one interrupt at a time.
//!
//! Only the supervisor writes to the console, so that lines of different programs never mix.

use ipc_proto::slots;
use sel4::cap;
use serial::Uart;

/// The receiving half of the console.
pub struct Receiver {
    uart: Uart,
}

impl Receiver {
    /// Takes the receiver that the supervisor has granted. `None` where it did not, or a second time.
    pub fn take() -> Option<Receiver> {
        static TAKEN: core::sync::atomic::AtomicBool = core::sync::atomic::AtomicBool::new(false);
        if TAKEN.swap(true, core::sync::atomic::Ordering::Relaxed) {
            return None;
        }
        // SAFETY: the supervisor maps the registers of the granted device at this address for the module's whole
        // life; the flag above makes this the only `Uart` of the program.
        #[cfg(target_arch = "aarch64")]
        let uart = unsafe { Uart::at(slots::DEVICE_VADDR) }?;
        // SAFETY: the flag above makes this the only `Uart` of the program.
        #[cfg(target_arch = "x86_64")]
        let uart = unsafe { Uart::new(cap::IOPort::from_bits(slots::IO_PORTS)) };
        let receiver = Receiver { uart };
        // An interrupt may have come before anybody listened: acknowledged now, the next one gets through.
        receiver.acknowledge();
        Some(receiver)
    }

    fn acknowledge(&self) {
        // Fails only where the capability is missing, and then no interrupt will come at all.
        let _ = cap::IrqHandler::from_bits(slots::IRQ_HANDLER).irq_handler_ack();
    }

    /// The next byte, where one has come.
    pub fn byte(&mut self) -> Option<u8> {
        self.uart.read()
    }

    /// The next byte; waits for it.
    pub fn wait_for_byte(&mut self) -> u8 {
        loop {
            if let Some(byte) = self.wait() {
                return byte;
            }
        }
    }

    /// The next byte; where none has come, waits until one does or this module is signalled for another reason.
    pub fn wait(&mut self) -> Option<u8> {
        if let Some(byte) = self.uart.read() {
            return Some(byte);
        }
        // In this order: a byte that came before the clear is found by the second look, one that comes after it
        // raises the interrupt anew, so that the wait ends at once.
        self.uart.clear_receive_interrupt();
        if let Some(byte) = self.uart.read() {
            return Some(byte);
        }
        self.acknowledge();
        // A PC's interrupt is an edge, and one that came before the acknowledgement is lost (Intel 82093AA, section 3.2.4).
        if let Some(byte) = self.uart.read() {
            return Some(byte);
        }
        let _ = cap::Notification::from_bits(slots::NOTIFICATION).wait();
        self.uart.read()
    }
}
