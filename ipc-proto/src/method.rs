//! A method as its client calls it: the label of its messages, and how long a call may take.
//!
//! A call goes from client to server without the supervisor. So the client leaves two notes in registers that the
//! kernel does not look at, and that the supervisor reads where the call does not come back: when the call began, by
//! the client's clock, and the method's [`Deadline`]. A client that leaves wrong notes is answered at a wrong moment, and
//! one that leaves none waits as long as its server lives; nobody else sees anything of it.

/// The upper half of a note, so that it can be told from anything else: a call that was made without notes has no
/// deadline.
const MARK: u64 = 0x4553_4352 << 32;

/// How long a call may take, counted from the moment when the client makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(u32);

impl Deadline {
    /// As long as the manifest of the server says.
    pub const OF_THE_MODULE: Deadline = Deadline(0);

    /// So many microseconds; 0 is [`Deadline::OF_THE_MODULE`]. The supervisor looks every so often, four times in the
    /// shortest deadline that any running module's manifest has, but at most once in a millisecond: a shorter one here is
    /// noticed that much later.
    pub const fn micros(micros: u32) -> Deadline {
        Deadline(micros)
    }

    /// As the client's note.
    pub const fn to_word(self) -> u64 {
        MARK | self.0 as u64
    }

    /// Reads a note; `None` for a word that is none: what happened to be in the register.
    pub const fn from_word(word: u64) -> Option<Deadline> {
        if word & !(u32::MAX as u64) == MARK { Some(Deadline(word as u32)) } else { None }
    }

    /// In nanoseconds, where the server's manifest says `of_the_module` microseconds.
    pub fn nanoseconds(self, of_the_module: u32) -> u64 {
        let micros = if self == Deadline::OF_THE_MODULE { of_the_module } else { self.0 };
        u64::from(micros).saturating_mul(1000)
    }
}

/// A method. Where it is only a label, its deadline is the module's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// The label of its messages.
    pub label: u16,
    /// How long a call may take.
    pub deadline: Deadline,
}

impl Method {
    /// A method of that label.
    pub const fn new(label: u16) -> Method {
        Method { label, deadline: Deadline::OF_THE_MODULE }
    }

    /// The same with a deadline of its own.
    pub const fn within(self, deadline: Deadline) -> Method {
        Method { deadline, ..self }
    }
}

impl From<u16> for Method {
    fn from(label: u16) -> Method {
        Method::new(label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_without_a_deadline_has_the_modules() {
        assert_eq!(Method::from(7).deadline.nanoseconds(250), 250_000);
        assert_eq!(Method::new(7).within(Deadline::micros(3)).deadline.nanoseconds(250), 3000);
    }

    #[test]
    fn a_note_comes_back_and_nothing_else_is_one() {
        for micros in [0, 1, u32::MAX] {
            let deadline = Deadline::micros(micros);
            assert_eq!(Deadline::from_word(deadline.to_word()), Some(deadline));
        }
        for word in [0, 1, u64::from(u32::MAX), u64::MAX, MARK ^ 1 << 32, MARK ^ 1 << 63] {
            assert_eq!(Deadline::from_word(word), None, "{word:#x}");
        }
        assert_eq!(Deadline::micros(u32::MAX).nanoseconds(1), 4_294_967_295_000);
    }
}
