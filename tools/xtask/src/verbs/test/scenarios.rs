//! The scenarios: which ones a run is about, and playing them, two at a time.

use std::collections::VecDeque;
use std::num::NonZero;
use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result};

use super::cases::Filter;
use super::report::{Outcome, Report};
use crate::arch::Arch;
use crate::context::Context;
use crate::machine::Clock;
use crate::prepare::{Boot, Request, prepare};
use crate::scenario::{Scenario, leavings, load_all, play};

/// More would only make each of them slower where it matters: on the project's machine.
const AT_ONCE: usize = 2;

/// A scenario on one architecture.
#[derive(Clone, Debug)]
pub struct Case {
    scenario: Scenario,
    arch: Arch,
}

/// What a run is about.
#[derive(Clone, Debug, Default)]
pub struct Chosen {
    /// To be played.
    pub cases: Vec<Case>,
    /// How many the filter takes that run with `--full` only.
    pub left_for_full: usize,
    /// True where the filter is the whole name of a scenario: then nothing else is meant.
    pub named: bool,
}

impl Case {
    /// `life/aarch64`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.scenario.name, self.arch.name())
    }

    fn request(&self) -> Request {
        self.scenario.request(self.arch)
    }
}

/// Reads all scenarios and keeps those that the filter takes.
///
/// # Errors
/// Where one of them, taken or not, is wrong.
pub fn choose(root: &Path, filter: &Filter) -> Result<Chosen> {
    let mut chosen = Chosen { cases: Vec::new(), left_for_full: 0, named: false };
    let mut all = load_all(root)?;
    if let Some(text) = &filter.text {
        let named = |scenario: &Scenario| {
            let rest = text.strip_prefix(scenario.name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        chosen.named = all.iter().any(named);
        all.retain(|scenario| !chosen.named || named(scenario));
    }
    for scenario in all {
        for arch in &scenario.settings.arch {
            let case = Case { scenario: scenario.clone(), arch: *arch };
            if !filter.takes(&case.name()) || !filter.takes_arch(*arch) {
                continue;
            }
            if scenario.settings.full && !filter.full {
                chosen.left_for_full = chosen.left_for_full.saturating_add(1);
            } else {
                chosen.cases.push(case);
            }
        }
    }
    Ok(chosen)
}

/// Builds all images, then plays the cases.
///
/// # Errors
/// Where something cannot be built. A scenario that fails is an outcome and no error.
pub fn run(ctx: &Context, cases: &[Case], report: &mut Report) -> Result<()> {
    if cases.is_empty() {
        return Ok(());
    }
    let requests: Vec<Request> = cases.iter().map(Case::request).collect();
    let boots = prepare(ctx, &requests)?;
    let queue: Mutex<VecDeque<(&Case, &Boot)>> = Mutex::new(cases.iter().zip(&boots).collect());
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(AT_ONCE);
    let (sender, outcomes) = channel();
    thread::scope(|scope| {
        for _ in 0..workers {
            let (queue, sender) = (&queue, sender.clone());
            scope.spawn(move || work(ctx, queue, &sender));
        }
        drop(sender);
        for outcome in outcomes {
            report.add(outcome);
        }
    });
    Ok(())
}

fn work(ctx: &Context, queue: &Mutex<VecDeque<(&Case, &Boot)>>, done: &Sender<Outcome>) {
    loop {
        // A lock that another worker's panic has poisoned means that the run is over.
        let next = queue.lock().ok().and_then(|mut queue| queue.pop_front());
        let Some((case, boot)) = next else { return };
        if done.send(one(ctx, case, boot)).is_err() {
            return;
        }
    }
}

fn one(ctx: &Context, case: &Case, boot: &Boot) -> Outcome {
    let began = Instant::now();
    let played = play::play(&case.scenario, &boot.machine(Clock::Instructions));
    let mut outcome = Outcome { name: case.name(), took: began.elapsed(), ..Outcome::default() };
    match played.verdict {
        Ok(()) => outcome.passed = 1,
        Err(why) => {
            outcome.failed = 1;
            let folder = format!("{}-{}", case.scenario.name, case.arch.name());
            let left = leavings::leave(&ctx.out, &folder, boot, &played.console)
                .context("the leavings could not be written")
                .unwrap_or_else(|error| format!("{error:#}"));
            let summary = &case.scenario.settings.summary;
            outcome.why = format!("proves: {summary}\n{why}\n{left}");
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn repository() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, more) in [("long", "full = true"), ("one", "arch = ['x86_64']"), ("two", "")] {
            let folder = root.path().join("tests/scenarios").join(name);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("scenario.toml"), format!("summary = 'x'\n{more}\n")).unwrap();
            fs::write(folder.join("transcript"), "escrow> halt\n").unwrap();
        }
        root
    }

    fn names(filter: &Filter) -> (Vec<String>, usize) {
        let chosen = choose(repository().path(), filter).unwrap();
        (chosen.cases.iter().map(Case::name).collect(), chosen.left_for_full)
    }

    #[test]
    fn a_whole_name_means_that_scenario_and_no_host_tests() {
        let named = |text: &str| {
            let filter = Filter { text: Some(text.into()), ..Filter::default() };
            let chosen = choose(repository().path(), &filter).unwrap();
            (chosen.named, chosen.cases.len())
        };
        assert_eq!(named("two"), (true, 2));
        assert_eq!(named("two/aarch64"), (true, 1));
        assert_eq!(named("tw"), (false, 2));
        assert_eq!(named("host/"), (false, 0));
    }

    #[test]
    fn each_architecture_is_a_case_and_long_ones_wait_for_full() {
        let (all, left) = names(&Filter::default());
        assert_eq!((all, left), (vec!["one/x86_64".into(), "two/aarch64".into(), "two/x86_64".into()], 2));
        let (all, left) = names(&Filter { full: true, ..Filter::default() });
        assert_eq!((all.len(), left), (5, 0));
        let (some, _) = names(&Filter { text: Some("two".into()), arch: Some(Arch::X86_64), full: false });
        assert_eq!(some, ["two/x86_64"]);
    }
}
