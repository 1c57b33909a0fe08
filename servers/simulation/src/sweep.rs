//! A test repeated with something striking a module at every place that there is: what a death at the wrong moment reveals
//! is found, and not met by chance.

use std::fmt;
use std::ops::Range;

use crate::panics;
use crate::strikes::Act;
use crate::system::{BEHIND, System};

/// More places than this are a sign that the test does too much for a sweep.
const MOST_PLACES: u32 = 10_000;
/// So many ways to fail are told, one run of each.
const TOLD: usize = 5;

/// A run of the test that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its seed.
    pub seed: u64,
    /// The place of the strike.
    pub place: u32,
    /// What struck whom where, in words; without one it failed by itself.
    pub struck: Option<String>,
    /// What it failed with.
    pub words: String,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.struck {
            Some(struck) => write!(f, "with seed {} and {struck}", self.seed)?,
            None => write!(f, "with seed {}, and nothing had struck", self.seed)?,
        }
        write!(f, "\n    {}", self.words.replace('\n', "\n    "))
    }
}

impl Found {
    /// What it failed with, without how the run came to it: the same for runs that fail in the same way.
    pub fn way(&self) -> &str {
        self.words.split(BEHIND).next().unwrap_or_default()
    }
}

/// What came of a sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swept {
    of: String,
    act: Act,
    /// How often the test has run.
    pub runs: u32,
    /// How often something has struck.
    pub strikes: u32,
    /// The runs that failed.
    pub found: Vec<Found>,
}

impl Swept {
    /// Fails the test where a run of it has failed.
    ///
    /// # Panics
    /// With what was found: of all runs that failed in the same words the first, and how to repeat it.
    #[track_caller]
    pub fn passes(&self) {
        if !self.found.is_empty() {
            panics::fail_test(self.told());
        }
    }

    /// The runs that failed, by their words. What fails without a strike comes first: it is none of its doing.
    fn ways(&self) -> Vec<Vec<&Found>> {
        let mut ways: Vec<Vec<&Found>> = Vec::new();
        for found in &self.found {
            let is_its = |way: &&mut Vec<&Found>| way.first().is_some_and(|first| first.way() == found.way());
            match ways.iter_mut().find(is_its) {
                Some(way) if found.struck.is_none() => way.insert(0, found),
                Some(way) => way.push(found),
                None => ways.push(vec![found]),
            }
        }
        ways.sort_by_key(|way| way.iter().all(|found| found.struck.is_some()));
        ways
    }

    fn told(&self) -> String {
        let ways = self.ways();
        let mut told = format!("{} of {} runs failed", self.found.len(), self.runs);
        if ways.len() > 1 {
            told.push_str(&format!(", in {} ways", ways.len()));
        }
        for way in ways.iter().take(TOLD) {
            if let Some(first) = way.first() {
                let runs = match way.len() {
                    1 => "1 run,".to_owned(),
                    runs => format!("{runs} runs, the first"),
                };
                told.push_str(&format!("\n  {runs} {first}"));
            }
        }
        let more: usize = ways.iter().skip(TOLD).map(Vec::len).sum();
        if more > 0 {
            let ways = ways.len().saturating_sub(TOLD);
            told.push_str(&format!("\n  and {more} runs in other ways: {ways}"));
        }
        if let Some(first) = ways.first().and_then(|way| way.first()) {
            let act = match self.act {
                Act::Death => String::new(),
                act => format!(".by(Act::{act:?})"),
            };
            let (seed, place) = (first.seed, first.place);
            told.push_str(&format!(
                "\n  the first again, with its story, where `test` is what ran here: \
                 `Sweep::of({:?}){act}.only({seed}, {place}).run(test).passes();`",
                self.of
            ));
        }
        told
    }
}

/// A sweep: which module is struck, by what, and with which seeds.
#[derive(Clone, Debug)]
pub struct Sweep {
    of: String,
    act: Act,
    seeds: Range<u64>,
    only: Option<u32>,
}

impl Sweep {
    /// Deaths of this module, with seed 0.
    pub fn of(module: &str) -> Sweep {
        Sweep { of: module.to_owned(), act: Act::Death, seeds: 0..1, only: None }
    }

    /// It is struck by that, and not by a death.
    pub fn by(self, act: Act) -> Sweep {
        Sweep { act, ..self }
    }

    /// With each of these seeds: others go on at other moments.
    pub fn seeds(self, seeds: Range<u64>) -> Sweep {
        Sweep { seeds, ..self }
    }

    /// Only this seed and place, and the run's story is printed: what a failure says.
    pub fn only(self, seed: u64, place: u32) -> Sweep {
        Sweep { seeds: seed..seed.saturating_add(1), only: Some(place), ..self }
    }

    /// Runs the test again and again: with the strike at the module's first place, at its second one, and so on to where
    /// there is none any more, which is a run without one.
    ///
    /// # Panics
    /// Where the module comes to no place at all: it is not loaded, or is called something else. And where there are more
    /// than 10,000.
    #[track_caller]
    pub fn run(&self, test: impl Fn(&mut System)) -> Swept {
        let mut swept = Swept { of: self.of.clone(), act: self.act, runs: 0, strikes: 0, found: Vec::new() };
        for seed in self.seeds.clone() {
            let mut place = self.only.unwrap_or(0);
            while self.one(seed, place, &test, &mut swept) && self.only.is_none() {
                place = place.saturating_add(1);
                if place > MOST_PLACES {
                    panics::fail_test(format!(
                        "`{}` comes to more than {MOST_PLACES} places: let the test do less",
                        self.of
                    ));
                }
            }
        }
        swept
    }

    /// One run. Gives whether something has struck.
    #[track_caller]
    fn one(&self, seed: u64, place: u32, test: &impl Fn(&mut System), swept: &mut Swept) -> bool {
        let mut system = System::new(seed);
        system.strike(self.act, &self.of, place);
        let outcome = panics::caught(|| test(&mut system));
        let struck = system.struck().first().map(ToString::to_string);
        if self.only.is_some() {
            println!("{}", system.story());
        }
        let has_struck = struck.is_some();
        swept.runs = swept.runs.saturating_add(1);
        swept.strikes = swept.strikes.saturating_add(u32::from(has_struck));
        if let Err(words) = outcome {
            swept.found.push(Found { seed, place, struck, words });
        } else if system.places_of(&self.of) == 0 {
            panics::fail_test(format!(
                "`{}` has not called the kernel once: a sweep of it says nothing. Is it loaded, by that name?",
                self.of
            ));
        }
        has_struck
    }
}

/// Runs the test with a death of `module` at every place where it can strike, and fails where one of the runs does:
/// [`Sweep`] for other strikes and more seeds.
///
/// # Panics
/// As [`Swept::passes`] and [`Sweep::run`].
#[track_caller]
pub fn for_every_death(of: &str, test: impl Fn(&mut System)) {
    Sweep::of(of).run(test).passes();
}
