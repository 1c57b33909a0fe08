//! Rights: what a copy of a capability may be used for.

use crate::version::rights;
use crate::{Word, sys};

/// The rights of a capability.
///
/// Manual: section "Capability Rights".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct CapRights(Word);

impl CapRights {
    /// From the word as the kernel has it.
    #[must_use]
    #[inline(always)]
    pub const fn from_bits(bits: Word) -> Self {
        Self(bits)
    }

    /// The word as the kernel has it.
    #[must_use]
    #[inline(always)]
    pub const fn bits(self) -> Word {
        self.0
    }

    /// Every right.
    #[must_use]
    pub const fn all() -> Self {
        CapRightsBuilder::all().build()
    }

    /// No right.
    #[must_use]
    pub const fn none() -> Self {
        CapRightsBuilder::none().build()
    }

    /// Reading (receiving) and writing (sending).
    #[must_use]
    pub const fn read_write() -> Self {
        CapRightsBuilder::none().read(true).write(true).build()
    }

    /// Reading, or receiving.
    #[must_use]
    pub const fn read_only() -> Self {
        CapRightsBuilder::none().read(true).build()
    }

    /// Writing, or sending.
    #[must_use]
    pub const fn write_only() -> Self {
        CapRightsBuilder::none().write(true).build()
    }
}

/// Builds [`CapRights`] one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapRightsBuilder(Word);

impl CapRightsBuilder {
    /// Starts with no right.
    #[must_use]
    pub const fn none() -> Self {
        Self(0)
    }

    /// Starts with every right.
    #[must_use]
    pub const fn all() -> Self {
        Self::none().read(true).write(true).grant(true).grant_reply(true)
    }

    const fn set(self, right: Word, on: bool) -> Self {
        Self(if on { self.0 | right } else { self.0 & !right })
    }

    /// Writing to a page, sending to an endpoint, signalling a notification.
    #[must_use]
    pub const fn write(self, on: bool) -> Self {
        self.set(sys::RIGHT_WRITE, on)
    }

    /// Reading a page, receiving from an endpoint, waiting for a notification.
    #[must_use]
    pub const fn read(self, on: bool) -> Self {
        self.set(sys::RIGHT_READ, on)
    }

    /// Sending capabilities along with messages.
    #[must_use]
    pub const fn grant(self, on: bool) -> Self {
        self.set(sys::RIGHT_GRANT, on)
    }

    /// Letting the receiver answer a Call. See [`version`](crate::version) for kernels that have no such right.
    #[must_use]
    pub const fn grant_reply(self, on: bool) -> Self {
        match rights::GRANT_REPLY {
            Some(right) => self.set(right, on),
            None => self,
        }
    }

    /// The rights.
    #[must_use]
    pub const fn build(self) -> CapRights {
        CapRights(self.0)
    }
}
