//! The line being typed: which key does what to it, and what the terminal has to show for it.

use heapless::String;

/// The longest line, in characters.
pub const MAX_LINE: usize = 200;

const BELL: &str = "\x07";
const RUB_OUT: &str = "\x08 \x08";

/// The line being typed.
#[derive(Debug, Default)]
pub struct Line {
    text: String<MAX_LINE>,
    /// Whether characters were refused because the line was full.
    overflowed: bool,
}

/// What the terminal has to show for a key, and whether the line is finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Echo {
    /// Nothing.
    Nothing,
    /// The character itself.
    Typed(char),
    /// These characters.
    Show(&'static str),
    /// This many characters are rubbed out: send `\b \b` for each.
    RubOut(usize),
    /// The line is finished.
    Entered(Entered),
    /// The line was given up with Ctrl-C.
    Cancelled,
}

/// A finished line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entered {
    /// What was typed.
    Line(String<MAX_LINE>),
    /// More than [`MAX_LINE`] characters were typed.
    TooLong,
}

impl Line {
    /// An empty line.
    pub const fn new() -> Line {
        Line { text: String::new(), overflowed: false }
    }

    /// Takes a byte as the terminal sent it. Bytes that are no printable ASCII and no editing key are dropped.
    pub fn key(&mut self, byte: u8) -> Echo {
        match byte {
            b'\r' | b'\n' => {
                let overflowed = core::mem::take(&mut self.overflowed);
                let text = core::mem::take(&mut self.text);
                Echo::Entered(if overflowed { Entered::TooLong } else { Entered::Line(text) })
            }
            0x03 => {
                *self = Line::new();
                Echo::Cancelled
            }
            0x08 | 0x7f => match self.text.pop() {
                Some(_) => Echo::Show(RUB_OUT),
                None => Echo::Show(BELL),
            },
            0x15 => {
                let count = self.text.len();
                *self = Line::new();
                Echo::RubOut(count)
            }
            0x20..=0x7e => {
                let character = char::from(byte);
                if self.text.push(character).is_ok() {
                    Echo::Typed(character)
                } else {
                    self.overflowed = true;
                    Echo::Show(BELL)
                }
            }
            _ => Echo::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn typed(keys: &[u8]) -> Option<Entered> {
        let mut line = Line::new();
        keys.iter().find_map(|key| match line.key(*key) {
            Echo::Entered(entered) => Some(entered),
            _ => None,
        })
    }

    fn entered(text: &str) -> Option<Entered> {
        Some(Entered::Line(String::try_from(text).unwrap()))
    }

    #[test]
    fn editing() {
        assert_eq!(typed(b"ps\r"), entered("ps"));
        assert_eq!(typed(b"pz\x7fs\n"), entered("ps"));
        assert_eq!(typed(b"\x7f\x08ps\r"), entered("ps"));
        assert_eq!(typed(b"load x\x15ps\r"), entered("ps"));
        assert_eq!(typed(b"load x\x03ps\r"), entered("ps"));
        assert_eq!(typed(b"p\x1b\x00\xffs\r"), entered("ps"));
    }

    #[test]
    fn length_below_at_and_above_the_bound() {
        for (count, fits) in [(MAX_LINE - 1, true), (MAX_LINE, true), (MAX_LINE + 1, false)] {
            let mut keys = vec![b'a'; count];
            keys.push(b'\r');
            assert_eq!(typed(&keys) != Some(Entered::TooLong), fits, "{count}");
        }
    }

    #[test]
    fn a_line_that_was_too_long_does_not_spoil_the_next() {
        let mut line = Line::new();
        for _ in 0..MAX_LINE * 2 {
            line.key(b'a');
        }
        assert_eq!(line.key(b'\r'), Echo::Entered(Entered::TooLong));
        line.key(b'x');
        assert_eq!(line.key(b'\r'), Echo::Entered(entered("x").unwrap()));
    }

    proptest! {
        #[test]
        fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..1000)) {
            let mut line = Line::new();
            for byte in bytes {
                if let Echo::Entered(Entered::Line(text)) = line.key(byte) {
                    prop_assert!(text.bytes().all(|b| (0x20..0x7f).contains(&b)));
                }
            }
        }
    }
}
