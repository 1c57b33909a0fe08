//! `run`: boots a system and connects it to the terminal, or feeds it a script.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};

use crate::arch::Arch;
use crate::console::addresses::Addresses;
use crate::context::{self, Context};
use crate::gone;
use crate::guest::outside;
use crate::machine::{Clock, Machine, MachineSpec};
use crate::prepare::{self, Boot, Request, prepare};
use crate::push::running::{self, Running};
use crate::session::conversation::{Answer, Conversation, Limits};
use crate::session::interactive;
use crate::system::{self, CAN_BE_APART, named};

/// Guest instructions between two prompts; x86_64's kernel needs a tenth of it to boot.
const BUDGET: u64 = 600_000_000;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without --script the terminal is the system's console; Ctrl-A x leaves, `halt` shuts it down.
With --script the lines of FILE are typed one by one as the prompt returns (blank lines and lines
that start with # are passed over), the transcript is printed, and the exit code is 0 only if every
command succeeded. The guest's clock then counts its instructions, and skips what nobody needs
while the next line comes: times differ from run to run, and what a command costs does not.

Examples:
  ./escrow run
  ./escrow run --arch x86_64
  ./escrow run --module ~/mine/counter     then `load counter`; ./escrow new makes such a folder
  printf 'help\\nhalt\\n' | ./escrow run --script -")]
pub struct Args {
    /// The architecture to boot
    #[arg(long, value_enum, default_value_t = Arch::Aarch64)]
    arch: Arch,
    /// Type the lines of this file, - for standard input
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// The system to boot: `default`, or the name of a file in tests/systems
    #[arg(long, value_name = "NAME", default_value = system::DEFAULT)]
    system: String,
    /// Also build the modules of the Cargo package in this folder, wherever it is (again for more folders), and grant what
    /// it asks for
    #[arg(long, value_name = "DIR")]
    module: Vec<PathBuf>,
    /// Link this module of this repository at addresses that no other one has, for gdb
    #[arg(long, value_name = "NAME")]
    apart: Option<String>,
    /// Boot the debug kernel, which prints on the console and costs more
    #[arg(long)]
    debug: bool,
    /// With --script: guest instructions that may pass between two prompts
    #[arg(
        long,
        value_name = "INSTRUCTIONS",
        default_value_t = BUDGET,
        requires = "script",
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    budget: u64,
}

pub fn run(args: &Args) -> Result<ExitCode> {
    // A script that cannot be read is told before minutes of building.
    let script = args.script.as_deref().map(read_script).transpose()?;
    let root = context::find_root()?;
    let mut request = Request::plain(args.arch, args.debug, &args.system);
    request.variant.moved.clone_from(&args.apart);
    request.variant.outside = outside::modules_of(&outside::packages_in(&args.module)?)?;
    let (system, files) = prepare::system_of(&root, &request)?;
    if let Some(apart) = &args.apart {
        let can_be = system.modules;
        ensure!(can_be.contains(apart), "--apart {apart}: only {CAN_BE_APART}: {}", can_be.join(", "));
    }
    if let Some(lines) = &script {
        lines.iter().try_for_each(|line| named::check_later(line, &files))?;
    }
    let ctx = super::context()?;
    let boots = prepare(&ctx, &[request])?;
    let boot = boots.first().context("nothing was prepared")?;
    match script {
        Some(lines) => run_script(&ctx, boot, &lines, args.budget),
        None => {
            let arch = args.arch.name();
            ctx.step(&format!("booting {arch} in QEMU; Ctrl-A x leaves, `halt` shuts down"));
            let machine = Machine::start(&MachineSpec { gdb: true, ..boot.machine(Clock::Wall) })?;
            let addresses = Addresses::of(boot.files.clone()).and_later(machine.pushed());
            let _announced = running::announce(&ctx.out, &Running::of(boot, &machine))?;
            interactive::talk(machine, addresses).map(ExitCode::from)
        }
    }
}

fn read_script(path: &Path) -> Result<Vec<String>> {
    let text = if path == Path::new("-") {
        std::io::read_to_string(std::io::stdin()).context("cannot read standard input")?
    } else {
        fs::read_to_string(path).with_context(|| format!("cannot read the script {}", path.display()))?
    };
    Ok(script_lines(&text))
}

fn script_lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

fn run_script(ctx: &Context, boot: &Boot, lines: &[String], budget: u64) -> Result<ExitCode> {
    let machine = Machine::start(&MachineSpec { gdb: true, ..boot.machine(Clock::Instructions) })?;
    let addresses = Addresses::of(boot.files.clone()).and_later(machine.pushed());
    let _announced = running::announce(&ctx.out, &Running::of(boot, &machine))?;
    let at_line_start = Cell::new(true);
    let mut talk = Conversation::new(machine, Limits::for_budget(budget), |text| {
        // The transcript is what a person would have seen, with plain ends of lines.
        let text: Vec<u8> = text.iter().copied().filter(|byte| *byte != b'\r').collect();
        at_line_start.set(text.last().map_or(at_line_start.get(), |last| *last == b'\n'));
        gone::print(&text);
    })
    .explained(addresses);
    let outcome = feed(&mut talk, lines);
    talk.quit();
    if !at_line_start.get() {
        println!();
    }
    let (failed, exit) = outcome?;
    for (line, code) in &failed {
        match code {
            Some(code) => eprintln!("escrow: failed with status {code}: {line}"),
            None => eprintln!("escrow: ended without a status: {line}"),
        }
    }
    if failed.is_empty() { Ok(ExitCode::from(exit)) } else { Ok(ExitCode::FAILURE) }
}

type Failed<'a> = Vec<(&'a str, Option<u32>)>;

/// Runs all lines; returns those that failed, and the guest's exit code.
fn feed<'a>(talk: &mut Conversation<'_>, lines: &'a [String]) -> Result<(Failed<'a>, u8)> {
    let mut failed = Vec::new();
    let mut at = "boot";
    let mut answer = talk.boot();
    let mut rest = lines.iter();
    loop {
        let answered = answer.with_context(|| format!("after `{at}`"))?;
        let (said, halted) = match answered {
            Answer::Ready(said) => (said, None),
            Answer::Halted(said, code) => (said, Some(u8::try_from(code).unwrap_or(1))),
        };
        if said.code != Some(0) && at != "boot" {
            failed.push((at, said.code));
        }
        if let Some(code) = halted {
            // Lines after a halt were asked for and not run: they have not succeeded.
            failed.extend(rest.map(|line| (line.as_str(), None)));
            return Ok((failed, code));
        }
        let Some(line) = rest.next() else { return Ok((failed, 0)) };
        at = line;
        answer = talk.command(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_and_comments_are_no_commands() {
        assert_eq!(script_lines("# first\nhelp\n\n  call echo hi \n"), ["help", "call echo hi"]);
    }
}
