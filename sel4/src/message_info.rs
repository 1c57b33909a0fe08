//! Message information: the word that says what a message is, how long, and with how many capabilities.

use crate::{Word, sys};

/// The label, the length and the capabilities of a message.
///
/// Manual: section "Message Registers" of the chapter on message passing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub struct MessageInfo(Word);

/// Puts a value into a field that is given by its bits, and cuts off what does not fit.
const fn put(field: Word, value: Word) -> Word {
    value.wrapping_shl(field.trailing_zeros()) & field
}

/// Takes a value out of a field that is given by its bits.
const fn take(word: Word, field: Word) -> Word {
    (word & field).wrapping_shr(field.trailing_zeros())
}

impl MessageInfo {
    /// A message with that label (what does not fit into 20 bits is cut off), capabilities that the receiver has
    /// unwrapped (a bit each), extra capabilities (0 to 3) and length in words (0 to
    /// [`NUM_MESSAGE_REGISTERS`](crate::NUM_MESSAGE_REGISTERS)).
    #[must_use]
    #[inline(always)]
    pub const fn new(label: Word, caps_unwrapped: usize, extra_caps: usize, length: usize) -> Self {
        Self(
            put(sys::MESSAGE_INFO_LABEL, label)
                | put(sys::MESSAGE_INFO_CAPS_UNWRAPPED, caps_unwrapped as Word)
                | put(sys::MESSAGE_INFO_EXTRA_CAPS, extra_caps as Word)
                | put(sys::MESSAGE_INFO_LENGTH, length as Word),
        )
    }

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

    /// What the message is: the sender's choice. The kernel answers with 0 for success and an error's number
    /// otherwise.
    #[must_use]
    #[inline(always)]
    pub const fn label(self) -> Word {
        take(self.0, sys::MESSAGE_INFO_LABEL)
    }

    /// Which of the message's capabilities the kernel turned into their badges: a bit each.
    #[must_use]
    #[inline(always)]
    pub const fn caps_unwrapped(self) -> usize {
        take(self.0, sys::MESSAGE_INFO_CAPS_UNWRAPPED) as usize
    }

    /// The capabilities in the message.
    #[must_use]
    #[inline(always)]
    pub const fn extra_caps(self) -> usize {
        take(self.0, sys::MESSAGE_INFO_EXTRA_CAPS) as usize
    }

    /// The words in the message. A sender can claim up to 127; never more than
    /// [`NUM_MESSAGE_REGISTERS`](crate::NUM_MESSAGE_REGISTERS) arrive.
    #[must_use]
    #[inline(always)]
    pub const fn length(self) -> usize {
        take(self.0, sys::MESSAGE_INFO_LENGTH) as usize
    }
}

/// Builds a [`MessageInfo`] field by field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageInfoBuilder {
    label: Word,
    caps_unwrapped: usize,
    extra_caps: usize,
    length: usize,
}

impl MessageInfoBuilder {
    /// Everything 0.
    #[must_use]
    #[inline(always)]
    pub const fn default() -> Self {
        Self { label: 0, caps_unwrapped: 0, extra_caps: 0, length: 0 }
    }

    /// With this label.
    #[must_use]
    #[inline(always)]
    pub const fn label(mut self, label: Word) -> Self {
        self.label = label;
        self
    }

    /// With these capabilities marked as unwrapped.
    #[must_use]
    #[inline(always)]
    pub const fn caps_unwrapped(mut self, caps_unwrapped: usize) -> Self {
        self.caps_unwrapped = caps_unwrapped;
        self
    }

    /// With this many capabilities, from the IPC buffer's `caps_or_badges`.
    #[must_use]
    #[inline(always)]
    pub const fn extra_caps(mut self, extra_caps: usize) -> Self {
        self.extra_caps = extra_caps;
        self
    }

    /// With this many words.
    #[must_use]
    #[inline(always)]
    pub const fn length(mut self, length: usize) -> Self {
        self.length = length;
        self
    }

    /// The message information.
    #[must_use]
    #[inline(always)]
    pub const fn build(self) -> MessageInfo {
        MessageInfo::new(self.label, self.caps_unwrapped, self.extra_caps, self.length)
    }
}
