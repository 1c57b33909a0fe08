//! Frames on a serial line: a message in postcard, its CRC-32, both as COBS, and a zero.
//!
//! No byte of a frame is zero but its end. So whoever comes in the middle of one, or of anything else, is at the beginning
//! of a frame after the next zero. Source: S. Cheshire and M. Baker, "Consistent Overhead Byte Stuffing", 1999.

use core::fmt;

use heapless::Vec;
use postcard::ser_flavors::crc::CrcModifier;
use postcard::ser_flavors::{Cobs, Slice};
use serde::{Serialize, de::DeserializeOwned};

use super::SUM;

/// The longest frame, in bytes, with its zero.
pub const MAX_FRAME: usize = 1056;

/// Why what came before a zero is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadFrame {
    /// It is longer than [`MAX_FRAME`].
    TooLong,
    /// It is no COBS.
    Cobs,
    /// It is too short for a sum, has another sum, or is no message of this interface.
    Message,
    /// It is a message, and more.
    Trailing,
}

impl fmt::Display for BadFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadFrame::TooLong => write!(f, "a frame has at most {MAX_FRAME} bytes"),
            BadFrame::Cobs => f.write_str("a frame that is no COBS"),
            BadFrame::Message => f.write_str("a frame with a wrong sum, or of another interface"),
            BadFrame::Trailing => f.write_str("a frame with bytes behind its message"),
        }
    }
}

impl core::error::Error for BadFrame {}

/// The message does not fit the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRoom;

/// Writes a message as a frame; gives its bytes. A zero in front of the first one ends whatever was on the line.
///
/// # Errors
/// [`NoRoom`], never in a buffer of [`MAX_FRAME`].
pub fn encode<'a, T: Serialize>(message: &T, buffer: &'a mut [u8]) -> Result<&'a [u8], NoRoom> {
    let cobs = Cobs::try_new(Slice::new(buffer)).map_err(|_| NoRoom)?;
    let framed = postcard::serialize_with_flavor(message, CrcModifier::new(cobs, SUM.digest()));
    framed.map(|bytes| &*bytes).map_err(|_| NoRoom)
}

/// Finds the frames in what comes over a line.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    bytes: Vec<u8, MAX_FRAME>,
    /// More came than a frame can have.
    too_long: bool,
}

impl Frames {
    /// At the beginning of a frame.
    pub const fn new() -> Frames {
        Frames { bytes: Vec::new(), too_long: false }
    }

    /// Takes the next byte. `None` as long as nothing has ended, and where there is nothing between two zeros.
    ///
    /// # Errors
    /// [`BadFrame`]: what has ended is no message. The next one is read as if nothing had been.
    pub fn take<T: DeserializeOwned>(&mut self, byte: u8) -> Option<Result<T, BadFrame>> {
        if byte != 0 {
            // One less: the zero counts.
            if self.bytes.len().saturating_add(1) >= MAX_FRAME || self.bytes.push(byte).is_err() {
                self.too_long = true;
            }
            return None;
        }
        let too_long = core::mem::take(&mut self.too_long);
        let message = match (too_long, self.bytes.is_empty()) {
            (true, _) => Some(Err(BadFrame::TooLong)),
            (false, true) => None,
            (false, false) => Some(decode(&mut self.bytes)),
        };
        self.bytes.clear();
        message
    }
}

