//! `mutants`: breaks the product in known ways, one at a time, and looks whether a test notices.

mod copy;
mod host;
mod list;
mod scenario;
mod tally;
mod timed;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::context::{self, Context};
use list::Mutant;
use tally::Tally;

/// A test that takes so many times as long as without the mutant hangs,
const PATIENCE: u32 = 10;
/// but on a busy machine no sooner than this.
const SHORTEST: Duration = Duration::from_secs(60);

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A mutant is a change to the product that breaks an invariant, with the test that must go red by it:
tests/mutants/INVARIANT.toml, one file for each invariant. They are made in a copy in
target/escrow/mutants, never in this clone's own files. Each test is first seen green without.
Examples:
  ./escrow mutants                     those whose tests run on the host
  ./escrow mutants 3-                  those of the third invariant
  ./escrow mutants ledger              every mutant with that word in its name or its test's
  ./escrow mutants restart --full      also those whose tests boot the system
Exit code 0 only if every mutant was killed: one that survives breaks an invariant unnoticed.")]
pub struct Args {
    /// Only mutants with this in their name, or in the name of their test
    filter: Option<String>,
    /// Also those whose test boots the system in QEMU
    #[arg(long)]
    full: bool,
    /// Show all names with their tests and run nothing
    #[arg(long, conflicts_with = "full")]
    list: bool,
}

/// Which mutants a run is about.
#[derive(Debug)]
struct Chosen {
    mutants: Vec<Mutant>,
    left_for_full: usize,
}

pub fn run(args: &Args) -> Result<ExitCode> {
    let root = context::find_root()?;
    let chosen = choose(list::load(&root)?, args.filter.as_deref(), args.full || args.list)?;
    if args.list {
        for mutant in &chosen.mutants {
            let behind = if mutant.test.is_for_full() { "  (--full)" } else { "" };
            println!("{}  by {}{behind}", mutant.name, mutant.test.name());
        }
        return Ok(ExitCode::SUCCESS);
    }
    let own = super::context()?;
    let ctx = Context { root: own.out.join("mutants/tree"), out: own.out.join("mutants"), ..own };
    let _lock = ctx.lock()?;
    fs::create_dir_all(&ctx.root).with_context(|| format!("cannot make {}", ctx.root.display()))?;
    copy::update(&root, &ctx.root)?;
    let mut tally = Tally::default();
    for (package, mutants) in host::by_package(&chosen.mutants) {
        host::run(&ctx, package, &mutants, &mut tally)?;
    }
    for (name, mutants) in scenario::by_scenario(&chosen.mutants) {
        scenario::run(&ctx, name, &mutants, &mut tally)?;
    }
    println!("\n{}", tally.sum(chosen.left_for_full));
    Ok(if tally.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn choose(mut mutants: Vec<Mutant>, filter: Option<&str>, full: bool) -> Result<Chosen> {
    let text = filter.unwrap_or_default();
    mutants.retain(|mutant| mutant.name.contains(text) || mutant.test.name().contains(text));
    let before = mutants.len();
    mutants.retain(|mutant| full || !mutant.test.is_for_full());
    let left_for_full = before.saturating_sub(mutants.len());
    match (mutants.len(), left_for_full) {
        (0, 0) => bail!("no mutant has `{text}` in its name or its test's; --list shows all"),
        (0, some) => bail!("all {some} mutants with `{text}` in their name run with --full only"),
        _ => Ok(Chosen { mutants, left_for_full }),
    }
}

/// How long a test may take with a mutant that takes `green` without.
fn limit(green: Duration) -> Duration {
    green.saturating_mul(PATIENCE).max(SHORTEST)
}

/// Cargo's target folder of the copy; `./escrow test` in the copy has its outputs there too.
fn target(ctx: &Context) -> PathBuf {
    ctx.out.join("target")
}

#[cfg(test)]
mod tests {
    use super::*;
    use list::Test;

    fn mutants() -> Vec<Mutant> {
        let host = Test::Host { package: "core".into(), filter: "ledger".into() };
        [("1-one/a", host), ("2-two/b", Test::Scenario("life/x86_64".into()))]
            .map(|(name, test)| Mutant {
                name: name.into(),
                file: "x.rs".into(),
                find: "one".into(),
                replace: "two".into(),
                why: "it breaks".into(),
                test,
            })
            .into()
    }

    #[test]
    fn a_filter_is_a_part_of_the_name_or_the_tests() {
        let names = |filter, full| {
            let chosen = choose(mutants(), filter, full).unwrap();
            let names: Vec<_> = chosen.mutants.into_iter().map(|mutant| mutant.name).collect();
            (names.join(" "), chosen.left_for_full)
        };
        assert_eq!(names(None, false), ("1-one/a".into(), 1));
        assert_eq!(names(None, true), ("1-one/a 2-two/b".into(), 0));
        assert_eq!(names(Some("ledger"), false), ("1-one/a".into(), 0));
        assert_eq!(names(Some("life"), true), ("2-two/b".into(), 0));
        let refused = |filter| choose(mutants(), Some(filter), false).unwrap_err().to_string();
        assert!(refused("2-").contains("--full only"));
        assert!(refused("nothing").contains("--list"));
    }

    #[test]
    fn a_limit_is_ten_times_what_it_took_and_a_minute_at_least() {
        assert_eq!(limit(Duration::from_secs(1)), Duration::from_secs(60));
        assert_eq!(limit(Duration::from_secs(7)), Duration::from_secs(70));
    }
}
