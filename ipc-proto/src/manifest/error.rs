//! Why a manifest is refused, as the sentence that a person reads.

use core::fmt;

use super::{MAX_DEADLINE, MAX_LOCKER_BITS, MAX_MEMORY, MAX_PRIORITY, MAX_STACK, MIN_DEADLINE, Manifest};
use crate::name::NameError;
use crate::slots::MAX_CONNECTIONS;

/// Why a manifest is refused. Its text is the sentence that a person reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManifestError {
    /// The section is shorter or longer than a manifest.
    Size(usize),
    /// The first bytes are not [`super::MAGIC`].
    Magic,
    /// The name breaks a rule.
    Name(NameError),
    /// Not a [`super::Restart`].
    Restart(u8),
    /// Above [`MAX_PRIORITY`].
    Priority(u8),
    /// Not whole pages, none, or more than [`MAX_STACK`].
    Stack(u32),
    /// More than [`MAX_MEMORY`].
    Memory(u32),
    /// Above [`MAX_LOCKER_BITS`].
    Locker(u8),
    /// Not a [`super::Device`].
    Device(u8),
    /// Above [`MAX_CONNECTIONS`].
    Connections(u8),
    /// Below [`MIN_DEADLINE`] or above [`MAX_DEADLINE`].
    Deadline(u32),
    /// A flag that there is not, or two that do not go together.
    Flags(u8),
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = size_of::<Manifest>();
        match *self {
            ManifestError::Size(n) => {
                write!(
                    f,
                    "the manifest has {n} bytes, not {size}: rebuild the module with this version's module-rt"
                )
            }
            ManifestError::Magic => f.write_str(
                "the manifest does not start with ESCROWM1: rebuild the module with this version's module-rt",
            ),
            ManifestError::Name(error) => write!(f, "the name in the manifest is not valid: {error}"),
            ManifestError::Restart(n) => write!(
                f,
                "the manifest's restart policy is {n}: give 0 (never), 1 (on failure) or 2 (always)"
            ),
            ManifestError::Priority(n) => {
                write!(f, "the manifest asks for priority {n}: ask for at most {MAX_PRIORITY}")
            }
            ManifestError::Stack(n) => write!(
                f,
                "the manifest asks for {n} bytes of stack: ask for whole pages of 4096, at most {MAX_STACK}"
            ),
            ManifestError::Memory(n) => {
                write!(f, "the manifest asks for {n} bytes of memory: ask for at most {MAX_MEMORY}")
            }
            ManifestError::Locker(n) => {
                write!(
                    f,
                    "the manifest asks for a locker of 2^{n} slots: ask for at most 2^{MAX_LOCKER_BITS}"
                )
            }
            ManifestError::Device(n) => {
                write!(f, "the manifest asks for device {n}: give 0 (none), 1 (console) or 2 (clock)")
            }
            ManifestError::Connections(n) => {
                write!(f, "the manifest asks for {n} connections: ask for at most {MAX_CONNECTIONS}")
            }
            ManifestError::Deadline(n) => write!(
                f,
                "the manifest's deadline for calls is {n} microseconds: give {MIN_DEADLINE} to {MAX_DEADLINE}"
            ),
            ManifestError::Flags(n) => write!(
                f,
                "the manifest has flags {n:#x}: 1, 4, and one of 8 and 16, have a meaning: rebuild the module with this version's module-rt"
            ),
        }
    }
}

impl core::error::Error for ManifestError {}
