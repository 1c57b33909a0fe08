//! The x86's I/O ports. How a narrower range is made is in `version`.

use crate::{Result, Word, cap, sys};

impl cap::IOPort {
    /// Reads a byte from `port`.
    ///
    /// Manual: section "I/O Ports".
    ///
    /// # Errors
    /// [`IllegalOperation`](crate::Error::IllegalOperation): the port is outside of this capability's range.
    pub fn ioport_in8(self, port: u16) -> Result<u8> {
        sys::x86_io_port_in8(self.cptr(), port)
    }

    /// Reads 16 bits from `port`.
    ///
    /// # Errors
    /// As [`ioport_in8`](Self::ioport_in8).
    pub fn ioport_in16(self, port: u16) -> Result<u16> {
        sys::x86_io_port_in16(self.cptr(), port)
    }

    /// Reads 32 bits from `port`.
    ///
    /// # Errors
    /// As [`ioport_in8`](Self::ioport_in8).
    pub fn ioport_in32(self, port: u16) -> Result<u32> {
        sys::x86_io_port_in32(self.cptr(), port)
    }

    /// Writes a byte to `port`.
    ///
    /// # Errors
    /// As [`ioport_in8`](Self::ioport_in8).
    pub fn ioport_out8(self, port: u16, data: u8) -> Result<()> {
        sys::x86_io_port_out8(self.cptr(), Word::from(port), Word::from(data))
    }

    /// Writes 16 bits to `port`.
    ///
    /// # Errors
    /// As [`ioport_in8`](Self::ioport_in8).
    pub fn ioport_out16(self, port: u16, data: u16) -> Result<()> {
        sys::x86_io_port_out16(self.cptr(), Word::from(port), Word::from(data))
    }

    /// Writes 32 bits to `port`.
    ///
    /// # Errors
    /// As [`ioport_in8`](Self::ioport_in8).
    pub fn ioport_out32(self, port: u16, data: u32) -> Result<()> {
        sys::x86_io_port_out32(self.cptr(), Word::from(port), Word::from(data))
    }
}
