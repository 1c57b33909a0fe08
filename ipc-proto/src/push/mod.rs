//! Interface `push`: how the host's tool sends a module's file into the running system, over a serial line.
//!
//! ```text
//! tool                           supervisor
//!  Hello ───────────────────────▶
//!        ◀─────────────────────── Here
//!  Begin (name, length, sum) ───▶           a place is made; what was not ended before is forgotten
//!        ◀─────────────────────── Has 0
//!  Piece (at 0) ────────────────▶           only the next piece is taken
//!        ◀─────────────────────── Has 1024
//!  ...
//!  Deliver ─────────────────────▶           the sum is compared, and the module loaded or replaced
//!        ◀─────────────────────── Working, Live, Ended, Refused or Undone
//! ```
//!
//! Either side may be cut off, and the line may carry anything: what is no whole frame ([`frame`]) is passed over, a
//! request is repeated until it is answered, and a repeated one is answered as it was. There is one transfer at a time, the
//! newest.

pub mod frame;

use heapless::Vec;
use serde::{Deserialize, Serialize};

use crate::ids::Instance;
use crate::name::{MAX_NAME, Name, NameError};
use crate::operator::Sentence;

/// The version of this interface: both sides must have the same.
pub const VERSION: u16 = 2;
/// The most bytes of a piece.
pub const MAX_PIECE: usize = 1024;
/// The most bytes of a file.
pub const MAX_FILE: u32 = 127 * 4096;
/// What the name of a pushed file begins with; eight hexadecimal digits follow, its sum.
const PREFIX: &str = "pushed-";

/// The bytes of a piece.
pub type Bytes = Vec<u8, MAX_PIECE>;

/// What the tool says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Is anybody there? The answer repeats the number.
    Hello {
        /// Any number.
        number: u32,
    },
    /// A file is to come. Whatever was to come before is given up.
    Begin {
        /// A number for this file that no other one has.
        transfer: u32,
        /// The module that it is for: it takes the place of the one of that name, or is loaded under it.
        name: Name,
        /// How long it is, in bytes.
        bytes: u32,
        /// Its sum, see [`sum`].
        sum: u32,
    },
    /// A piece of it.
    Piece {
        /// Which file.
        transfer: u32,
        /// Where the piece begins, in bytes from the file's beginning.
        at: u32,
        /// The piece, of one byte at least.
        bytes: Bytes,
    },
    /// All of it was sent: it is to be loaded. Said again, it asks what has come of it.
    Deliver {
        /// Which file.
        transfer: u32,
    },
}

/// What the supervisor answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// To [`Request::Hello`].
    Here {
        /// Its number.
        number: u32,
        /// [`VERSION`].
        version: u16,
    },
    /// So much of the file is here: the next piece begins there.
    Has {
        /// Which file.
        transfer: u32,
        /// How many bytes.
        bytes: u32,
    },
    /// The file is whole, and the module is being made of it.
    Working {
        /// Which file.
        transfer: u32,
    },
    /// The module is live.
    Live {
        /// Which file.
        transfer: u32,
        /// The instance that was made of it.
        instance: Instance,
        /// Whether it took the place of another file's.
        replaced: bool,
    },
    /// The module, a program, ran to its end and exited with code 0.
    Ended {
        /// Which file.
        transfer: u32,
    },
    /// It is refused, and nothing has changed.
    Refused {
        /// Which file.
        transfer: u32,
        /// Why.
        why: Sentence,
    },
    /// It was not live, and the one whose place it was to take has ended for it: what that had in its memory is lost.
    Undone {
        /// Which file.
        transfer: u32,
        /// The instance that was made of the earlier file, where one is live.
        again: Option<Instance>,
        /// What has happened.
        why: Sentence,
    },
    /// There is no such transfer: the system was started anew, or another one has begun since.
    Unknown {
        /// Which was asked for.
        transfer: u32,
    },
}

/// CRC-32 as in ISO/IEC/IEEE 8802-3 (Ethernet, zip).
pub static SUM: crc::Crc<u32> = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC);

/// The sum of a file: CRC-32. It tells damage, not malice.
pub fn sum(file: &[u8]) -> u32 {
    SUM.checksum(file)
}

/// What a pushed file is called, where files of the boot archive have a name: by its sum.
///
/// # Errors
/// None: it is one of fifteen characters.
pub fn file_name(sum: u32) -> Result<Name, NameError> {
    let mut text = heapless::String::<MAX_NAME>::new();
    core::fmt::write(&mut text, format_args!("{PREFIX}{sum:08x}")).map_err(|_| NameError::TooLong)?;
    Name::new(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pushed_file_is_named_by_its_sum() {
        assert_eq!(sum(b"123456789"), 0xcbf4_3926, "the check value of CRC-32");
        assert_eq!(file_name(0xcbf4_3926).unwrap().as_str(), "pushed-cbf43926");
        assert_eq!(file_name(1).unwrap().as_str(), "pushed-00000001");
    }
}
