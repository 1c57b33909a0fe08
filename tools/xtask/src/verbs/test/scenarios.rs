//! The scenarios: which ones a run is about, and playing them, two at a time.

use std::collections::VecDeque;
use std::num::NonZero;
use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use super::cases::Filter;
use super::report::{Outcome, Report};
use crate::arch::Arch;
use crate::command::quoted;
use crate::context::{Context, step};
use crate::machine::{Clock, MachineSpec};
use crate::prepare::{self, Boot, Request, prepare};
use crate::scenario::play::{self, Played};
use crate::scenario::read::{load, load_all};
use crate::scenario::strikes::{LAST, Moments, strike};
use crate::scenario::{Scenario, leavings};
use crate::system::named;

/// More would only make each of them slower where it matters: on the project's machine.
const AT_ONCE: usize = 2;
/// With `--full` a sweep strikes so many times as often.
const FINER: u64 = 4;
/// A sweep says how far it is when it has struck so often.
const TELL_EVERY: u64 = 1000;

/// A scenario on one architecture: its transcript, or its sweep.
#[derive(Clone, Debug)]
pub struct Case {
    scenario: Scenario,
    arch: Arch,
    /// The moments of the sweep.
    sweep: Option<Moments>,
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
    /// `life/aarch64`, `revoked/sweep/aarch64`.
    pub fn name(&self) -> String {
        let part = if self.sweep.is_some() { "/sweep" } else { "" };
        format!("{}{part}/{}", self.scenario.name, self.arch.name())
    }

    /// The scenario's on one architecture.
    fn all_of(scenario: &Scenario, arch: Arch) -> impl Iterator<Item = Case> {
        let sweep = scenario.settings.sweep.as_ref();
        let sweep = sweep.map(|sweep| Moments { from: 0, step: sweep.step, to: LAST });
        let case = |sweep| Case { scenario: scenario.clone(), arch, sweep };
        [Some(case(None)), sweep.map(|moments| case(Some(moments)))].into_iter().flatten()
    }

    /// The same with more moments, where it is a sweep.
    fn finer(mut self) -> Case {
        if let Some(moments) = &mut self.sweep {
            moments.step = moments.step.div_ceil(FINER);
        }
        self
    }

    fn request(&self) -> Request {
        self.scenario.request(self.arch)
    }

    /// A strike at somebody who is not in the system would find nobody at every moment.
    fn check_strike(&self, root: &Path, request: &Request) -> Result<()> {
        let Some(sweep) = self.scenario.settings.sweep.as_ref() else { return Ok(()) };
        named::check_later(&sweep.line(LAST, "ps"), &prepare::system_of(root, request)?.1)
    }

    fn play(&self, spec: &MachineSpec) -> Played {
        let scenario = &self.scenario;
        let parts = (self.sweep, scenario.settings.sweep.as_ref(), scenario.rounds.as_ref());
        let (Some(moments), Some(sweep), Some(rounds)) = parts else {
            return play::play(scenario, spec);
        };
        let tell = |times, moment| {
            if times % TELL_EVERY == 0 {
                step(&format!("{}: struck at {times} moments, up to {moment} ns", self.name()));
            }
        };
        let struck = strike(scenario, (sweep, rounds), moments, spec, tell);
        let again = struck.last.map_or_else(String::new, |moment| {
            let (folder, arch) = (quoted(scenario.folder.as_os_str()), self.arch.name());
            format!("again: ./escrow test --scenario {folder} --arch {arch} --from {moment} --to {moment}")
        });
        Played {
            console: struck.console,
            note: format!("struck at {} moments", struck.times),
            verdict: struck.verdict.map_err(|why| format!("{}\n{again}", why.trim_end())),
        }
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
        let archs = scenario.settings.arch.iter().filter(|arch| filter.takes_arch(**arch));
        for case in archs.flat_map(|arch| Case::all_of(&scenario, *arch)) {
            if !filter.takes(&case.name()) {
                continue;
            }
            if scenario.settings.full && !filter.full {
                chosen.left_for_full = chosen.left_for_full.saturating_add(1);
            } else {
                chosen.cases.push(if filter.full { case.finer() } else { case });
            }
        }
    }
    Ok(chosen)
}

/// The scenario in a folder anywhere, and its sweep. With moments, the sweep alone, at those.
///
/// # Errors
/// Where something in the folder is wrong; or where it does not run on the architecture, or has no sweep, and one is
/// asked for.
pub fn choose_folder(
    root: &Path,
    folder: &Path,
    filter: &Filter,
    moments: Option<Moments>,
) -> Result<Vec<Case>> {
    let scenario = load(root, folder)?;
    let archs = scenario.settings.arch.iter().filter(|arch| filter.takes_arch(**arch));
    let mut cases: Vec<Case> = archs.flat_map(|arch| Case::all_of(&scenario, *arch)).collect();
    ensure!(!cases.is_empty(), "{} does not run on that architecture", scenario.name);
    if let Some(moments) = moments {
        cases.retain(|case| case.sweep.is_some());
        ensure!(!cases.is_empty(), "{} has no sweep: a table [sweep] in its scenario.toml", scenario.name);
        cases.iter_mut().for_each(|case| case.sweep = Some(moments));
    }
    Ok(cases)
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
    for (case, request) in cases.iter().zip(&requests) {
        case.check_strike(&ctx.root, request).with_context(|| case.name())?;
    }
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
    let played = case.play(&boot.machine(Clock::Instructions));
    let (name, note) = (case.name(), played.note);
    let mut outcome = Outcome { name, note, took: began.elapsed(), ..Outcome::default() };
    match played.verdict {
        Ok(()) => outcome.passed = 1,
        Err(why) => {
            outcome.failed = 1;
            let folder = case.name().replace('/', "-");
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
    fn every_scenario_of_the_repository_names_who_is_in_its_system() {
        let root = crate::context::find_root().unwrap();
        let all = choose(&root, &Filter { full: true, ..Filter::default() }).unwrap().cases;
        assert!(all.iter().any(|case| case.sweep.is_some()), "{} cases", all.len());
        for case in all {
            case.check_strike(&root, &case.request()).unwrap();
            let mut wrong = case;
            if let Some(sweep) = &mut wrong.scenario.settings.sweep {
                sweep.of = Some("nosuch".to_owned());
                let told = wrong.check_strike(&root, &wrong.request()).unwrap_err().to_string();
                assert!(told.contains("names `nosuch`, which is not in the boot archive"), "{told}");
            }
        }
    }

    #[test]
    fn with_full_a_sweep_strikes_more_often() {
        let root = repository();
        let folder = root.path().join("tests/scenarios/two");
        fs::write(folder.join("sweep"), "escrow> call a b\n").unwrap();
        fs::write(folder.join("scenario.toml"), "summary = 'x'\n[sweep]\nstrike = 'crash a'\nstep = 7\n")
            .unwrap();
        let steps = |full| {
            let cases = choose(root.path(), &Filter { full, ..Filter::default() }).unwrap().cases;
            cases.into_iter().filter_map(|case| Some(case.sweep?.step)).collect::<Vec<_>>()
        };
        assert_eq!((steps(false), steps(true)), (vec![7, 7], vec![2, 2]));
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
