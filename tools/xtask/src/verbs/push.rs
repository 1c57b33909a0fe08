//! `push`: sends a module's file into the running system.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{IsTerminal as _, Write as _, stderr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use ipc_proto::push::MAX_FILE;

use crate::arch::Arch;
use crate::context;
use crate::guest::outside;
use crate::prepare;
use crate::push::file::{self, Pushable};
use crate::push::link::{self, Link, Parcel, Patience};
use crate::push::outcome::Pushed;
use crate::push::running::{self, Running};
use crate::system::asks::Asks;

/// How long the system may say nothing.
const SILENCE: Duration = Duration::from_secs(10);
/// How long a request is left alone before it is said again.
const REPEAT: Duration = Duration::from_millis(300);

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").args(["file", "module"]).required(true), after_help = "\
The system that `./escrow run` has booted in another terminal, from this clone, takes the file over its
second serial line. A module of that name is replaced: its clients keep what they hold, and where the
new file does not come to its publish, the earlier one is started again. Where there is none, the module
is loaded. What is refused changes nothing, and says why.

As long as the module is loaded, it is restarted from that file. When it is unloaded, or has ended by
itself (as a program does), the file is gone: `load NAME` takes the boot archive's file of that name,
where there is one, and what was pushed can only be pushed again.

The system must allow it (`push = true` in its manifest), and grants the module what it grants its name:
that was decided at its boot. What a package asks for (`[package.metadata.escrow]` in its Cargo.toml) it is
granted in a system that `./escrow run --module` has booted with it.

Exit code: 0 the module is live (or a program, and has ended well), 1 refused or not possible.

Examples:
  ./escrow push target/…/counter
  ./escrow push --module ~/counter         builds the package, and pushes its program of that name
  ./escrow push --module ~/counter --program counter-try
  ./escrow push broken.elf --name counter")]
pub struct Args {
    /// The module's ELF file; with or without symbols
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Build the Cargo package in this folder, for the running system, and push its program
    #[arg(long, value_name = "DIR")]
    module: Option<PathBuf>,
    /// Which of the package's programs; left out, the only one, or the one with the package's name
    #[arg(long, value_name = "PROGRAM", requires = "module")]
    program: Option<String>,
    /// The module that it is to be, if not the one that its manifest names
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The system of this architecture, where more than one runs
    #[arg(long, value_enum)]
    arch: Option<Arch>,
    /// The system that this process has booted
    #[arg(long, value_name = "PID", value_parser = clap::value_parser!(u32).range(1..))]
    pid: Option<u32>,
    /// How long the module may take to be live, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    timeout: u32,
    /// One line of JSON on standard output instead of a sentence
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Result<ExitCode> {
    let began = Instant::now();
    let root = context::find_root()?;
    let out = context::out(&root);
    let (running, stream) = running::choose(&out, args.arch, args.pid)?;
    let (path, asks) = match (&args.file, &args.module) {
        (Some(file), _) => (file.clone(), None),
        (None, Some(folder)) => built(folder, args.program.as_deref(), &running)?,
        (None, None) => bail!("give a FILE, or --module DIR"),
    };
    let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
    let Pushable { name, bytes, request } = file::read(&path, args.name.as_deref(), scratch.path())?;
    ensure!(!bytes.is_empty(), "{} is empty", path.display());
    ensure!(
        bytes.len() <= MAX_FILE as usize,
        "{} has {} bytes without symbols, and a pushed file has {MAX_FILE} at most",
        path.display(),
        bytes.len()
    );
    file::keep(&running.pushed, &path, &bytes)?;
    link::give_way(&stream).context("the line's socket")?;
    let patience =
        Patience { repeat: REPEAT, silence: SILENCE, start: Duration::from_secs(args.timeout.into()) };
    let parcel = Parcel { name, file: &bytes, transfer: number() };
    let mut shown = Shown { of: bytes.len(), last: None };
    let pushed = Link::over(stream, patience).push(parcel, |has| shown.show(has));
    shown.end();
    let pushed = pushed?;
    tell(args.json, name.as_str(), &pushed, bytes.len(), began.elapsed());
    if let (Pushed::Refused(_), Some(asks), Some(request), Some(folder)) =
        (&pushed, asks, request, &args.module)
        && let Some(told) = running.grants.lacking(name.as_str(), &request, &asks, folder)
    {
        eprintln!("escrow: {told}");
    }
    Ok(match pushed {
        Pushed::Live { .. } | Pushed::Ended => ExitCode::SUCCESS,
        Pushed::Refused(_) => ExitCode::FAILURE,
    })
}

/// A number that no other push has.
fn number() -> u32 {
    // Seeded anew for each of them.
    let random = RandomState::new().build_hasher().finish();
    u32::try_from(random >> 32).unwrap_or(0)
}

/// Builds a package for the running system's architecture; gives its program, and what it asks for.
fn built(folder: &Path, program: Option<&str>, running: &Running) -> Result<(PathBuf, Option<Asks>)> {
    let ctx = super::context()?;
    let arch = Arch::ALL.into_iter().find(|arch| arch.name() == running.arch);
    let arch = arch.with_context(|| format!("the system runs on `{}`", running.arch))?;
    let module = outside::module_of(folder, program)?;
    let program = prepare::module(&ctx, arch, &module)?;
    Ok((program.elf, module.asks))
}

/// How far it is, on a terminal.
struct Shown {
    of: usize,
    last: Option<usize>,
}

impl Shown {
    fn show(&mut self, has: usize) {
        let percent = has.saturating_mul(100).checked_div(self.of).unwrap_or(100);
        if stderr().is_terminal() && self.last != Some(percent) {
            self.last = Some(percent);
            // Nobody needs it.
            let _ = write!(stderr(), "\rescrow: {percent:3} % of {} KiB", self.of.div_ceil(1024));
        }
    }

    fn end(&self) {
        if self.last.is_some() {
            eprintln!();
        }
    }
}

fn tell(json: bool, name: &str, pushed: &Pushed, bytes: usize, took: Duration) {
    let (outcome, id, generation, why) = match pushed {
        Pushed::Live { instance, replaced } => {
            let outcome = if *replaced { "replaced" } else { "loaded" };
            (outcome, Some(instance.domain.0), Some(instance.generation.0), None)
        }
        Pushed::Ended => ("ended", None, None, None),
        Pushed::Refused(why) => ("refused", None, None, Some(why)),
    };
    if json {
        let took = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let line = serde_json::json!({
            "module": name, "outcome": outcome, "id": id, "generation": generation, "why": why,
            "bytes": bytes, "milliseconds": took,
        });
        println!("{line}");
        return;
    }
    let seconds = took.as_secs_f64();
    match (pushed, id, generation) {
        (Pushed::Refused(why), ..) => eprintln!("escrow: refused: {why}"),
        (Pushed::Live { replaced, .. }, Some(id), Some(generation)) => {
            let how = if *replaced { "in place of the earlier one" } else { "loaded" };
            println!(
                "{name} is live, {how}: id {id}, generation {generation} ({bytes} bytes, {seconds:.1} s)"
            );
        }
        _ => println!("{name} ran to its end ({bytes} bytes, {seconds:.1} s)"),
    }
}
