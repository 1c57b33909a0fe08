//! Why a system's manifest is refused.

use core::fmt;

use ipc_proto::name::Name;

use super::MAX_ENCODED;

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
    /// The console and the clock are granted to the same module.
    TwoDevices(Name),
    /// A number has no sense.
    Number {
        /// Its key.
        key: &'static str,
        /// The module that is granted it, where it is not the whole system's.
        of: Option<Name>,
        /// What is asked for.
        value: u32,
        /// The least that it can be.
        least: u32,
        /// The most.
        most: u32,
    },
    /// The first delay of a restart is longer than another time that it cannot exceed.
    DelayAbove {
        /// `restart_delay_ms`.
        value: u32,
        /// The key of the other time.
        limit: &'static str,
        /// That time.
        most: u32,
    },
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
            SystemError::TwoDevices(name) => {
                write!(f, "console and clock are both {name}, and a module has one device: name another one")
            }
            SystemError::Number { key, of, value, least, most } => {
                f.write_str(key)?;
                if let Some(name) = of {
                    write!(f, " for {name}")?;
                }
                write!(f, " is {value}: give {least} to {most}")
            }
            SystemError::DelayAbove { value, limit, most } => {
                write!(f, "restart_delay_ms is {value}, and {limit} is {most}: the delay cannot be longer")
            }
            SystemError::Twice { list, name } => write!(f, "{name} is listed twice under {list}: leave one out"),
        }
    }
}

impl SystemError {
    /// The key of the file that is to be changed, where it is one.
    pub fn key(&self) -> Option<&'static str> {
        match self {
            SystemError::Undecodable | SystemError::TrailingBytes(_) | SystemError::NoRoom => None,
            SystemError::NameServerNotFirst(_) => Some("boot"),
            SystemError::ArgsForNobody(_) => Some("args"),
            SystemError::TwoDevices(_) => Some("clock"),
            SystemError::Number { of: Some(_), .. } => Some("grants"),
            SystemError::Number { key, .. } => Some(key),
            SystemError::DelayAbove { .. } => Some("restart_delay_ms"),
            SystemError::Twice { list: "provides" | "uses", .. } => Some("rights"),
            SystemError::Twice { list, .. } => Some(list),
        }
    }
}

impl core::error::Error for SystemError {}
