//! The device that the module is granted: its registers or ports, and its interrupt.
//!
//! The interrupt is [`crate::Event::Interrupt`]: [`crate::Server::event`] is called, and lets the next one in with
//! [`acknowledge`]. A device can be taken back: then its registers read as zeroes (aarch64), its ports are errors
//! (x86_64), and no interrupt comes.

use ipc_proto::slots;
use sel4::cap;

/// Reads a register, by its offset in bytes from the first one. Ends the module where it is granted no device, as any
/// access to what is not there does; what is not aligned to 4 bytes or beyond the page is read as 0.
#[cfg(target_arch = "aarch64")]
pub fn read(offset: usize) -> u32 {
    match register(offset) {
        // SAFETY: the supervisor maps the registers there, or memory of this module's own when it has taken them back; no
        // Rust object lies there.
        Some(register) => unsafe { register.read_volatile() },
        None => 0,
    }
}

/// Writes a register, as [`read`] reads one; elsewhere nothing is written.
#[cfg(target_arch = "aarch64")]
pub fn write(offset: usize, value: u32) {
    if let Some(register) = register(offset) {
        // SAFETY: as in `read`.
        unsafe { register.write_volatile(value) };
    }
}

#[cfg(target_arch = "aarch64")]
fn register(offset: usize) -> Option<*mut u32> {
    let inside = offset < 4096 && offset.is_multiple_of(4);
    inside.then(|| core::ptr::with_exposed_provenance_mut(slots::DEVICE_VADDR.wrapping_add(offset)))
}

/// Reads a port of the device.
///
/// # Errors
/// The kernel's: the device does not have the port, or was taken back.
#[cfg(target_arch = "x86_64")]
pub fn read_port(port: u16) -> sel4::Result<u8> {
    cap::IOPort::from_bits(slots::IO_PORTS).ioport_in8(port)
}

/// Writes a port of the device.
///
/// # Errors
/// As for [`read_port`].
#[cfg(target_arch = "x86_64")]
pub fn write_port(port: u16, value: u8) -> sel4::Result<()> {
    cap::IOPort::from_bits(slots::IO_PORTS).ioport_out8(port, value)
}

/// Lets the next interrupt in.
///
/// # Errors
/// The kernel's: there is no device, or it was taken back.
pub fn acknowledge() -> sel4::Result<()> {
    cap::IrqHandler::from_bits(slots::IRQ_HANDLER).irq_handler_ack()
}
