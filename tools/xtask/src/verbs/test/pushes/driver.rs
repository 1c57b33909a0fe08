//! A booted system with both its lines: what the shell is told, and what is pushed.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use ipc_proto::name::Name;
use ipc_proto::push::Request as Said;
use ipc_proto::push::frame::{self, MAX_FRAME};

use crate::console::addresses::Addresses;
use crate::machine::{Clock, Machine};
use crate::prepare::Boot;
use crate::push::file;
use crate::push::link::{self, Link, Parcel, Patience};
use crate::push::outcome::Pushed;
use crate::session::conversation::{Answer, Conversation, Limits};

/// Guest instructions between two prompts. While the line is flooded, each takes some milliseconds of the guest's clock.
const BUDGET: u64 = 2_000_000_000;
const PATIENCE: Patience = Patience {
    repeat: Duration::from_millis(300),
    silence: Duration::from_secs(60),
    start: Duration::from_secs(60),
};

/// What is pushed to whom.
pub struct Test<'a> {
    boot: &'a Boot,
    talk: Conversation<'a>,
    line: PathBuf,
    pushed: PathBuf,
    /// The number of the last transfer.
    pub transfers: u32,
    /// The files as they are sent, by their modules.
    elves: BTreeMap<String, Vec<u8>>,
    scratch: tempfile::TempDir,
    /// All that the console has shown.
    console: Rc<RefCell<Vec<u8>>>,
}

impl<'a> Test<'a> {
    /// Boots it.
    ///
    /// # Errors
    /// Where it does not come to its prompt.
    pub fn begin(boot: &'a Boot) -> Result<Test<'a>> {
        let machine = Machine::start(&boot.machine(Clock::Instructions))?;
        let (line, pushed) = (machine.line(), machine.pushed());
        let addresses = Addresses::of(boot.files.clone()).and_later(pushed.clone());
        let console = Rc::new(RefCell::new(Vec::new()));
        let shown = Rc::clone(&console);
        let show = move |text: &[u8]| shown.borrow_mut().extend_from_slice(text);
        let talk = Conversation::new(machine, Limits::for_budget(BUDGET), show).explained(addresses);
        let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
        let (transfers, elves) = (0, BTreeMap::new());
        let mut test = Test { boot, talk, line, pushed, transfers, elves, scratch, console };
        test.talk.boot()?;
        Ok(test)
    }

    /// Ends it.
    pub fn end(self) {
        self.talk.quit();
    }

    pub fn connect(&self) -> Result<UnixStream> {
        let stream = UnixStream::connect(&self.line).context("the line's socket")?;
        link::give_way(&stream).context("the line's socket")?;
        Ok(stream)
    }

    /// A module's file, as it is sent; with its symbols it lies where a person's would.
    pub fn elf(&mut self, module: &str) -> Result<Vec<u8>> {
        if let Some(bytes) = self.elves.get(module) {
            return Ok(bytes.clone());
        }
        let path = self.boot.files.get(module).with_context(|| format!("no file of {module}"))?;
        let pushable = file::read(path, None, self.scratch.path())?;
        file::keep(&self.pushed, &pushable)?;
        let bytes = pushable.bytes;
        self.elves.insert(module.to_owned(), bytes.clone());
        Ok(bytes)
    }

    pub fn push(&mut self, module: &str, file: &[u8]) -> Result<Pushed> {
        self.transfers = self.transfers.saturating_add(1);
        let parcel = Parcel { name: name(module)?, file, transfer: self.transfers };
        let pushed = Link::over(self.connect()?, PATIENCE).push(parcel, |_| {});
        pushed.with_context(|| format!("pushing {module}"))
    }

    pub fn takes(&mut self, module: &str, of: &str, replaced: bool) -> Result<()> {
        let file = self.elf(of)?;
        self.takes_bytes(module, &file, replaced)
    }

    pub fn takes_bytes(&mut self, module: &str, file: &[u8], replaced: bool) -> Result<()> {
        match self.push(module, file)? {
            Pushed::Live { replaced: has, .. } if has == replaced => Ok(()),
            other => bail!("{module} was pushed, and this came of it: {other:?}"),
        }
    }

    /// It is refused with these words, and the console says so.
    pub fn is_refused(&mut self, module: &str, file: &[u8], why: &str) -> Result<()> {
        match self.push(module, file)? {
            Pushed::Refused(told) if told.starts_with(why) => {
                self.console_says(&format!("[{module}] was pushed and is refused: {told}"))
            }
            other => bail!("{module} was to be refused with `{why}`, and this came of it: {other:?}"),
        }
    }

    /// It is not live with it; the earlier one is again, as the generation after that, and the console says so.
    pub fn is_undone(&mut self, module: &str, file: &[u8], why: &str) -> Result<()> {
        match self.push(module, file)? {
            Pushed::Undone { again: Some(again), why: told } if told.starts_with(why) => {
                let ends = format!("live again: generation {}", again.generation.0);
                ensure!(told.ends_with(&ends), "`{told}` does not end with `{ends}`");
                self.console_says(&format!("[{module}] was pushed and is not live of that: {told}"))
            }
            other => bail!("{module} was to be undone with `{why}`, and this came of it: {other:?}"),
        }
    }

    /// A line that the console has shown since the last one that was asked for, once.
    fn console_says(&mut self, line: &str) -> Result<()> {
        // What has come is read while the shell is waited for.
        self.said("help ps")?;
        let shown = std::mem::take(&mut *self.console.borrow_mut());
        let shown = String::from_utf8_lossy(&shown).into_owned();
        let count = shown.lines().filter(|shown| shown.trim_end() == line).count();
        ensure!(count == 1, "`{line}` is {count} lines of the console, which shows:\n{shown}");
        Ok(())
    }

    /// What the shell says to a line.
    pub fn said(&mut self, line: &str) -> Result<String> {
        match self.talk.command(line)? {
            Answer::Ready(said) => Ok(said.output),
            Answer::Halted(..) => bail!("`{line}` has halted the system"),
        }
    }

    /// What is said has all of this in it.
    pub fn expect(&mut self, line: &str, parts: &[&str]) -> Result<()> {
        let said = self.said(line)?;
        match parts.iter().find(|part| !said.contains(**part)) {
            None => Ok(()),
            Some(part) => bail!("`{line}` was to say `{part}`, and says:\n{said}"),
        }
    }
}

/// A name, in a test.
///
/// # Errors
/// Where it is none.
pub fn name(text: &str) -> Result<Name> {
    Name::new(text).map_err(anyhow::Error::msg)
}

/// A request as it goes over the line, with a zero in front.
///
/// # Errors
/// Where it does not fit a frame.
pub fn framed(request: &Said) -> Result<Vec<u8>> {
    let mut buffer = [0; MAX_FRAME];
    let framed = frame::encode(request, &mut buffer).ok().context("a request does not fit a frame")?;
    Ok([&[0], framed].concat())
}
