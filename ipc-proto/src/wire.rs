//! Postcard in message registers: a message is a run of bytes, padded with zeros to whole words.

use serde::{Serialize, de::DeserializeOwned};
use zerocopy::IntoBytes;

/// The most words of a control message. The kernel's limit is 120 registers (seL4 manual 5.0.0, section 4.1).
pub const MAX_WORDS: usize = 120;

/// The most bytes of a control message.
pub const MAX_BYTES: usize = MAX_WORDS * 8;

/// Why a message could not be written or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireError {
    /// The value needs more than [`MAX_BYTES`]. The bounded types of the interfaces cannot reach it.
    TooLong,
    /// The words are not this type's encoding, or something follows it. Answer `BadMessage`.
    Malformed,
}

/// Writes `value` into `words`; gives the number of words used.
///
/// # Errors
/// [`WireError::TooLong`] where `words` is too short for it.
pub fn encode<T: Serialize + ?Sized>(value: &T, words: &mut [u64]) -> Result<usize, WireError> {
    let used = postcard::to_slice(value, words.as_mut_bytes()).map_err(|_| WireError::TooLong)?.len();
    let count = used.div_ceil(8);
    if let Some(padding) = words.as_mut_bytes().get_mut(used..count.saturating_mul(8)) {
        padding.fill(0);
    }
    Ok(count)
}

/// Reads a value back from exactly the words of the message.
///
/// # Errors
/// [`WireError::Malformed`]: not an encoding of `T`, a whole word too many, or padding that is not zero.
pub fn decode<T: DeserializeOwned>(words: &[u64]) -> Result<T, WireError> {
    let (value, rest) = postcard::take_from_bytes(words.as_bytes()).map_err(|_| WireError::Malformed)?;
    if rest.len() >= 8 || rest.iter().any(|b| *b != 0) {
        return Err(WireError::Malformed);
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use heapless::String;

    #[test]
    fn comes_back_and_ignores_nothing() {
        let text: String<64> = String::try_from("hello, world").unwrap();
        let mut words = [u64::MAX; 8];
        let used = encode(&text, &mut words).unwrap();
        assert_eq!(used, 2);
        assert_eq!(decode::<String<64>>(&words[..used]).unwrap(), text);
        assert_eq!(decode::<String<64>>(&words[..used + 1]), Err(WireError::Malformed));
        words[1] |= 1 << 63;
        assert_eq!(decode::<String<64>>(&words[..used]), Err(WireError::Malformed));
        assert_eq!(decode::<String<64>>(&[]), Err(WireError::Malformed));
    }

    #[test]
    fn bounded_text_below_at_and_above() {
        let mut words = [0; MAX_WORDS];
        for (len, fits) in [(15, true), (16, true), (17, false)] {
            let text: String<32> = "x".repeat(len).as_str().try_into().unwrap();
            let used = encode(&text, &mut words).unwrap();
            assert_eq!(decode::<String<16>>(&words[..used]).is_ok(), fits, "{len}");
        }
    }

    #[test]
    fn too_long_is_an_error() {
        let bytes = heapless::Vec::<u8, 64>::from_slice(&[7; 40]).unwrap();
        assert_eq!(encode(&bytes, &mut [0; 5]), Err(WireError::TooLong));
        assert_eq!(encode(&bytes, &mut [0; 6]), Ok(6));
    }
}
