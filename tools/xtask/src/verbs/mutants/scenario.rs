//! Mutants whose test boots the system: `./escrow test NAME`, in the copy, without the mutant and with it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::copy::with_mutant;
use super::list::{Mutant, Test};
use super::tally::{self, Tally, Verdict};
use super::timed::{self, Ran};
use super::{limit, target};
use crate::command;
use crate::context::Context;

/// Runs the mutants of one scenario. `ctx` is that of the copy.
///
/// # Errors
/// Where this program cannot be started once more, or the copy cannot be written.
pub fn run(ctx: &Context, scenario: &str, mutants: &[&Mutant], tally: &mut Tally) -> Result<()> {
    ctx.step(&format!("{scenario} without a mutant"));
    let began = Instant::now();
    let green = test(ctx, scenario, None)?;
    let limit = limit(began.elapsed());
    let useless = match tally::scenario(&green) {
        Verdict::Survived => None,
        Verdict::Useless(why) => Some(why),
        _ => Some(green.stdout.trim().to_owned()),
    };
    for mutant in mutants {
        let began = Instant::now();
        let verdict = match &useless {
            Some(why) => Verdict::Useless(format!("its test is not green without it:\n{why}")),
            None => {
                let work = || test(ctx, scenario, Some(limit));
                tally::scenario(&with_mutant(&ctx.root, mutant, work)?)
            }
        };
        tally.add(mutant, &verdict, began.elapsed());
    }
    Ok(())
}

/// This program once more, with the copy for its clone: the host's tool has no mutants, and is not built again.
fn test(ctx: &Context, scenario: &str, limit: Option<Duration>) -> Result<Ran> {
    // By this name it is found even where it was built anew meanwhile.
    let mut test = command::tied(format!("/proc/{}/exe", std::process::id()));
    test.args(["test", scenario, "--full"]).current_dir(&ctx.root);
    test.env("CARGO_MANIFEST_DIR", ctx.root.join("tools/xtask")).env("CARGO_TARGET_DIR", target(ctx));
    timed::run(&mut test, limit)
}

/// The mutants whose test boots the system, by scenario.
pub fn by_scenario(mutants: &[Mutant]) -> BTreeMap<&str, Vec<&Mutant>> {
    let mut groups: BTreeMap<&str, Vec<&Mutant>> = BTreeMap::new();
    for mutant in mutants {
        if let Test::Scenario(name) = &mutant.test {
            groups.entry(name).or_default().push(mutant);
        }
    }
    groups
}
