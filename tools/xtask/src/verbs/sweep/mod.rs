//! `sweep`: kills a module at every moment of its work, and says at how many of its instructions that was.

mod coverage;
pub mod scripts;

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail, ensure};

use crate::arch::Arch;
use crate::console::marks::Kill;
use crate::machine::Clock;
use crate::prepare::{Boot, Request, prepare};
use crate::session::unattended::{self, Ended};
use coverage::Coverage;
use scripts::Script;

/// The system that sweeps, `tests/systems/sweep.toml`.
const SYSTEM: &str = "sweep";
/// Guest instructions from one kill to the next, and for a script's start: the longest take some 3 million.
const BUDGET: u64 = 2_000_000_000;
/// No work of a script takes so many nanoseconds: the sweep ends where the work is done before the kill.
const LAST: u64 = 10_000_000;
/// Of a victim's instructions, a full sweep must kill it at so many percent at least.
const ENOUGH: u64 = 95;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The guest's clock counts instructions, and nothing is typed: two runs are the same. After each kill:
no name of a dead init is visible, every call is answered once and with an answer that there can be,
the service serves again, and memory is whole. Coverage is the share of the victim's instructions, as
an execution trace of the same work shows them, at which it was killed at least once.

Examples:
  ./escrow sweep                            every script on aarch64, every nanosecond
  ./escrow sweep --arch x86_64 echo-call    one script
  ./escrow sweep names-                     those in which the name server is killed
  ./escrow sweep --step 97 echo-init        a coarse one
  ./escrow sweep --from 1200 --to 1200 echo-init    one kill, to look at a violation
Exit code 0 only if nothing was violated and, with every script and step 1, coverage is 95 % or more.")]
pub struct Args {
    /// The script to run, or the beginning of several names; every one where it is left out
    script: Option<String>,
    /// The architecture
    #[arg(long, value_enum, default_value_t = Arch::Aarch64)]
    arch: Arch,
    /// Nanoseconds of the guest's clock, which are instructions, from one kill to the next
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    step: u64,
    /// The first moment
    #[arg(long, value_name = "NS", default_value_t = 0)]
    from: u64,
    /// The last moment; the end of the work where it is left out
    #[arg(long, value_name = "NS", default_value_t = LAST)]
    to: u64,
}

/// From which moment to which, in which steps: nanoseconds of the guest's clock.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// The first.
    pub from: u64,
    /// From one to the next.
    pub step: u64,
    /// The last; the end of the work, where that is earlier.
    pub to: u64,
}

impl Default for Span {
    fn default() -> Self {
        Span { from: 0, step: 1, to: LAST }
    }
}

/// What a script came to.
#[derive(Debug)]
pub struct Swept(pub Ended);

impl Swept {
    /// What did not hold: each violation with the command that shows it again, and the end that did not come.
    pub fn told(&self, arch: Arch, script: &Script) -> Vec<String> {
        let violations = self.0.kills.iter().filter_map(|kill| {
            let (Kill { moment, ip, .. }, what) = (kill, kill.violation.as_ref()?);
            let (arch, name) = (arch.name(), script.name);
            Some(format!(
                "killed at {moment} ns, ip {ip:#x}: {what}\n\
                 again: ./escrow sweep --arch {arch} --from {moment} --to {moment} {name}"
            ))
        });
        let last = self.0.kills.last().map_or_else(String::new, |kill| format!(" after {} ns", kill.moment));
        let broken = self.0.broken.iter().map(|why| format!("it did not come to its end{last}: {why}"));
        violations.chain(broken).collect()
    }
}

/// Checks that there is a moment from the first to the last.
///
/// # Errors
/// Where there is none.
pub fn check_moments(from: u64, to: u64) -> Result<()> {
    ensure!(from <= to, "the first moment is {from}, and the last one {to}: nothing would be struck");
    Ok(())
}

