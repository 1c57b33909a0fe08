//! The device that the module is granted: one that a test makes up, see `simulation::Device`.

use simulation::calls::{Access, device};

pub use simulation::calls::DeviceError;

/// Reads a register, by its offset in bytes from the first one. Ends the module where it is granted no device; what is not
/// aligned to 4 bytes or beyond the page is read as 0.
#[cfg(target_arch = "aarch64")]
pub fn read(offset: usize) -> u32 {
    // No register is refused.
    register(offset).and_then(|at| device(Access::Register(at, None)).ok()).unwrap_or(0)
}

/// Writes a register, as [`read`] reads one; elsewhere nothing is written.
#[cfg(target_arch = "aarch64")]
pub fn write(offset: usize, value: u32) {
    if let Some(at) = register(offset) {
        let _ = device(Access::Register(at, Some(value)));
    }
}

#[cfg(target_arch = "aarch64")]
fn register(offset: usize) -> Option<u16> {
    u16::try_from(offset).ok().filter(|at| *at < 4096 && at.is_multiple_of(4))
}

/// Reads a port of the device.
///
/// # Errors
/// [`DeviceError`], as the kernel's on the target: the device does not have the port, or was taken back.
#[cfg(target_arch = "x86_64")]
pub fn read_port(port: u16) -> Result<u8, DeviceError> {
    let [byte, ..] = device(Access::Port(port, None))?.to_le_bytes();
    Ok(byte)
}

/// Writes a port of the device.
///
/// # Errors
/// As for [`read_port`].
#[cfg(target_arch = "x86_64")]
pub fn write_port(port: u16, value: u8) -> Result<(), DeviceError> {
    device(Access::Port(port, Some(value))).map(drop)
}

/// Lets the next interrupt in.
///
/// # Errors
/// [`DeviceError`]: there is no device, or it was taken back.
pub fn acknowledge() -> Result<(), DeviceError> {
    device(Access::Acknowledge).map(drop)
}
