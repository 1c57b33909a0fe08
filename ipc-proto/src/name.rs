//! The name of a module or of a service: short, printable, comparable.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The longest name, in bytes.
pub const MAX_NAME: usize = 32;

/// A checked name: 1 to [`MAX_NAME`] of `a`-`z`, `0`-`9` and `-`, the first a letter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    len: u8,
    bytes: [u8; MAX_NAME],
}

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// No text at all. Give a name.
    Empty,
    /// Longer than [`MAX_NAME`] bytes. Choose a shorter one.
    TooLong,
    /// The first character is not a letter `a`-`z`.
    BadStart,
    /// A character other than `a`-`z`, `0`-`9` and `-`.
    BadCharacter,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameError::Empty => f.write_str("a name must not be empty"),
            NameError::TooLong => write!(f, "a name has at most {MAX_NAME} characters"),
            NameError::BadStart => f.write_str("a name starts with a letter a-z"),
            NameError::BadCharacter => f.write_str("a name has only the characters a-z, 0-9 and -"),
        }
    }
}

impl core::error::Error for NameError {}

impl Name {
    /// Checks `text` and copies it.
    ///
    /// # Errors
    /// [`NameError`] says which rule the text breaks.
    pub fn new(text: &str) -> Result<Name, NameError> {
        let source = text.as_bytes();
        let first = *source.first().ok_or(NameError::Empty)?;
        if source.len() > MAX_NAME {
            return Err(NameError::TooLong);
        }
        if !first.is_ascii_lowercase() {
            return Err(NameError::BadStart);
        }
        let allowed = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
        if !source.iter().all(allowed) {
            return Err(NameError::BadCharacter);
        }
        let mut bytes = [0; MAX_NAME];
        for (to, from) in bytes.iter_mut().zip(source) {
            *to = *from;
        }
        Ok(Name { len: u8::try_from(source.len()).map_err(|_| NameError::TooLong)?, bytes })
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        let used = self.bytes.get(..usize::from(self.len)).unwrap_or_default();
        core::str::from_utf8(used).unwrap_or_default()
    }

    /// From a field that is padded with zero bytes, as in a manifest.
    ///
    /// # Errors
    /// As [`Name::new`]; [`NameError::BadCharacter`] also where something follows the padding.
    pub fn from_padded(field: &[u8; MAX_NAME]) -> Result<Name, NameError> {
        let len = field.iter().position(|b| *b == 0).unwrap_or(MAX_NAME);
        let (used, rest) = field.split_at_checked(len).ok_or(NameError::TooLong)?;
        if rest.iter().any(|b| *b != 0) {
            return Err(NameError::BadCharacter);
        }
        Name::new(core::str::from_utf8(used).map_err(|_| NameError::BadCharacter)?)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Name;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name of a-z, 0-9 and -, at most 32 characters")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Name, E> {
                Name::new(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_below_at_and_above_the_bound() {
        assert_eq!(Name::new(""), Err(NameError::Empty));
        assert_eq!(Name::new(&"a".repeat(MAX_NAME - 1)).unwrap().as_str().len(), MAX_NAME - 1);
        assert_eq!(Name::new(&"a".repeat(MAX_NAME)).unwrap().as_str().len(), MAX_NAME);
        assert_eq!(Name::new(&"a".repeat(MAX_NAME + 1)), Err(NameError::TooLong));
    }

    #[test]
    fn alphabet() {
        assert_eq!(Name::new("echo-2").unwrap().as_str(), "echo-2");
        assert_eq!(Name::new("2echo"), Err(NameError::BadStart));
        assert_eq!(Name::new("-echo"), Err(NameError::BadStart));
        for bad in ["Echo", "e cho", "e\u{1b}[2J", "é", "a/b"] {
            assert!(Name::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn padded_field() {
        let mut field = [0; MAX_NAME];
        field[..4].copy_from_slice(b"echo");
        assert_eq!(Name::from_padded(&field).unwrap().as_str(), "echo");
        field[9] = b'x';
        assert_eq!(Name::from_padded(&field), Err(NameError::BadCharacter));
        assert_eq!(Name::from_padded(&[b'z'; MAX_NAME]).unwrap().as_str().len(), MAX_NAME);
    }
}
