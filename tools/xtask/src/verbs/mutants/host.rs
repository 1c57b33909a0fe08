//! Mutants whose test runs on the host: the package's tests are built and run without them, then with each.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::copy::with_mutant;
use super::list::{Mutant, Test};
use super::tally::{self, Tally, Verdict};
use super::timed::{self, Ran};
use super::{limit, target};
use crate::command;
use crate::context::Context;
use crate::guest::artifacts::{self, TestProgram};
use crate::verbs::test::host::{cargo, name, tests_of};

/// Test programs, each with those of its tests that are meant.
type Programs = Vec<(TestProgram, Vec<String>)>;

/// Runs the mutants of one package's tests. `ctx` is that of the copy.
///
/// # Errors
/// Where something else than a mutant keeps the tests from running: it does not build without one.
pub fn run(ctx: &Context, package: &str, mutants: &[(&Mutant, &str)], tally: &mut Tally) -> Result<()> {
    ctx.step(&format!("the tests of {package} without a mutant"));
    let mut all = Programs::new();
    match build(ctx, package, &BTreeSet::new())? {
        Ok(programs) => {
            for program in programs {
                let tests = tests_of(&program)?;
                all.push((program, tests));
            }
        }
        Err(why) => bail!("the tests of {package} do not build, without a mutant:\n{why}"),
    }
    // All of them before the first mutant: its build replaces the programs.
    let filters: BTreeSet<&str> = mutants.iter().map(|(_, filter)| *filter).collect();
    let mut greens = BTreeMap::new();
    for filter in filters {
        greens.insert(filter, green(&all, filter)?);
    }
    for (mutant, filter) in mutants {
        let began = Instant::now();
        let verdict = match greens.get(filter) {
            Some(Ok((programs, limit))) => {
                with_mutant(&ctx.root, mutant, || one(ctx, package, programs, *limit))?
            }
            Some(Err(why)) => Verdict::Useless(why.clone()),
            None => continue,
        };
        tally.add(mutant, &verdict, began.elapsed());
    }
    Ok(())
}

/// The tests that `filter` takes and their time limit, if they are green as they must be; else why not.
fn green(all: &Programs, filter: &str) -> Result<Result<(Programs, Duration), String>> {
    let taken = taken(all, filter);
    if taken.is_empty() {
        return Ok(Err(format!("no test has `{filter}` in its name: bring `host` up to date")));
    }
    let began = Instant::now();
    for (program, tests) in &taken {
        let ran = execute(program, tests, None)?;
        if !ran.succeeded() {
            let said = ran.stdout.trim();
            return Ok(Err(format!("its test is red without it, so that it shows nothing:\n{said}")));
        }
    }
    Ok(Ok((taken, limit(began.elapsed()))))
}

fn taken(all: &Programs, filter: &str) -> Programs {
    let mut taken = all.clone();
    for (program, tests) in &mut taken {
        tests.retain(|test| name(program, test).contains(filter));
    }
    taken.retain(|(_, tests)| !tests.is_empty());
    taken
}

/// Builds the programs with the mutant and runs them until one is red.
fn one(ctx: &Context, package: &str, programs: &Programs, limit: Duration) -> Result<Verdict> {
    let of = |(program, _): &(TestProgram, Vec<String>)| program.selector.clone();
    let selectors = programs.iter().map(of).collect();
    let built = match build(ctx, package, &selectors)? {
        Ok(built) => built,
        Err(why) => return Ok(Verdict::Useless(format!("it does not compile:\n{why}"))),
    };
    for (before, tests) in programs {
        let program = built.iter().find(|program| program.name == before.name).unwrap_or(before);
        let verdict = tally::host(&execute(program, tests, Some(limit))?);
        if verdict != Verdict::Survived {
            return Ok(verdict);
        }
    }
    Ok(Verdict::Survived)
}

/// The package's test programs, or those that are selected; or what cargo says where they do not build.
fn build(
    ctx: &Context,
    package: &str,
    selectors: &BTreeSet<Vec<String>>,
) -> Result<Result<Vec<TestProgram>, String>> {
    let mut cargo = cargo(ctx);
    cargo.args(["test", "--quiet", "--no-run", "--message-format=json-render-diagnostics"]);
    cargo.args(["--package", package]);
    // One that cannot be selected takes all of the package.
    if selectors.iter().all(|selector| !selector.is_empty()) {
        cargo.args(selectors.iter().flatten());
    }
    // Nobody debugs these programs, and without it they are linked in half the time.
    cargo.env("CARGO_TARGET_DIR", target(ctx)).env("CARGO_PROFILE_DEV_DEBUG", "0");
    cargo.env("CARGO_INCREMENTAL", "1");
    let ran = timed::run(&mut cargo, None)?;
    if ran.succeeded() { artifacts::tests(&ran.stdout).map(Ok) } else { Ok(Err(ran.stderr)) }
}

fn execute(program: &TestProgram, tests: &[String], limit: Option<Duration>) -> Result<Ran> {
    let mut command = command::tied(&program.executable);
    command.current_dir(&program.folder).env("CARGO_MANIFEST_DIR", &program.folder);
    command.arg("--exact").args(tests);
    timed::run(&mut command, limit)
}

/// The mutants whose test runs on the host, by package, each with the part of its test's name.
pub fn by_package(mutants: &[Mutant]) -> BTreeMap<&str, Vec<(&Mutant, &str)>> {
    let mut groups: BTreeMap<&str, Vec<(&Mutant, &str)>> = BTreeMap::new();
    for mutant in mutants {
        if let Test::Host { package, filter } = &mutant.test {
            groups.entry(package).or_default().push((mutant, filter));
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    /// A program of tests that does this.
    fn program(folder: &Path, does: &str) -> TestProgram {
        let executable = folder.join("tests");
        std::fs::write(&executable, format!("#!/bin/sh\n{does}\n")).unwrap();
        std::fs::set_permissions(&executable, std::fs::Permissions::from_mode(0o755)).unwrap();
        let selector = vec!["--lib".into()];
        TestProgram { name: "core".into(), selector, executable, folder: folder.into() }
    }

    #[test]
    fn only_tests_with_the_part_in_their_name_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        let tests = vec!["ledger::a".to_owned(), "slots::b".to_owned()];
        let all = vec![(program(folder.path(), "exit 0"), tests)];
        assert_eq!(taken(&all, "ledger")[0].1, ["ledger::a"]);
        assert_eq!(taken(&all, "core::")[0].1.len(), 2);
        assert!(taken(&all, "untyped").is_empty());
    }

    #[test]
    fn a_test_must_be_there_and_green_without_the_mutant() {
        let folder = tempfile::tempdir().unwrap();
        let all = |does| vec![(program(folder.path(), does), vec!["a".to_owned()])];
        let (programs, limit) = green(&all("test \"$*\" = '--exact a'"), "").unwrap().unwrap();
        assert_eq!((programs.len(), limit), (1, Duration::from_secs(60)));
        let why = green(&all("echo 'test a ... FAILED'; exit 101"), "a").unwrap().unwrap_err();
        assert!(why.contains("red without it") && why.contains("test a"), "{why}");
        let why = green(&all("exit 0"), "b").unwrap().unwrap_err();
        assert!(why.contains("no test has `b`"), "{why}");
    }
}
