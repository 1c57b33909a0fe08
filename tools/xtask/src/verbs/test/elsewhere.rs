//! `test --module DIR`: packages that are not in this repository. Their host tests, their scenarios, and whether what they
//! make is taken by a booted system.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};

use super::at_once::{AT_ONCE, both};
use super::cases::Filter;
use super::report::{Outcome, Report};
use super::{host, scenarios};
use crate::arch::Arch;
use crate::context::Context;
use crate::guest::outside::{self, Outside};
use crate::guest::test_args;
use crate::machine::{Clock, Machine};
use crate::prepare::{Boot, Request, prepare};
use crate::session::conversation::{Answer, Conversation, Limits};
use crate::system;

/// Guest instructions between two prompts.
const BUDGET: u64 = 2_000_000_000;
/// Where a package's scenarios are, each in a folder of its own.
const SCENARIOS: &str = "scenarios";

/// Runs all of it for all packages: they are in one archive.
///
/// # Errors
/// Where a folder is no package, or something cannot be built. A test that fails is an outcome and no error.
pub fn run(ctx: &Context, folders: &[PathBuf], filter: &Filter, report: &mut Report) -> Result<()> {
    let packages = outside::packages_in(folders)?;
    let (modules, args) = (outside::modules_of(&packages)?, test_args::of(&packages)?);
    let mut cases = Vec::new();
    for folder in folders {
        for scenario in scenarios_of(folder)? {
            cases.extend(scenarios::choose_folder(&ctx.root, &scenario, filter, None)?);
        }
    }
    for folder in folders {
        report.add(host::run_package(ctx, folder));
    }
    let archs: Vec<Arch> = Arch::ALL.into_iter().filter(|arch| filter.takes_arch(*arch)).collect();
    let requests: Vec<Request> = archs.iter().map(|arch| with(*arch, &modules)).collect();
    let boots = prepare(ctx, &requests)?;
    for pair in boots.iter().collect::<Vec<_>>().chunks(AT_ONCE) {
        for outcome in both(pair, |boot| judge(boot, &modules, &args))? {
            report.add(outcome);
        }
    }
    scenarios::run(ctx, &cases, report)
}

/// The default system with these modules in its archive.
fn with(arch: Arch, modules: &[Outside]) -> Request {
    let mut request = Request::plain(arch, false, system::DEFAULT);
    request.variant.outside = modules.to_vec();
    request
}

fn scenarios_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let folder = folder.join(SCENARIOS);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(&folder).with_context(|| format!("{}", folder.display()))?;
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.join("scenario.toml").is_file());
    found.sort();
    Ok(found)
}

fn judge(boot: &Boot, modules: &[Outside], args: &BTreeMap<String, String>) -> Outcome {
    let began = Instant::now();
    let why = loads(boot, modules, args).err();
    let name = format!("loads/{}", boot.request.arch.name());
    let (passed, failed) = (usize::from(why.is_none()), usize::from(why.is_some()));
    let why = why.map(|error| format!("{error:#}")).unwrap_or_default();
    Outcome { name, passed, failed, took: began.elapsed(), why, ..Outcome::default() }
}

/// The command that loads a module, with the arguments that its package gives it there.
fn load(name: &str, args: &BTreeMap<String, String>) -> String {
    match args.get(name) {
        Some(args) => format!("load {name} {args}"),
        None => format!("load {name}"),
    }
}

/// Boots the system, loads each module in the order of the packages and their programs, and unloads what is left of them:
/// then the kernel says that all is whole.
fn loads(boot: &Boot, modules: &[Outside], args: &BTreeMap<String, String>) -> Result<()> {
    let machine = Machine::start(&boot.machine(Clock::Instructions))?;
    let mut talk = Conversation::new(machine, Limits::for_budget(BUDGET), |_| {});
    let outcome = (|| {
        talk.boot()?;
        say(&mut talk, "mem --mark")?;
        let mut live = Vec::new();
        for module in modules {
            let said = say(&mut talk, &load(&module.name, args))?;
            if !said.contains("ran to its end") {
                live.push(&module.name);
            }
        }
        while let Some(name) = live.pop() {
            say(&mut talk, &format!("unload {name}"))?;
        }
        let proof = say(&mut talk, "mem --prove")?;
        ensure!(proof.contains("whole"), "`mem --prove` says:\n{proof}");
        Ok(())
    })();
    talk.quit();
    outcome
}

fn say(talk: &mut Conversation<'_>, line: &str) -> Result<String> {
    match talk.command(line).with_context(|| format!("after `{line}`"))? {
        Answer::Ready(said) if said.code == Some(0) => Ok(said.output),
        Answer::Ready(said) => bail!("`{line}` says:\n{}{}", said.stray, said.output),
        Answer::Halted(..) => bail!("`{line}` has halted the system"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_loaded_with_the_arguments_that_are_for_it() {
        let args = BTreeMap::from([("fill".to_owned(), "64 a=b".to_owned())]);
        assert_eq!(
            (load("fill", &args), load("more", &args)),
            ("load fill 64 a=b".into(), "load more".into())
        );
    }
}
