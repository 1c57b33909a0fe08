//! The host tests: the default members' unit and document tests, each counted by its own line.

use std::collections::BTreeSet;
use std::process::{Command, Output, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use super::cases::Filter;
use super::report::Outcome;
use crate::command;
use crate::context::Context;
use crate::guest::artifacts::{self, TestProgram};

/// The tests of one program that a run is about.
#[derive(Clone, Debug)]
pub struct Chosen {
    program: TestProgram,
    tests: Vec<String>,
    /// True where the filter leaves none out.
    all: bool,
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

fn name(program: &TestProgram, test: &str) -> String {
    format!("host/{}::{test}", program.name)
}

fn document_name(test: &str) -> String {
    format!("host/doc {test}")
}

/// Builds the test programs of the default members.
///
/// # Errors
/// Where they do not build; cargo's message stands above.
pub fn build(ctx: &Context) -> Result<Vec<TestProgram>> {
    let mut cargo = cargo(ctx);
    cargo.args(["test", "--no-run", "--message-format=json-render-diagnostics"]);
    let told = command::output_quiet_when_fresh(&mut cargo, "building the host tests")?;
    artifacts::tests(&told)
}

/// Asks each program for its tests and keeps those that the filter takes.
///
/// # Errors
/// Where a program does not list its tests.
pub fn choose(programs: &[TestProgram], filter: &Filter) -> Result<Vec<Chosen>> {
    let mut chosen = Vec::new();
    for program in programs {
        let mut list = Command::new(&program.executable);
        list.args(["--list", "--format", "terse"]).current_dir(&program.folder);
        let mut tests = listed(&command::output(&mut list, "listing tests")?);
        let before = tests.len();
        tests.retain(|test| filter.takes(&name(program, test)));
        if !tests.is_empty() {
            let all = tests.len() == before;
            chosen.push(Chosen { program: program.clone(), tests, all });
        }
    }
    Ok(chosen)
}

/// The same for the examples in the documentation of the default members.
///
/// # Errors
/// Where they cannot be listed.
pub fn choose_documents(ctx: &Context, filter: &Filter) -> Result<Documents> {
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
    if !chosen.all {
        command.arg("--exact").args(&chosen.tests);
    }
    outcome(format!("host/{}", chosen.program.name), &mut command, &chosen.tests)
}

/// Runs the chosen examples of the documentation.
pub fn run_documents(ctx: &Context, documents: &Documents) -> Outcome {
    let mut command = cargo(ctx);
    command.args(["test", "--doc"]);
    if !documents.all {
        command.args(["--", "--exact"]).args(&documents.tests);
    }
    outcome("host/doc".to_owned(), &mut command, &documents.tests)
}

/// The cargo that runs us: what it has built of the host tool need not be built again.
fn cargo(ctx: &Context) -> Command {
    let own = std::env::var_os("CARGO");
    let mut cargo = command::clean(own.unwrap_or_else(|| ctx.toolchain.cargo.clone().into()));
    cargo.current_dir(&ctx.root);
    cargo
}

fn outcome(name: String, command: &mut Command, tests: &[String]) -> Outcome {
    let began = Instant::now();
    let mut outcome = match run_and_count(command, tests) {
        Ok(outcome) => outcome,
        Err(error) => Outcome { failed: tests.len(), why: format!("{error:#}"), ..Outcome::default() },
    };
    outcome.name = name;
    outcome.took = began.elapsed();
    outcome
}

fn run_and_count(command: &mut Command, tests: &[String]) -> Result<Outcome> {
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
        outcome.why = format!("{stdout}{stderr}");
    }
    Ok(outcome)
}

/// Counts the lines `test NAME ... ok` of libtest. A test that says nothing has failed: its program
/// died before or in it.
fn count(stdout: &str, tests: &[String]) -> Outcome {
    let mut silent: BTreeSet<&str> = tests.iter().map(String::as_str).collect();
    let mut outcome = Outcome::default();
    for line in stdout.lines() {
        let Some((test, result)) = line.strip_prefix("test ").and_then(|rest| rest.rsplit_once(" ... "))
        else {
            continue;
        };
        // `a - should panic ... ok`
        let test = test.strip_suffix(" - should panic").unwrap_or(test);
        let test = test.strip_suffix(" - compile fail").or(test.strip_suffix(" - compile")).unwrap_or(test);
        if !silent.remove(test) {
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
    let tests = tests
        .map(|test| test.strip_suffix(" - compile fail").or(test.strip_suffix(" - compile")).unwrap_or(test));
    tests.map(str::to_owned).collect()
}
