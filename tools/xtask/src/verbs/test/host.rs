//! The host tests: the default members' unit and document tests, each counted by its own line.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use super::cases::Filter;
use super::report::Outcome;
use crate::command;
use crate::context::{self, Context};
use crate::guest::artifacts::{self, TestProgram};

/// The tests of one program that a run is about.
#[derive(Clone, Debug)]
pub struct Chosen {
    program: TestProgram,
    tests: Vec<String>,
    /// True where the filter leaves none out.
    all: bool,
    /// True where those that are ignored run, too.
    full: bool,
}

/// The document tests that a run is about.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    tests: Vec<String>,
    all: bool,
}

impl Chosen {
    /// The names as a person writes them.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.tests.iter().map(|test| name(&self.program, test))
    }
}

impl Documents {
    /// The names as a person writes them.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.tests.iter().map(|test| document_name(test))
    }

    /// True where there are none.
    pub fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }
}

/// The name of a test as a person writes it.
pub fn name(program: &TestProgram, test: &str) -> String {
    format!("host/{}::{test}", program.name)
}

fn document_name(test: &str) -> String {
    format!("host/doc {test}")
}

/// Builds the tests of the default members, asks them for their names, and keeps those that the
/// filter takes. The number is of those that it takes and that run with `--full` only.
///
/// # Errors
/// Where they do not build, or do not list their tests; cargo's message stands above.
pub fn choose(ctx: &Context, filter: &Filter) -> Result<(Vec<Chosen>, Documents, usize)> {
    let mut cargo = cargo(ctx);
    cargo.args(["test", "--no-run", "--message-format=json-render-diagnostics"]);
    let told = command::output_quiet_when_fresh(&mut cargo, "building the host tests")?;
    let mut chosen = Vec::new();
    let mut left_for_full: usize = 0;
    for program in artifacts::tests(&told)? {
        let mut tests = tests_of(&program)?;
        let before = tests.len();
        tests.retain(|test| filter.takes(&name(&program, test)));
        if !filter.full && !tests.is_empty() {
            let long = ignored_of(&program)?;
            let taken = tests.len();
            tests.retain(|test| !long.contains(test));
            left_for_full = left_for_full.saturating_add(taken.saturating_sub(tests.len()));
        }
        if !tests.is_empty() {
            chosen.push(Chosen { all: tests.len() == before, full: filter.full, program, tests });
        }
    }
    Ok((chosen, documents(ctx, filter)?, left_for_full))
}

/// Asks a program for the names of its tests.
///
/// # Errors
/// Where it does not say.
pub fn tests_of(program: &TestProgram) -> Result<Vec<String>> {
    list(program, &[])
}

/// Those that take too long for every run: `#[ignore]` says so.
fn ignored_of(program: &TestProgram) -> Result<Vec<String>> {
    list(program, &["--ignored"])
}

fn list(program: &TestProgram, which: &[&str]) -> Result<Vec<String>> {
    let mut list = Command::new(&program.executable);
    list.args(["--list", "--format", "terse"]).args(which).current_dir(&program.folder);
    Ok(listed(&command::output(&mut list, "listing tests")?))
}

fn documents(ctx: &Context, filter: &Filter) -> Result<Documents> {
    let mut list = cargo(ctx);
    list.args(["test", "--quiet", "--doc", "--", "--list", "--format", "terse"]);
    let mut tests = listed(&command::output(&mut list, "listing the examples in the documentation")?);
    let before = tests.len();
    tests.retain(|test| filter.takes(&document_name(test)));
    Ok(Documents { all: tests.len() == before, tests })
}

/// Runs the chosen tests of one program.
pub fn run(chosen: &Chosen) -> Outcome {
    let mut command = Command::new(&chosen.program.executable);
    command.current_dir(&chosen.program.folder).env("CARGO_MANIFEST_DIR", &chosen.program.folder);
    if chosen.full {
        command.arg("--include-ignored");
    }
    if !chosen.all {
        command.arg("--exact").args(&chosen.tests);
    }
    outcome(format!("host/{}", chosen.program.name), &mut command, Some(&chosen.tests))
}

/// Runs the chosen examples of the documentation.
pub fn run_documents(ctx: &Context, documents: &Documents) -> Outcome {
    let mut command = cargo(ctx);
    command.args(["test", "--doc"]);
    if !documents.all {
        command.args(["--", "--exact"]).args(&documents.tests);
    }
    outcome("host/doc".to_owned(), &mut command, Some(&documents.tests))
}

/// Runs the host tests of a package elsewhere, in its own folder, which keeps what is built.
pub fn run_package(ctx: &Context, folder: &Path) -> Outcome {
    let own = std::env::var_os("CARGO");
    let mut cargo = command::clean(own.unwrap_or_else(|| ctx.toolchain.cargo.clone().into()));
    cargo.current_dir(folder).args(["test", "--no-fail-fast"]);
    let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy();
    outcome(format!("host/{name}"), &mut cargo, None)
}