fn decode<T: DeserializeOwned>(bytes: &mut [u8]) -> Result<T, BadFrame> {
    let length = cobs::decode_in_place(bytes).map_err(|_| BadFrame::Cobs)?;
    let framed = bytes.get(..length).unwrap_or_default();
    let (message, rest) =
        postcard::take_from_bytes_crc32(framed, SUM.digest()).map_err(|_| BadFrame::Message)?;
    if rest.is_empty() { Ok(message) } else { Err(BadFrame::Trailing) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{DomainId, Generation, Instance};
    use crate::name::Name;
    use crate::operator::{MAX_SENTENCE, Sentence};
    use crate::push::{Bytes, MAX_PIECE, Reply, Request};

    fn framed<T: Serialize>(message: &T) -> std::vec::Vec<u8> {
        encode(message, &mut [0; MAX_FRAME]).unwrap().to_vec()
    }

    fn read<T: DeserializeOwned>(frames: &mut Frames, bytes: &[u8]) -> std::vec::Vec<Result<T, BadFrame>> {
        bytes.iter().filter_map(|byte| frames.take(*byte)).collect()
    }

    fn piece(byte: u8, length: usize) -> Request {
        let bytes = Bytes::from_slice(&std::vec![byte; length]).unwrap();
        Request::Piece { transfer: u32::MAX, at: u32::MAX, bytes }
    }

    #[test]
    fn the_longest_messages_fit_and_are_read_again() {
        for byte in [0, 1, 0xff] {
            let longest = piece(byte, MAX_PIECE);
            let bytes = framed(&longest);
            assert!(bytes.len() <= MAX_FRAME, "{}", bytes.len());
            assert_eq!(bytes.iter().position(|byte| *byte == 0), Some(bytes.len() - 1));
            assert_eq!(read(&mut Frames::new(), &bytes), [Ok(longest)]);
        }
        let why = Sentence::try_from("x".repeat(MAX_SENTENCE).as_str()).unwrap();
        let newest = Instance { domain: DomainId(u16::MAX), generation: Generation(u32::MAX) };
        let undone = Reply::Undone { transfer: u32::MAX, again: Some(newest), why };
        assert_eq!(read(&mut Frames::new(), &framed(&undone)), [Ok(undone)]);
    }

    #[test]
    fn the_bytes_on_the_line() {
        let begin = Request::Begin { transfer: 1, name: Name::new("ab").unwrap(), bytes: 300, sum: 0 };
        // Postcard has eight bytes of it, of which the last is zero; then the sum.
        assert_eq!(framed(&begin), [8, 1, 1, 2, b'a', b'b', 0xac, 2, 5, 187, 210, 30, 149, 0]);
    }

    #[test]
    fn the_length_of_a_frame_below_at_and_above_its_bound() {
        for (length, told) in [
            (MAX_FRAME - 2, BadFrame::Message),
            (MAX_FRAME - 1, BadFrame::Message),
            (MAX_FRAME, BadFrame::TooLong),
            (10 * MAX_FRAME, BadFrame::TooLong),
        ] {
            let mut frames = Frames::new();
            // Ones are COBS of zeros.
            let mut bytes = std::vec![1; length];
            bytes.push(0);
            assert_eq!(read::<Request>(&mut frames, &bytes), [Err(told)], "{length}");
            let hello = Request::Hello { number: 7 };
            assert_eq!(read(&mut frames, &framed(&hello)), [Ok(hello)], "the next one is read");
        }
    }

    #[test]
    fn every_change_of_one_bit_is_noticed() {
        let begin = Request::Begin { transfer: 9, name: Name::new("echo").unwrap(), bytes: 4711, sum: 1 };
        let good = framed(&begin);
        for bit in 0..(good.len() - 1) * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            let mut frames = Frames::new();
            let read_there: std::vec::Vec<Result<Request, BadFrame>> = read(&mut frames, &bad);
            assert!(read_there.iter().all(Result::is_err) && !read_there.is_empty(), "bit {bit}");
            let again: std::vec::Vec<Result<Request, BadFrame>> = read(&mut frames, &good);
            assert_eq!(again, [Ok(begin.clone())], "bit {bit}");
        }
    }

    #[test]
    fn whoever_comes_late_reads_the_next_frame() {
        let hello = Request::Hello { number: 1 };
        let good = framed(&hello);
        for cut in 1..good.len() {
            let mut frames = Frames::new();
            let first: std::vec::Vec<Result<Request, BadFrame>> = read(&mut frames, &good[cut..]);
            assert!(first.iter().all(Result::is_err), "{cut}");
            assert_eq!(read(&mut frames, &good), [Ok(hello.clone())], "{cut}");
        }
        let mut frames = Frames::new();
        assert!(read::<Request>(&mut frames, &[0, 0, 0]).is_empty(), "zeros are nothing");
    }

    #[test]
    fn a_message_and_more_is_none() {
        let mut digest = SUM.digest();
        let mut bytes = postcard::to_slice(&Request::Hello { number: 1 }, &mut [0; 16]).unwrap().to_vec();
        digest.update(&bytes);
        bytes.extend(digest.finalize().to_le_bytes());
        bytes.push(5);
        let mut encoded = [0; 32];
        let length = cobs::encode(&bytes, &mut encoded);
        let frame: std::vec::Vec<u8> = encoded[..length].iter().copied().chain([0]).collect();
        assert_eq!(read::<Request>(&mut Frames::new(), &frame), [Err(BadFrame::Trailing)]);
    }
}
