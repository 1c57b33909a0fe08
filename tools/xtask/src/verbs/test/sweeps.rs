//! Coarse sweeps as tests: every script of `./escrow sweep` on each architecture, in large steps.

use std::time::Instant;

use anyhow::Result;

use super::cases::Filter;
use super::report::{Outcome, Report};
use crate::arch::Arch;
use crate::context::Context;
use crate::prepare::{Request, prepare};
use crate::verbs::sweep::{self, Span, scripts::SCRIPTS, scripts::Script};

/// Instructions from one kill to the next: a prime, so that loops are hit at different turns.
const STEP: u64 = 131;

/// A sweep on one architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    script: Script,
    arch: Arch,
}

impl Case {
    /// `sweep/echo-init/aarch64`.
    pub fn name(&self) -> String {
        format!("sweep/{}/{}", self.script.name, self.arch.name())
    }
}

/// True where the filter means sweeps and nothing else.
pub fn is_named(filter: &Filter) -> bool {
    filter.text.as_deref().is_some_and(|text| text == "sweep" || text.starts_with("sweep/"))
}

/// Those that the filter takes.
pub fn choose(filter: &Filter) -> Vec<Case> {
    let on = |arch| SCRIPTS.map(|script| Case { script, arch });
    let mut cases: Vec<Case> = Arch::ALL.into_iter().flat_map(on).collect();
    cases.retain(|case| filter.takes(&case.name()) && filter.takes_arch(case.arch));
    cases
}

/// Sweeps, and fails where `./escrow sweep` would: at a violation.
///
/// # Errors
/// Where an image cannot be built.
pub fn run(ctx: &Context, chosen: &[Case], report: &mut Report) -> Result<()> {
    let span = Span { step: STEP, ..Span::default() };
    let requests: Result<Vec<Request>> =
        chosen.iter().map(|case| sweep::request(case.arch, &case.script, span, false)).collect();
    let boots = prepare(ctx, &requests?)?;
    for (case, boot) in chosen.iter().zip(&boots) {
        let began = Instant::now();
        let swept = sweep::sweep(boot);
        let mut wrong = swept.told(case.arch, &case.script);
        if swept.kills.is_empty() {
            wrong.push("nothing was killed".to_owned());
        }
        let outcome = Outcome { name: case.name(), took: began.elapsed(), ..Outcome::default() };
        report.add(match wrong.is_empty() {
            true => Outcome { passed: 1, ..outcome },
            false => Outcome { failed: 1, why: wrong.join("\n"), ..outcome },
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_on_both_unless_fewer_are_asked_for() {
        assert_eq!(choose(&Filter::default()).len(), 2 * SCRIPTS.len());
        let one = Filter { text: Some("sweep/echo-call".into()), arch: Some(Arch::X86_64), full: false };
        let names: Vec<String> = choose(&one).iter().map(Case::name).collect();
        assert_eq!(names, ["sweep/echo-call/x86_64"]);
        assert!(is_named(&one) && !is_named(&Filter::default()));
    }
}
