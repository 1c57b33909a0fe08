//! The device that a module is granted, which is not simulated: its driver compiles, and whatever it does ends the run.

const WHAT: &str = "a device (`module_rt::device`)";

/// What the kernel says of a device on the target: here nothing is ever said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceError {}

/// Ends the run.
#[cfg(target_arch = "aarch64")]
pub fn read(_: usize) -> u32 {
    simulation::calls::not_simulated(WHAT)
}

/// Ends the run.
#[cfg(target_arch = "aarch64")]
pub fn write(_: usize, _: u32) {
    simulation::calls::not_simulated(WHAT)
}

/// Ends the run.
///
/// # Errors
/// None.
#[cfg(target_arch = "x86_64")]
pub fn read_port(_: u16) -> Result<u8, DeviceError> {
    simulation::calls::not_simulated(WHAT)
}

/// Ends the run.
///
/// # Errors
/// None.
#[cfg(target_arch = "x86_64")]
pub fn write_port(_: u16, _: u8) -> Result<(), DeviceError> {
    simulation::calls::not_simulated(WHAT)
}

/// Ends the run.
///
/// # Errors
/// None.
pub fn acknowledge() -> Result<(), DeviceError> {
    simulation::calls::not_simulated(WHAT)
}
