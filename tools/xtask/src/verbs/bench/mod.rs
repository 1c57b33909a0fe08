//! `bench`: what operations cost, in guest instructions, beside the raw kernel in the same boot.

pub mod goals;
pub mod table;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail, ensure};

use crate::arch::Arch;
use crate::console::marks::Bench;
use crate::context::Context;
use crate::kernel::{self, Flavour};
use crate::machine::{Clock, Machine};
use crate::prepare::{Boot, Request, prepare};
use crate::session::conversation::{Answer, Conversation, Limits};
use table::Row;

/// The system that measures, `tests/systems/bench.toml`.
const SYSTEM: &str = "bench";
/// The commands that make it measure, one a line.
const SCRIPT: &str = "tests/systems/bench.script";
/// Guest instructions from one prompt to the next: measurements take long.
const BUDGET: u64 = 20_000_000_000;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Counts are exact and repeatable: QEMU's clock counts instructions (-icount), the kernel is the
release one. The bench fails where a goal is missed, and where a raw row is more than 3 % above the
project's baselines: the kernel, the compiler or the measuring loop has changed, and no ratio means
anything then. `./escrow test` runs it too, as bench/ARCHITECTURE.")]
pub struct Args {
    /// The architecture to measure
    #[arg(long, value_enum, default_value_t = Arch::Aarch64)]
    arch: Arch,
    /// Also write the rows to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<ExitCode> {
    let ctx = super::context()?;
    let boots = prepare(&ctx, &[request(args.arch)])?;
    let boot = boots.first().context("nothing was prepared")?;
    ctx.step(&format!("measuring on {}", args.arch.name()));
    let rows = rows(&ctx, boot)?;
    print!("{}", table::shown(args.arch, &rows));
    let prefix = kernel::ensure(&ctx, args.arch, Flavour::Release)?;
    if let Some(file) = &args.json {
        let version = prefix.kernel_version().unwrap_or("unknown");
        let json = table::json(args.arch, version, &rows)?;
        fs::write(file, json).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let wrong = goals::wrong(args.arch, &rows);
    ensure!(wrong.is_empty(), "{}", wrong.join("; "));
    Ok(ExitCode::SUCCESS)
}

/// The image that measures.
pub fn request(arch: Arch) -> Request {
    Request::plain(arch, false, SYSTEM)
}

/// Boots the image of [`request`] and measures every row.
///
/// # Errors
/// Where the guest does not come to the script's end; the text holds its console.
pub fn rows(ctx: &Context, boot: &Boot) -> Result<Vec<Row>> {
    let script = fs::read_to_string(ctx.root.join(SCRIPT))
        .with_context(|| format!("cannot read {SCRIPT}: it says what is measured"))?;
    Ok(measure(boot, &script)?.into_iter().map(Row::new).collect())
}

fn measure(boot: &Boot, script: &str) -> Result<Vec<Bench>> {
    let machine = Machine::start(&boot.machine(Clock::Instructions))?;
    let mut seen = Vec::new();
    let mut talk = Conversation::new(machine, Limits::for_budget(BUDGET), |text| {
        seen.extend_from_slice(text);
    });
    let outcome = feed(&mut talk, script);
    let measured = talk.measured().to_vec();
    talk.quit();
    outcome.with_context(|| {
        format!("the bench did not run to its end; its console:\n{}", String::from_utf8_lossy(&seen))
    })?;
    Ok(measured)
}

fn feed(talk: &mut Conversation<'_>, script: &str) -> Result<()> {
    talk.boot().context("at boot")?;
    let lines = script.lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let said = match talk.command(line).with_context(|| format!("after `{line}`"))? {
            Answer::Ready(said) => said,
            Answer::Halted(..) => return Ok(()),
        };
        if said.code != Some(0) {
            bail!("`{line}` failed");
        }
    }
    Ok(())
}
