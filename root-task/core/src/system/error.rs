//! Why a system's manifest is refused.

use core::fmt;

use ipc_proto::name::Name;

use super::{MAX_AUTOPSIES, MAX_ENCODED};

/// Why a system's manifest is refused. The text is the sentence that a person reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemError {
    /// The bytes are not an encoded manifest of this version.
    Undecodable,
    /// Something follows the manifest.
    TrailingBytes(usize),
    /// The buffer is shorter than the manifest: [`MAX_ENCODED`] is always enough.
    NoRoom,
    /// The name server is not the first module that is loaded.
    NameServerNotFirst(Name),
    /// There are arguments for a module that is not loaded at boot.
    ArgsForNobody(Name),
    /// More dead instances are to be kept than there can be reports.
    TooManyAutopsies(u8),
    /// A list has the same name twice.
    Twice {
        /// The list.
        list: &'static str,
        /// The name.
        name: Name,
    },
}

impl fmt::Display for SystemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SystemError::Undecodable => f.write_str(
                "the system's manifest in the boot archive cannot be decoded: build the image again, all of it from \
                 one version",
            ),
            SystemError::TrailingBytes(n) => write!(
                f,
                "{n} bytes follow the system's manifest in the boot archive: build the image again, all of it from \
                 one version"
            ),
            SystemError::NoRoom => write!(f, "the buffer for the system's manifest has less than {MAX_ENCODED} bytes"),
            SystemError::NameServerNotFirst(name) => write!(
                f,
                "the name server {name} is not the first module under boot: the others look names up when they start, \
                 so put it first"
            ),
            SystemError::ArgsForNobody(name) => {
                write!(f, "there are args for {name}, which is not under boot: add it there, or take them out")
            }
            SystemError::TooManyAutopsies(asked) => write!(
                f,
                "autopsies is {asked}, and at most {MAX_AUTOPSIES} dead instances are kept for their report"
            ),
            SystemError::Twice { list, name } => write!(f, "{name} is listed twice under {list}: leave one out"),
        }
    }
}

impl core::error::Error for SystemError {}