pub fn run(args: &Args) -> Result<ExitCode> {
    check_moments(args.from, args.to)?;
    let chosen = scripts::choose(args.script.as_deref())?;
    let span = Span { from: args.from, step: args.step, to: args.to };
    let ctx = super::context()?;
    let swept = chosen.iter().map(|script| request(args.arch, script, span, true));
    let covered = chosen.iter().filter(|script| script.victim.is_some());
    let requests: Vec<Request> =
        swept.chain(covered.map(|script| trace(args.arch, script))).collect::<Result<_>>()?;
    let boots = prepare(&ctx, &requests)?;
    let (boots, traced) = boots.split_at(chosen.len());
    let mut traced = traced.iter();
    let mut covered: BTreeMap<&str, Coverage> = BTreeMap::new();
    let (mut kills, mut violations) = (0_usize, 0_usize);
    for (script, boot) in chosen.iter().zip(boots) {
        ctx.step(&format!("sweeping {} on {}", script.name, args.arch.name()));
        let swept = sweep(boot, unattended::progress("sweep: "));
        let wrong = swept.told(args.arch, script);
        println!("{}: {} kills, {} violations", script.name, swept.0.kills.len(), wrong.len());
        for line in wrong.iter().flat_map(|what| what.lines()) {
            println!("      {line}");
        }
        kills = kills.saturating_add(swept.0.kills.len());
        violations = violations.saturating_add(wrong.len());
        if let Some(victim) = script.victim {
            let coverage = covered.entry(victim).or_default();
            coverage.kill(swept.0.kills.iter().map(|kill| kill.ip));
            coverage.execute(executed(traced.next().context("an image for each trace")?)?);
        }
    }
    for (victim, coverage) in &covered {
        println!("{victim}: {coverage}");
        if args.step == 1 {
            coverage.show_missed();
        }
    }
    if covered.is_empty() {
        println!("coverage: none to measure, the victim is not a module that is shipped");
    }
    let percent = coverage::percent(covered.values());
    println!("{kills} kills, {percent}% coverage, {violations} violations");
    let full = args.step == 1 && args.script.is_none() && args.from == 0 && args.to == LAST;
    let enough = !full || covered.values().all(|coverage| coverage::percent([coverage]) >= ENOUGH);
    Ok(if violations == 0 && enough { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The image that sweeps a script. `moved`: its victim's instructions can be told from all others.
///
/// # Errors
/// Where the arguments are longer than a module's can be.
pub fn request(arch: Arch, script: &Script, span: Span, moved: bool) -> Result<Request> {
    let Span { from, step, to } = span;
    with_args(arch, script, &format!("{} {from} {step} {to}", script.name), moved)
}

fn trace(arch: Arch, script: &Script) -> Result<Request> {
    with_args(arch, script, &format!("{} trace", script.name), true)
}

fn with_args(arch: Arch, script: &Script, text: &str, moved: bool) -> Result<Request> {
    let mut request = Request::with_args(arch, SYSTEM, "sweeper", text)?;
    request.variant.moved = script.victim.filter(|_| moved).map(ToOwned::to_owned);
    Ok(request)
}

/// Boots an image of [`request`] and takes down every kill; `show` gets what it prints.
pub fn sweep(boot: &Boot, show: impl FnMut(&[u8])) -> Swept {
    Swept(unattended::to_the_end(&boot.machine(Clock::Instructions), BUDGET, show))
}

/// The addresses of the instructions that the victim executes in its work.
fn executed(boot: &Boot) -> Result<BTreeSet<u64>> {
    let log = tempfile::NamedTempFile::new().context("cannot make a file for the trace")?;
    let mut spec = boot.machine(Clock::Instructions);
    spec.args.extend(coverage::trace_args(log.path()));
    match unattended::to_the_end(&spec, BUDGET, |_| {}).broken {
        None => coverage::read_trace(log.path()),
        Some(why) => bail!("the traced run failed: {why}"),
    }
}
