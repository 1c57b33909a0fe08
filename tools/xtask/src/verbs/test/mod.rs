//! `test`: the host tests, the kernel's tests, and the scenarios in QEMU on both architectures.

mod at_once;
mod cases;
mod debugger;
mod driven;
mod elsewhere;
pub mod host;
mod kernel;
mod pushes;
mod report;
mod scenarios;
mod tutorial;
mod unknown;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, anyhow};

use crate::arch::Arch;
use crate::context;
use crate::scenario::strikes::{LAST, Moments};
use crate::verbs::sweep;
use cases::Filter;
use report::Report;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Host tests are named host/CRATE::path::of::test, scenarios SCENARIO/ARCHITECTURE, the kernel's tests
kernel/ARCHITECTURE, and kernel/without-PATCH/ARCHITECTURE where a kernel without that patch must fail,
the costs bench/ARCHITECTURE, coarse sweeps sweep/SCRIPT/ARCHITECTURE, a short soak soak/ARCHITECTURE, and with
--full gdb/ARCHITECTURE, which needs gdb.
Examples:
  ./escrow test life            both runs of the scenario `life`, and nothing else
  ./escrow test life/aarch64    one of them
  ./escrow test host/           the host tests only
  ./escrow test ledger          every test with that word in its name
  ./escrow test --module ~/counter           a package of your own, as `./escrow new` makes it
  ./escrow test --scenario ~/mine/revoked    a scenario of your own: docs/testing-revocation.md
Exit code 0 only if nothing failed. A failed scenario leaves its folder in target/escrow/failed.")]
pub struct Args {
    /// Run only tests whose name contains this
    filter: Option<String>,
    /// Show the names and run nothing
    #[arg(long)]
    list: bool,
    /// Only scenarios of this architecture
    #[arg(long, value_enum)]
    arch: Option<Arch>,
    /// Also the scenarios and host tests that take too long for every run
    #[arg(long)]
    full: bool,
    /// Run the scenario in this folder, wherever it is, and nothing else
    #[arg(long, value_name = "DIR", conflicts_with_all = ["filter", "list", "full"])]
    scenario: Option<PathBuf>,
    /// Test the Cargo package in this folder, wherever it is, and nothing else (again for more folders): its host tests,
    /// whether a system takes its programs, and the scenarios in its folder `scenarios`
    #[arg(long, value_name = "DIR", conflicts_with_all = ["filter", "list", "full", "scenario"])]
    module: Vec<PathBuf>,
    /// Only the scenario's sweep, from this moment on: nanoseconds, which are instructions
    #[arg(long, value_name = "NS", requires = "scenario")]
    from: Option<u64>,
    /// Only the scenario's sweep, to this moment
    #[arg(long, value_name = "NS", requires = "scenario")]
    to: Option<u64>,
    /// Only the scenario's sweep, with so many nanoseconds from one moment to the next
    #[arg(long, value_name = "N", requires = "scenario", value_parser = clap::value_parser!(u64).range(1..))]
    step: Option<u64>,
}

impl Args {
    /// The moments of a sweep, where some are asked for.
    fn moments(&self) -> Result<Option<Moments>> {
        if self.from.or(self.to).or(self.step).is_none() {
            return Ok(None);
        }
        let (from, to) = (self.from.unwrap_or(0), self.to.unwrap_or(LAST));
        sweep::check_moments(from, to)?;
        Ok(Some(Moments { from, step: self.step.unwrap_or(1), to }))
    }
}

pub fn run(args: &Args) -> Result<ExitCode> {
    let filter = Filter { text: args.filter.clone(), arch: args.arch, full: args.full };
    let root = context::find_root()?;
    if let Some(folder) = &args.scenario {
        let cases = scenarios::choose_folder(&root, folder, &filter, args.moments()?)?;
        let mut report = Report::default();
        scenarios::run(&super::context()?, &cases, &mut report)?;
        report.finish(0);
        return Ok(if report.failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS });
    }
    if !args.module.is_empty() {
        let mut report = Report::default();
        elsewhere::run(&super::context()?, &args.module, &filter, &mut report)?;
        report.finish(0);
        return Ok(if report.failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS });
    }
    // Read first: a mistake in a scenario is told before minutes of building.
    let one_kind = kernel::is_named(&filter) || driven::is_named(&filter);
    let scenarios = if one_kind { scenarios::Chosen::default() } else { scenarios::choose(&root, &filter)? };
    let kernel_tests = if scenarios.named { Vec::new() } else { kernel::choose(&filter) };
    let (driven, driven_left) = if scenarios.named { Default::default() } else { driven::choose(&filter) };
    let on_target = !kernel_tests.is_empty() || !scenarios.cases.is_empty() || !driven.is_empty();
    let nothing = |left_for_full: usize| {
        let text = filter.text.as_deref().unwrap_or_default();
        match left_for_full {
            0 => anyhow!("{}", unknown::told(text, &names_on_target(&root))),
            some => anyhow!("all {some} tests with `{text}` in their name run with --full only"),
        }
    };
    if let Some(text) = &filter.text
        && !on_target
        && (scenarios.named || one_kind || !unknown::can_be_host_test(&root, text)?)
    {
        return Err(nothing(scenarios.left_for_full.saturating_add(driven_left)));
    }
    let ctx = super::context()?;
    let (host_tests, documents, host_left) =
        if scenarios.named || one_kind { Default::default() } else { host::choose(&ctx, &filter)? };
    let left_for_full = scenarios.left_for_full.saturating_add(host_left).saturating_add(driven_left);
    if host_tests.is_empty() && documents.is_empty() && !on_target {
        return Err(nothing(left_for_full));
    }
    if args.list {
        for name in host_tests.iter().flat_map(host::Chosen::names) {
            println!("{name}");
        }
        for name in documents.names() {
            println!("{name}");
        }
        for case in &kernel_tests {
            println!("{}", case.name());
        }
        for case in &scenarios.cases {
            println!("{}", case.name());
        }
        for case in &driven {
            println!("{}", case.name());
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut report = Report::default();
    for chosen in &host_tests {
        report.add(host::run(chosen));
    }
    if !documents.is_empty() {
        report.add(host::run_documents(&ctx, &documents));
    }
    kernel::run(&ctx, &kernel_tests, &mut report)?;
    scenarios::run(&ctx, &scenarios.cases, &mut report)?;
    driven::run(&ctx, &driven, &mut report)?;
    report.finish(left_for_full);
    Ok(if report.failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The names of all tests that boot something.
fn names_on_target(root: &Path) -> Vec<String> {
    let all = Filter { full: true, ..Filter::default() };
    let scenarios = scenarios::choose(root, &all).map(|chosen| chosen.cases).unwrap_or_default();
    let kernel_tests = kernel::choose(&all).into_iter().map(|case| case.name());
    let driven = driven::choose(&all).0.into_iter().map(|case| case.name());
    scenarios.iter().map(scenarios::Case::name).chain(kernel_tests).chain(driven).collect()
}
