//! `push`: sends a module's file into the running system.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{IsTerminal as _, stderr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};

use crate::arch::Arch;
use crate::context;
use crate::guest::outside;
use crate::prepare;
use crate::push::file::{self, Pushable};
use crate::push::held;
use crate::push::link::{self, Link, Parcel, Patience};
use crate::push::outcome::Pushed;
use crate::push::progress::Progress;
use crate::push::running::{self, Running};
use crate::push::told::{Done, NotDone};
use crate::system::asks::Asks;

/// How long the system may say nothing.
const SILENCE: Duration = Duration::from_secs(10);
/// How long a request is left alone before it is said again.
const REPEAT: Duration = Duration::from_millis(300);

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").args(["file", "module"]).required(true), after_help = "\
The system that `./escrow run` has booted in another terminal, from this clone, takes the file over its
second serial line. A module of that name is replaced: its clients keep what they hold, and where the
new file does not come to its publish, the earlier one is started again, and what that had in its memory
is lost. Where there is none, the module is loaded. What is refused changes nothing, and says why: what is
no module, asks for more than it is granted, is a program where a server is, and what is pinned.

As long as the module is loaded, it is restarted from that file. When it is unloaded, or has ended by
itself (as a program does), the file is gone: `load NAME` takes the boot archive's file of that name,
where there is one, and what was pushed can only be pushed again.

The system must allow it (`push = true` in its manifest), and grants the module what it grants its name:
that was decided at its boot. What a package asks for (`[package.metadata.escrow]` in its Cargo.toml) it is
granted in a system that `./escrow run --module` has booted with it.

Exit code: 0 the module is live (or a program, and has ended well), 1 refused or not possible, 3 the file was
not live and the earlier one has ended for it.
Outcomes of --json: loaded, replaced, ended; refused, not-built, not-sent (nothing has changed); restored (the
earlier file is live again, as the generation that is told), down (it is not); unknown (the file may be there,
and `ps` in the shell shows what has come of it). What was not sent to its end has `null` where nothing is known.
The seconds are those of sending and starting, without the build.

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
    push(args).or_else(|not_done| {
        if !args.json {
            return Err(not_done.into_error());
        }
        println!("{}", not_done.json(args.name.as_deref().or(args.program.as_deref())));
        Ok(ExitCode::FAILURE)
    })
}

fn push(args: &Args) -> Result<ExitCode, NotDone> {
    let root = context::find_root()?;
    let running = running::choose(&context::out(&root), args.arch, args.pid)?;
    let (path, asks) = match (&args.file, &args.module) {
        (Some(file), _) => (file.clone(), None),
        (None, Some(folder)) => {
            built(folder, args.program.as_deref(), &running).map_err(NotDone::NotBuilt)?
        }
        (None, None) => return Err(anyhow!("give a FILE, or --module DIR").into()),
    };
    let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
    let pushable = file::read(&path, args.name.as_deref(), scratch.path())?;
    let kept = file::keep(&running.pushed, &pushable)?;
    let Pushable { name, bytes, request, .. } = pushable;
    let line = held::connect(&running.line)?;
    link::give_way(&line.stream).context("the line's socket")?;
    let patience =
        Patience { repeat: REPEAT, silence: SILENCE, start: Duration::from_secs(args.timeout.into()) };
    let parcel = Parcel { name, file: &bytes, transfer: number() };
    let began = Instant::now();
    let mut progress = Progress::of(bytes.len(), stderr(), stderr().is_terminal());
    let pushed = Link::over(&line.stream, patience).push(parcel, |has| progress.show(has, began.elapsed()));
    progress.end();
    let pushed = pushed.map_err(|error| match error.is_open() {
        true => NotDone::Unknown(error.into()),
        false => NotDone::NotSent(error.into()),
    })?;
    if let Pushed::Live { .. } = &pushed {
        file::note(&running.pushed, name, &kept)?;
    }
    let done = Done { name: name.as_str(), pushed: &pushed, bytes: bytes.len(), took: began.elapsed() };
    match (args.json, done.sentence()) {
        (true, _) => println!("{}", done.json()),
        (false, Ok(sentence)) => println!("{sentence}"),
        (false, Err(sentence)) => eprintln!("escrow: {sentence}"),
    }
    if let (Pushed::Refused(_), Some(asks), Some(request), Some(folder)) =
        (&pushed, asks, request, &args.module)
        && let Some(told) = running.grants.lacking(name.as_str(), &request, &asks, folder)
    {
        eprintln!("escrow: {told}");
    }
    Ok(ExitCode::from(done.code()))
}

/// A number that no other push has.
fn number() -> u32 {
    // Seeded anew for each of them.
    let random = RandomState::new().build_hasher().finish();
    u32::try_from(random >> 32).unwrap_or(0)
}

/// Builds a package for the running system's architecture; gives its program, and what it asks for.
fn built(folder: &Path, program: Option<&str>, running: &Running) -> Result<(PathBuf, Option<Asks>)> {
    let module = outside::module_of(folder, program)?;
    let ctx = super::context()?;
    let arch = Arch::ALL.into_iter().find(|arch| arch.name() == running.arch);
    let arch = arch.with_context(|| format!("the system runs on `{}`", running.arch))?;
    let program = prepare::module(&ctx, arch, &module)?;
    Ok((program.elf, module.asks))
}
