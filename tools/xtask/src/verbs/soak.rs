//! `soak`: many cycles of load, call, crash and unload at random but repeatable moments.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use crate::arch::Arch;
use crate::machine::Clock;
use crate::prepare::{Boot, Request, prepare};
use crate::session::unattended;

/// The system, `tests/systems/soak.toml`, and the module in it that has the arguments.
const SYSTEM: &str = "soak";
/// Guest instructions for one cycle, several times what it takes.
const BUDGET: u64 = 20_000_000;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each cycle loads echo, often a client of it, calls both ways, has echo crash some instructions later,
and unloads at whatever moment that is. After each cycle memory and slots are what they were; after
every 16th the kernel proves it. The seed decides everything, and nothing is typed: two runs are the
same.

Examples:
  ./escrow soak
  ./escrow soak --arch x86_64 --cycles 100000 --seed 7
Exit code 0 only if every call came back with an answer that there can be, and nothing was lost.")]
pub struct Args {
    /// The architecture
    #[arg(long, value_enum, default_value_t = Arch::Aarch64)]
    arch: Arch,
    /// How many cycles
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    cycles: u32,
    /// What the moments are drawn from
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
}

pub fn run(args: &Args) -> Result<ExitCode> {
    let ctx = super::context()?;
    let boots = prepare(&ctx, &[request(args.arch, args.cycles, args.seed)?])?;
    let boot = boots.first().context("nothing was prepared")?;
    ctx.step(&format!("soaking on {}", args.arch.name()));
    soak(boot, args.cycles, unattended::progress("soak: "))?;
    Ok(ExitCode::SUCCESS)
}

/// The image of a soak.
///
/// # Errors
/// Where the arguments are longer than a module's can be.
pub fn request(arch: Arch, cycles: u32, seed: u64) -> Result<Request> {
    Request::with_args(arch, SYSTEM, SYSTEM, &format!("{cycles} {seed}"))
}

/// Boots an image of [`request`] and waits for its end; `show` gets what it prints.
///
/// # Errors
/// Where something did not hold: the guest's own words.
pub fn soak(boot: &Boot, cycles: u32, show: impl FnMut(&[u8])) -> Result<()> {
    let budget = BUDGET.saturating_mul(u64::from(cycles)).saturating_add(1_000_000_000);
    match unattended::to_the_end(&boot.machine(Clock::Instructions), budget, show).broken {
        None => Ok(()),
        Some(why) => bail!("{why}"),
    }
}
