//! What the kernel says when it does not do what it was asked.

use core::fmt;

use crate::{Word, sys};

/// The result of an invocation.
pub type Result<T> = core::result::Result<T, Error>;

/// Why the kernel refused an invocation.
///
/// Words that explain an error further are in the IPC buffer's first message registers after it (for
/// [`Error::NotEnoughMemory`] the bytes that are free, for instance).
///
/// Manual: appendix "Error Codes".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Error {
    /// A parameter that is not a capability is wrong. Message register 0 says which, counted from 0.
    InvalidArgument = sys::INVALID_ARGUMENT,
    /// A capability that was passed is not of the type that is needed, or the one that was invoked is none
    /// (the object is gone). Message register 0 says which was meant, 0 being the one invoked.
    ///
    /// Also given where the answer did not come from the kernel at all, because the capability is one to an
    /// endpoint and a program answered.
    InvalidCapability = sys::INVALID_CAPABILITY,
    /// Not possible now, or not with this capability: for instance minting from a capability that is badged
    /// already, or invoking an object with a method that it does not have.
    IllegalOperation = sys::ILLEGAL_OPERATION,
    /// A parameter is outside of its range. Message registers 0 and 1 hold the smallest and largest value.
    RangeError = sys::RANGE_ERROR,
    /// An address is not aligned as it has to be.
    AlignmentError = sys::ALIGNMENT_ERROR,
    /// A capability's address leads nowhere, or a page has no table above it. Message registers from 0 on say
    /// how far the lookup came.
    FailedLookup = sys::FAILED_LOOKUP,
    /// The message has fewer words or capabilities than the method needs.
    TruncatedMessage = sys::TRUNCATED_MESSAGE,
    /// The destination is not empty: delete what is there first.
    DeleteFirst = sys::DELETE_FIRST,
    /// The object has capabilities derived from it: revoke first.
    RevokeFirst = sys::REVOKE_FIRST,
    /// The untyped has not that much memory left. Message register 0 holds the bytes that it has.
    NotEnoughMemory = sys::NOT_ENOUGH_MEMORY,
}

impl Error {
    /// The error of an answer's label; `None` for 0, which means success.
    #[must_use]
    pub const fn from_label(label: Word) -> Option<Self> {
        Some(match label {
            sys::NO_ERROR => return None,
            sys::INVALID_ARGUMENT => Self::InvalidArgument,
            sys::ILLEGAL_OPERATION => Self::IllegalOperation,
            sys::RANGE_ERROR => Self::RangeError,
            sys::ALIGNMENT_ERROR => Self::AlignmentError,
            sys::FAILED_LOOKUP => Self::FailedLookup,
            sys::TRUNCATED_MESSAGE => Self::TruncatedMessage,
            sys::DELETE_FIRST => Self::DeleteFirst,
            sys::REVOKE_FIRST => Self::RevokeFirst,
            sys::NOT_ENOUGH_MEMORY => Self::NotEnoughMemory,
            // The kernel has no other: who answers with one is a program behind an endpoint.
            _ => Self::InvalidCapability,
        })
    }

    /// The number under which the kernel and the manual know it.
    #[must_use]
    pub const fn code(self) -> Word {
        self as Word
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidArgument => "invalid argument",
            Self::InvalidCapability => "invalid capability",
            Self::IllegalOperation => "illegal operation",
            Self::RangeError => "out of range",
            Self::AlignmentError => "not aligned",
            Self::FailedLookup => "lookup failed",
            Self::TruncatedMessage => "message too short",
            Self::DeleteFirst => "destination not empty",
            Self::RevokeFirst => "derived capabilities exist",
            Self::NotEnoughMemory => "not enough memory in the untyped",
        })
    }
}

impl core::error::Error for Error {}
