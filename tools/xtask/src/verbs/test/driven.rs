//! Tests that are verbs of their own, or drive a system by more than its console: the costs, coarse sweeps, a short soak,
//! pushes, the tutorial, gdb.

use std::time::Instant;

use anyhow::Result;

use super::at_once::{AT_ONCE, both};
use super::cases::Filter;
use super::report::{Outcome, Report};
use super::{debugger, pushes, tutorial};
use crate::arch::Arch;
use crate::context::Context;
use crate::prepare::{Boot, Request, prepare};
use crate::verbs::bench::{self, goals, table};
use crate::verbs::soak;
use crate::verbs::sweep::{self, Span, scripts::SCRIPTS, scripts::Script};

/// The cycles of the soak, and its seed.
const SOAK: (u32, u64) = (1000, 1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bench,
    Sweep(Script),
    Soak,
    Push,
    Tutorial,
    Gdb,
}

/// One of them on one architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    kind: Kind,
    arch: Arch,
}

impl Case {
    /// True for what runs with `--full` only: it needs a Debian package that nothing else here does, or is a page's other
    /// architecture, since its reader boots the default.
    fn is_full(&self) -> bool {
        match self.kind {
            Kind::Gdb => true,
            Kind::Tutorial => self.arch != Arch::Aarch64,
            _ => false,
        }
    }

    /// `bench/aarch64`, `sweep/echo-init/aarch64`, `soak/aarch64`.
    pub fn name(&self) -> String {
        let arch = self.arch.name();
        match self.kind {
            Kind::Bench => format!("bench/{arch}"),
            Kind::Sweep(script) => format!("sweep/{}/{arch}", script.name),
            Kind::Soak => format!("soak/{arch}"),
            Kind::Push => format!("push/{arch}"),
            Kind::Tutorial => format!("tutorial/{arch}"),
            Kind::Gdb => format!("gdb/{arch}"),
        }
    }

    fn request(&self) -> Result<Request> {
        match self.kind {
            Kind::Bench => Ok(bench::request(self.arch)),
            Kind::Sweep(script) => {
                let span = Span { step: script.coarse, ..Span::default() };
                sweep::request(self.arch, &script, span, false)
            }
            Kind::Soak => soak::request(self.arch, SOAK.0, SOAK.1),
            Kind::Push => Ok(pushes::request(self.arch)),
            Kind::Tutorial => Ok(tutorial::request(self.arch)),
            Kind::Gdb => Ok(debugger::request(self.arch)),
        }
    }

    /// What is wrong, in lines; nothing where all is as it must be.
    fn run(&self, ctx: &Context, boot: &Boot) -> Result<Vec<String>> {
        match self.kind {
            Kind::Bench => {
                let rows = bench::rows(ctx, boot)?;
                let mut wrong = goals::wrong(self.arch, &rows);
                if !wrong.is_empty() {
                    wrong.push(table::shown(self.arch, &rows));
                }
                Ok(wrong)
            }
            Kind::Sweep(script) => {
                let swept = sweep::sweep(boot, |_| {});
                let mut wrong = swept.told(self.arch, &script);
                if swept.0.kills.is_empty() {
                    wrong.push("nothing was killed".to_owned());
                }
                Ok(wrong)
            }
            Kind::Soak => soak::soak(boot, SOAK.0, |_| {}).map(|()| Vec::new()),
            Kind::Push => pushes::run(boot).map(|()| Vec::new()),
            Kind::Tutorial => tutorial::run(ctx, self.arch).map(|()| Vec::new()),
            Kind::Gdb => debugger::run(ctx, self.arch).map(|()| Vec::new()),
        }
    }
}

/// True where the filter means these and nothing else.
pub fn is_named(filter: &Filter) -> bool {
    let means = |text: &str| {
        let first = text.split('/').next();
        matches!(first, Some("bench" | "sweep" | "soak" | "push" | "tutorial" | "gdb"))
    };
    filter.text.as_deref().is_some_and(means)
}

/// Those that the filter takes, and how many more run with `--full` only.
pub fn choose(filter: &Filter) -> (Vec<Case>, usize) {
    let others = [Kind::Push, Kind::Soak, Kind::Bench, Kind::Tutorial, Kind::Gdb];
    let kinds = SCRIPTS.map(Kind::Sweep).into_iter().chain(others);
    let mut cases: Vec<Case> =
        kinds.flat_map(|kind| Arch::ALL.into_iter().map(move |arch| Case { kind, arch })).collect();
    cases.retain(|case| filter.takes(&case.name()) && filter.takes_arch(case.arch));
    let taken = cases.len();
    cases.retain(|case| filter.full || !case.is_full());
    let left_for_full = taken.saturating_sub(cases.len());
    // Two of one architecture take about equally long.
    cases.sort_by_key(|case| case.arch);
    (cases, left_for_full)
}

/// Runs them. The guest's clock counts instructions, so that two at a time do not disturb each other.
///
/// # Errors
/// Where an image cannot be built.
pub fn run(ctx: &Context, chosen: &[Case], report: &mut Report) -> Result<()> {
    let requests: Result<Vec<Request>> = chosen.iter().map(Case::request).collect();
    let boots = prepare(ctx, &requests?)?;
    for pair in chosen.iter().zip(&boots).collect::<Vec<_>>().chunks(AT_ONCE) {
        for outcome in both(pair, |(case, boot)| judge(ctx, case, boot))? {
            report.add(outcome);
        }
    }
    Ok(())
}

fn judge(ctx: &Context, case: &Case, boot: &Boot) -> Outcome {
    let began = Instant::now();
    let wrong = case.run(ctx, boot).unwrap_or_else(|error| vec![format!("{error:#}")]);
    let outcome = Outcome { name: case.name(), took: began.elapsed(), ..Outcome::default() };
    match wrong.is_empty() {
        true => Outcome { passed: 1, ..outcome },
        false => Outcome { failed: 1, why: wrong.join("\n"), ..outcome },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_on_both_architectures_unless_fewer_are_asked_for() {
        let (all, left) = choose(&Filter::default());
        assert_eq!((all.len(), left), (2 * (SCRIPTS.len() + 3) + 1, 3));
        let (all, left) = choose(&Filter { full: true, ..Filter::default() });
        assert_eq!((all.len(), left), (2 * (SCRIPTS.len() + 5), 0));
        let names = |text: &str, arch| {
            let filter = Filter { text: Some(text.into()), arch, full: false };
            assert!(is_named(&filter), "{text}");
            choose(&filter).0.iter().map(Case::name).collect::<Vec<_>>()
        };
        assert_eq!(names("sweep/echo-call", Some(Arch::X86_64)), ["sweep/echo-call/x86_64"]);
        assert_eq!(names("soak", None), ["soak/aarch64", "soak/x86_64"]);
        assert_eq!(names("bench/aarch64", None), ["bench/aarch64"]);
        assert_eq!(names("tutorial", None), ["tutorial/aarch64"]);
        assert!(names("gdb", None).is_empty());
        assert!(!is_named(&Filter::default()));
    }
}
