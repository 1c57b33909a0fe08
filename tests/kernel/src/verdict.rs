//! What a test says: nothing, or what it got and what it wanted.

use core::fmt;

use sel4::{Error, Word};

/// The first thing in a test that was not as it must be.
#[derive(Clone, Copy, Debug)]
pub enum Failure {
    /// A value was another.
    Differs {
        /// What the value is, for people.
        what: &'static str,
        /// What it was.
        got: Word,
        /// What it must be.
        want: Word,
    },
    /// The kernel refused something that every kernel does: the test could not be made.
    Refused(Error),
    /// The test asks for more slots, memory or addresses than there are: give it more in `kit.rs`.
    TooLittle,
}

/// The outcome of a test.
pub type Verdict = Result<(), Failure>;

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Refused(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Differs { what, got, want } => {
                write!(f, "got {}, want {} ({what})", Number(*got), Number(*want))
            }
            Failure::Refused(error) => write!(f, "got the kernel error `{error}`, want success (setting up)"),
            Failure::TooLittle => write!(f, "got no slot, memory or address, want one (setting up)"),
        }
    }
}

/// Small numbers are counts and labels, large ones are addresses and patterns.
struct Number(Word);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0x100 { write!(f, "{}", self.0) } else { write!(f, "{:#x}", self.0) }
    }
}

/// Goes on only if the value is what it must be.
///
/// # Errors
/// [`Failure::Differs`] otherwise.
pub fn check(what: &'static str, got: impl Into<Word>, want: impl Into<Word>) -> Verdict {
    let (got, want) = (got.into(), want.into());
    if got == want { Ok(()) } else { Err(Failure::Differs { what, got, want }) }
}

/// Goes on only if the kernel refused with this error; success counts as 0.
///
/// # Errors
/// [`Failure::Differs`] otherwise.
pub fn check_refused(what: &'static str, got: sel4::Result<()>, want: Error) -> Verdict {
    check(what, got.err().map_or(0, Error::code), want.code())
}