/// The cargo that runs us: what it has built of the host tool need not be built again.
pub fn cargo(ctx: &Context) -> Command {
    let own = std::env::var_os("CARGO");
    let mut cargo = command::clean(own.unwrap_or_else(|| ctx.toolchain.cargo.clone().into()));
    cargo.current_dir(&ctx.root).env("CARGO_TARGET_DIR", context::target_dir(&ctx.root));
    cargo
}

/// Runs tests: those of these names, or whichever there are.
fn outcome(name: String, command: &mut Command, tests: Option<&[String]>) -> Outcome {
    let began = Instant::now();
    let mut outcome = match run_and_count(command, tests) {
        Ok(outcome) => outcome,
        Err(error) => {
            Outcome { failed: tests.map_or(1, <[_]>::len), why: format!("{error:#}"), ..Outcome::default() }
        }
    };
    outcome.name = name;
    outcome.took = began.elapsed();
    outcome
}

fn run_and_count(command: &mut Command, tests: Option<&[String]>) -> Result<Outcome> {
    let Output { status, stdout, stderr } = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", command::shown(command)))?;
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    let mut outcome = count(&stdout, tests);
    if !status.success() && outcome.failed == 0 {
        bail!("{} ended with {status} and no test says that it failed:\n{stderr}", command::shown(command));
    }
    if outcome.failed > 0 {
        // The tests that passed need no second telling.
        let from = stdout.find("\nfailures:\n").unwrap_or_default();
        outcome.why = format!("{}{stderr}", stdout.get(from..).unwrap_or_default());
    }
    Ok(outcome)
}

/// Counts the lines `test NAME ... ok` of libtest. A test that says nothing has failed: its program
/// died before or in it.
fn count(stdout: &str, tests: Option<&[String]>) -> Outcome {
    let mut silent: BTreeSet<&str> = tests.unwrap_or_default().iter().map(String::as_str).collect();
    let mut outcome = Outcome::default();
    for line in stdout.lines() {
        let Some((test, result)) = line.strip_prefix("test ").and_then(|rest| rest.rsplit_once(" ... "))
        else {
            continue;
        };
        if tests.is_some() && !silent.remove(plain(test)) {
            continue;
        }
        let counter = match result {
            "ok" => &mut outcome.passed,
            _ if result.starts_with("ignored") => &mut outcome.skipped,
            _ => &mut outcome.failed,
        };
        *counter = counter.saturating_add(1);
    }
    outcome.failed = outcome.failed.saturating_add(silent.len());
    outcome
}

fn listed(told: &str) -> Vec<String> {
    let tests = told.lines().filter_map(|line| line.strip_suffix(": test"));
    tests.map(|test| plain(test).to_owned()).collect()
}

/// A test's name without what libtest says of its kind.
fn plain(test: &str) -> &str {
    [" - should panic", " - compile fail", " - compile"]
        .iter()
        .find_map(|kind| test.strip_suffix(kind))
        .unwrap_or(test)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STDOUT: &str = "\nrunning 4 tests\ntest a::b ... ok\ntest a::c - should panic ... ok\n\
        test src/lib.rs - x (line 3) - compile ... FAILED\ntest d ... ignored, needs a moon\n\
        \nfailures:\n";

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn each_line_counts_once() {
        let tests = names(&["a::b", "a::c", "src/lib.rs - x (line 3)", "d"]);
        let outcome = count(STDOUT, Some(&tests));
        assert_eq!((outcome.passed, outcome.failed, outcome.skipped), (2, 1, 1));
    }

    #[test]
    fn whichever_tests_there_are_count_where_none_are_named() {
        let outcome = count(STDOUT, None);
        assert_eq!((outcome.passed, outcome.failed, outcome.skipped), (2, 1, 1));
        assert_eq!(count("nothing", None).failed, 0);
    }

    #[test]
    fn a_test_that_says_nothing_has_failed() {
        let outcome = count("test a::b ... ok\n", Some(&names(&["a::b", "a::c"])));
        assert_eq!((outcome.passed, outcome.failed), (1, 1));
    }

    #[test]
    fn lists_are_read() {
        let told = "a::b: test\na::c: benchmark\nsrc/lib.rs - x (line 3) - compile: test\n";
        assert_eq!(listed(told), ["a::b", "src/lib.rs - x (line 3)"]);
    }

    #[test]
    fn a_program_that_dies_without_a_word_fails_all_of_its_tests() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'test a ... ok'; exit 101"]);
        let outcome = outcome("host/x".into(), &mut command, Some(&names(&["a"])));
        assert_eq!((outcome.passed, outcome.failed), (0, 1));
        assert!(outcome.why.contains("no test says that it failed"), "{}", outcome.why);
    }
}
