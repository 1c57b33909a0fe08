//! Interface `waits`: how a lookup ends that waits for its name, asked of the supervisor on
//! [`crate::slots::SUPERVISOR`]. It is an interface of its own so that a module which never waits has none of it.

use core::fmt;

use heapless::Vec;
use serde::{Deserialize, Serialize};

use crate::name::Name;
use crate::registrar::Refusal;

/// The label of every request of this interface.
pub const LABEL: u16 = 0x104;
/// How many modules of a cycle are named.
pub const MAX_CYCLE: usize = 8;
/// How many characters of names a cycle is told in: with the rest of the sentence it fits a line.
const MAX_SHOWN: usize = 100;

/// A request; the caller is known by the badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Request {
    /// Wait for the end of the wait that the name server has entered for the caller ([`crate::names::Answer::Wait`]).
    /// Returns when it ends, and at once where it has. Answer: [`Answer::Awaited`], or [`Answer::None`].
    Await,
}

/// The answer, with status `Ok`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Answer {
    /// The wait has ended.
    Awaited(Awaited),
    /// The caller has no wait, or the supervisor no room to keep it waiting.
    None,
}

impl Answer {
    /// How it has ended, for a client whose wait the name server has entered: it has one, so [`Answer::None`] is the bound.
    ///
    /// # Errors
    /// [`Refusal::TooManyWaiters`] where the supervisor has no room to keep the client waiting.
    pub fn end(self) -> Result<Awaited, Refusal> {
        match self {
            Answer::Awaited(how) => Ok(how),
            Answer::None => Err(Refusal::TooManyWaiters),
        }
    }
}

/// How a wait has ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Awaited {
    /// A service was published under the name, in a version that the client speaks. Look it up again: it may be gone.
    Published {
        /// What is left of the time that the client wanted to wait, in microseconds.
        left: u64,
    },
    /// Its time is over, and nobody has published it.
    TimedOut,
    /// It would have waited for ever. Every module in the cycle is told so.
    Cycle(Cycle),
}

/// Modules that wait for one another's names: each for the next one, and the last for the first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cycle {
    /// The first of them, in their order.
    pub names: Vec<Name, MAX_CYCLE>,
    /// How many there are beside those.
    pub more: u16,
}

impl Cycle {
    /// A cycle of these modules.
    pub fn of(modules: impl IntoIterator<Item = Name>) -> Cycle {
        let mut cycle = Cycle { names: Vec::new(), more: 0 };
        for name in modules {
            if cycle.names.push(name).is_err() {
                cycle.more = cycle.more.saturating_add(1);
            }
        }
        cycle
    }
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut room, mut shown) = (MAX_SHOWN, 0_usize);
        for name in &self.names {
            match room.checked_sub(name.as_str().len()) {
                Some(rest) => room = rest,
                None => break,
            }
            write!(f, "{name}{}", if shown == 0 { " waits for " } else { ", which waits for " })?;
            shown = shown.saturating_add(1);
        }
        match self.names.len().saturating_sub(shown).saturating_add(usize::from(self.more)) {
            0 => f.write_str(self.names.first().map_or("", Name::as_str)),
            more => write!(f, "... ({more} more)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::MAX_NAME;
    use crate::names::NameFailure;
    use crate::wire;

    fn named(names: &[&str]) -> Cycle {
        Cycle::of(names.iter().map(|name| Name::new(name).unwrap()))
    }

    #[test]
    fn who_cannot_be_kept_waiting_reads_which_bound_it_is() {
        let refusal = Answer::None.end().unwrap_err();
        assert_eq!(
            NameFailure::Supervisor(refusal).to_string(),
            "as many lookups wait for that name (waiters), or in all, as may"
        );
        for how in [Awaited::Published { left: 3 }, Awaited::TimedOut, Awaited::Cycle(named(&["a"]))] {
            assert_eq!(Answer::Awaited(how.clone()).end(), Ok(how));
        }
    }

    #[test]
    fn a_cycle_names_everybody_in_order_and_ends_where_it_began() {
        assert_eq!(named(&["a"]).to_string(), "a waits for a");
        assert_eq!(named(&["a", "b"]).to_string(), "a waits for b, which waits for a");
        assert_eq!(
            named(&["c", "a", "b"]).to_string(),
            "c waits for a, which waits for b, which waits for c"
        );
    }

    #[test]
    fn how_many_are_named_below_at_and_above_the_bound() {
        for (count, ends) in [
            (MAX_CYCLE - 1, "m6, which waits for m0"),
            (MAX_CYCLE, "m7, which waits for m0"),
            (MAX_CYCLE + 1, "m7, which waits for ... (1 more)"),
            (32, "m7, which waits for ... (24 more)"),
        ] {
            let cycle = Cycle::of((0..count).map(|i| Name::new(&format!("m{i}")).unwrap()));
            assert!(cycle.to_string().ends_with(ends), "{count}: {cycle}");
        }
    }

    #[test]
    fn long_names_are_left_out_and_counted() {
        let long = |i: usize| Name::new(&format!("{}{i:02}", "n".repeat(MAX_NAME - 2))).unwrap();
        let cycle = Cycle::of((0..MAX_CYCLE).map(long));
        let which = ", which waits for ";
        let three = format!("{} waits for {}{which}{}{which}... (5 more)", long(0), long(1), long(2));
        assert_eq!(cycle.to_string(), three);
        let mut words = [0; wire::MAX_WORDS];
        assert!(
            wire::encode(&Answer::Awaited(Awaited::Cycle(cycle)), &mut words).is_ok(),
            "the longest fits a message"
        );
    }
}
