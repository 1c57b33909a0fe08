//! `tutorial`: does what `docs/tutorial.md` says, in a temporary folder in place of `~`, and compares what comes with what the
//! page shows.

mod page;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::arch::Arch;
use crate::command::quoted;
use crate::console::addresses::Addresses;
use crate::context::Context;
use crate::guest::outside;
use crate::machine::{Clock, Machine};
use crate::prepare::{Request, prepare};
use crate::push::running::{Announced, Running, announce};
use crate::scenario::matching;
use crate::session::conversation::{Answer, Conversation, Limits};
use crate::system;
use page::{Step, What};

/// The page, from the root of the repository.
const PAGE: &str = "docs/tutorial.md";
/// The package that it makes, below `~`.
const PACKAGE: &str = "counter";
/// Guest instructions between two prompts; a restart waits for clients and timers.
const BUDGET: u64 = 2_000_000_000;

/// What is built beforehand: the system without the page's modules.
pub fn request(arch: Arch) -> Request {
    Request::plain(arch, false, system::DEFAULT)
}

/// Follows the page to its end.
///
/// # Errors
/// The first thing that is not as the page says, with its line.
pub fn run(ctx: &Context, arch: Arch) -> Result<()> {
    let path = ctx.root.join(PAGE);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let steps = page::steps(&text).map_err(|wrong| wrong.within(&path))?;
    let home = tempfile::tempdir().context("cannot make a temporary folder")?;
    let mut reader = Reader { ctx, arch, home: home.path(), booted: None };
    let outcome = steps
        .iter()
        .try_for_each(|Step { line, what }| reader.does(what).with_context(|| format!("{PAGE}:{line}")));
    match reader.booted.take() {
        Some(booted) => booted.talk.quit(),
        None => ensure!(outcome.is_err(), "{PAGE} boots nothing"),
    }
    outcome
}

/// Somebody who does what the page says.
struct Reader<'a> {
    ctx: &'a Context,
    arch: Arch,
    /// What `~` is.
    home: &'a Path,
    booted: Option<Booted<'a>>,
}

struct Booted<'a> {
    talk: Conversation<'a>,
    _announced: Announced,
}

impl Reader<'_> {
    fn does(&mut self, what: &What) -> Result<()> {
        match what {
            What::New { path, text } => {
                let path = self.file(path);
                fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
            }
            What::Before { path, mark, text } => self.insert(path, mark, |line| format!("{text}{line}\n")),
            What::After { path, mark, text } => self.insert(path, mark, |line| format!("{line}\n{text}")),
            What::Shows { path, text } => {
                let has = fs::read_to_string(self.file(path)).with_context(|| path.clone())?;
                ensure!(has.contains(text.as_str()), "{path} has not what the page shows of it:\n{has}");
                Ok(())
            }
            What::Host { command, output } => match command.strip_prefix("./escrow run --module ") {
                Some(folder) => self.boots(folder),
                None => same(command, output, &self.runs(command)?),
            },
            What::Shell { command, output } => self.types(command, output),
        }
    }

    fn file(&self, path: &str) -> PathBuf {
        self.home.join(PACKAGE).join(path)
    }

    /// Puts something in the place of the only line that is `mark`.
    fn insert(&self, path: &str, mark: &str, instead: impl Fn(&str) -> String) -> Result<()> {
        let file = self.file(path);
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {path}"))?;
        let found = text.lines().filter(|line| line.trim() == mark).count();
        ensure!(found == 1, "`{mark}` is {found} lines of {path}, and has to be one");
        let with = |line: &str| if line.trim() == mark { instead(line) } else { format!("{line}\n") };
        fs::write(&file, text.lines().map(with).collect::<String>()).with_context(|| path.to_owned())
    }

    /// Runs a command of a terminal; gives what it prints.
    fn runs(&self, command: &str) -> Result<String> {
        let home = quoted(self.home.as_os_str());
        // By its process: the file can have been built anew since this program was started, by the tests before this one.
        let itself = PathBuf::from(format!("/proc/{}/exe", std::process::id()));
        let mut line = command.replace("~/", &format!("{home}/"));
        if line.starts_with("./escrow push ") {
            // Other systems can run meanwhile.
            line.push_str(&format!(" --pid {} --arch {}", std::process::id(), self.arch.name()));
        }
        let mut shell = Command::new("sh");
        shell.current_dir(&self.ctx.root).env("CARGO_NET_OFFLINE", "true");
        match line.strip_prefix("./escrow ") {
            Some(rest) => line = format!("{} {rest}", quoted(itself.as_os_str())),
            None => {
                let path = env::var_os("PATH").unwrap_or_default();
                let tools = self.ctx.toolchain.cargo.parent().map(Path::to_owned);
                let path = env::join_paths(tools.into_iter().chain(env::split_paths(&path)));
                shell.env("PATH", path.context("PATH")?);
                // Two readers' packages have one name, and cargo would take one for the other.
                shell.env("CARGO_TARGET_DIR", self.ctx.out.join("tutorial").join(self.arch.name()));
            }
        }
        let ran = shell.args(["-c", &format!("exec 2>&1; {line}")]).output().context("cannot start sh")?;
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        ensure!(ran.status.success(), "`{command}` has failed:\n{said}");
        Ok(said)
    }

    /// `./escrow run --module`, with the clock that counts instructions.
    fn boots(&mut self, folder: &str) -> Result<()> {
        ensure!(self.booted.is_none(), "a system is booted already");
        let folder = self.home.join(folder.strip_prefix("~/").context("a folder below ~")?);
        let mut request = request(self.arch);
        request.variant.outside = outside::modules_of(&outside::packages_in(&[folder])?)?;
        let boots = prepare(self.ctx, &[request])?;
        let boot = boots.first().context("nothing was prepared")?;
        let machine = Machine::start(&boot.machine(Clock::Instructions))?;
        let addresses = Addresses::of(boot.files.clone()).and_later(machine.pushed());
        let announced = announce(&self.ctx.out, &Running::of(boot, &machine))?;
        let mut talk = Conversation::new(machine, Limits::for_budget(BUDGET), |_| {}).explained(addresses);
        talk.boot()?;
        self.booted = Some(Booted { talk, _announced: announced });
        Ok(())
    }

    fn types(&mut self, command: &str, output: &[String]) -> Result<()> {
        let booted = self.booted.as_mut().context("no system is booted")?;
        match booted.talk.command(command)? {
            Answer::Ready(said) => {
                same(command, output, &said.output)?;
                ensure!(said.code == Some(0), "`{command}` ended with status {:?}", said.code);
                Ok(())
            }
            Answer::Halted(said, 0) if command == "halt" => same(command, output, &said.output),
            Answer::Halted(_, code) => bail!("`{command}` has halted the system with code {code}"),
        }
    }
}

/// What comes is what the page shows, with its wildcards.
fn same(command: &str, expected: &[String], came: &str) -> Result<()> {
    match matching::compare(expected, came) {
        Ok(()) => Ok(()),
        Err(difference) => {
            bail!("`{command}`: the output differs (- the page, + what came):\n{difference}")
        }
    }
}
