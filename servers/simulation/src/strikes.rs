//! Where something strikes a module: at one of its kernel calls, each of which has two places, before it has any effect,
//! and right after that.

use std::collections::BTreeMap;
use std::fmt;

use crate::random::Random;

/// What strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It dies, as by a fault: what becomes of it is its restart policy's to say.
    Death,
    /// An operator unloads it.
    Unload,
    /// An operator has it restarted.
    Restart,
    /// An operator takes all of its connections back. It lives, and so do those to whom they led.
    Revoke,
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Act::Death => "a death",
            Act::Unload => "an unload",
            Act::Restart => "a restart",
            Act::Revoke => "a revoke",
        })
    }
}

/// Something that has struck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Struck {
    /// What.
    pub act: Act,
    /// Whom.
    pub module: String,
    /// At which of its places: counted over all of its instances, two for each kernel call.
    pub place: u32,
    /// At which instance's which call, in words.
    pub at: String,
}

impl fmt::Display for Struck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Struck { act, module, place, at } = self;
        write!(f, "{act} of `{module}` at place {place}: {at}")
    }
}

/// When something strikes: the two places of a call, and that of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Nobody knows of it yet.
    Before,
    /// What it does is done: the request waits or is received, the answer is given, what was published is visible. What the
    /// call comes to, the one who made it does not learn.
    After,
    /// Another one is in the middle of copying the memory that they share.
    Meanwhile,
}

#[derive(Clone, Debug)]
enum When {
    At(u32),
    AtRandom { left: u32, one_in: usize },
}

impl When {
    fn hits(&mut self, place: u32, random: &mut Random) -> bool {
        match self {
            When::At(at) => *at == place,
            When::AtRandom { left: 0, .. } => false,
            When::AtRandom { left, one_in } => {
                let hits = random.below(*one_in) == 0;
                *left = left.saturating_sub(u32::from(hits));
                hits
            }
        }
    }
}

#[derive(Clone, Debug)]
struct Strike {
    of: String,
    act: Act,
    when: When,
}

/// What is to strike in a run, and what has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Strikes {
    planned: Vec<Strike>,
    places: BTreeMap<String, u32>,
    struck: Vec<Struck>,
}

impl Strikes {
    /// At exactly this place.
    pub fn plan(&mut self, act: Act, of: &str, place: u32) {
        self.planned.push(Strike { of: of.to_owned(), act, when: When::At(place) });
    }

    /// So often at most, at places of the seed's choice: each is one in `one_in`.
    pub fn plan_at_random(&mut self, act: Act, of: &str, at_most: u32, one_in: usize) {
        let when = When::AtRandom { left: at_most, one_in };
        self.planned.push(Strike { of: of.to_owned(), act, when });
    }

    /// What has struck.
    pub fn struck(&self) -> &[Struck] {
        &self.struck
    }

    /// How many places there were for this module.
    pub fn places_of(&self, module: &str) -> u32 {
        self.places.get(module).copied().unwrap_or(0)
    }

    /// A module comes to its next place: what strikes it there, if anything does.
    pub fn look(
        &mut self,
        module: &str,
        moment: Moment,
        random: &mut Random,
        call: &dyn Fn() -> String,
    ) -> Option<Act> {
        let next = self.places.entry(module.to_owned()).or_default();
        let place = *next;
        *next = next.saturating_add(1);
        let mut own = self.planned.iter_mut().filter(|strike| strike.of == module);
        let strike = own.find_map(|strike| strike.when.hits(place, random).then_some(&*strike))?;
        let when = match moment {
            Moment::Before => "before that is done",
            Moment::After => "right after that",
            Moment::Meanwhile => "which it shares with that one",
        };
        let at = format!("{} ({when})", call());
        let struck = Struck { act: strike.act, module: strike.of.clone(), place, at };
        self.struck.push(struck);
        Some(strike.act)
    }
}
