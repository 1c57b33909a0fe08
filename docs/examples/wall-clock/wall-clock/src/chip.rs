//! What the server needs of a clock, and the way to its registers: those of the device that the module is granted, or of
//! one that a test makes up.

use module_rt::device;

/// A real-time clock, whatever chip it is.
pub trait Chip {
    /// Seconds since 1970 began; none where the device says what is no time.
    fn now(&mut self) -> Option<u64>;

    /// Has the device interrupt at that second, or more often; or not at all.
    fn interrupt_at(&mut self, seconds: Option<u64>);

    /// Ends the interrupt at the device, and lets the next one in.
    fn end_interrupt(&mut self);
}

/// A device's registers, and its interrupt.
pub trait Registers {
    /// Reads one; 0 where the device was taken back.
    fn read(&mut self, register: u8) -> u32;

    /// Writes one; nothing happens where the device was taken back.
    fn write(&mut self, register: u8, value: u32);

    /// Lets the next interrupt in.
    fn acknowledge(&mut self);
}

/// The device that the module is granted.
#[derive(Debug)]
pub struct Granted;

/// The clock that this machine has.
#[cfg(target_arch = "aarch64")]
pub type Machine = crate::pl031::Pl031<Granted>;
/// The clock that this machine has.
#[cfg(target_arch = "x86_64")]
pub type Machine = crate::mc146818::Mc146818<Granted>;

/// Its registers lie in memory.
#[cfg(target_arch = "aarch64")]
impl Registers for Granted {
    fn read(&mut self, register: u8) -> u32 {
        device::read(register.into())
    }

    fn write(&mut self, register: u8, value: u32) {
        device::write(register.into(), value);
    }

    fn acknowledge(&mut self) {
        // An error says that the device is gone: then none comes any more.
        let _ = device::acknowledge();
    }
}

/// Its registers lie behind two ports: which one it is, and its value.
#[cfg(target_arch = "x86_64")]
impl Registers for Granted {
    fn read(&mut self, register: u8) -> u32 {
        device::write_port(0x70, register).and_then(|()| device::read_port(0x71)).map_or(0, u32::from)
    }

    fn write(&mut self, register: u8, value: u32) {
        let [byte, ..] = value.to_le_bytes();
        // An error says that the device is gone.
        let _ = device::write_port(0x70, register).and_then(|()| device::write_port(0x71, byte));
    }

    fn acknowledge(&mut self) {
        // As above: then none comes any more.
        let _ = device::acknowledge();
    }
}
