//! A booted system with both its lines: what the shell is told, and what is pushed.

use std::collections::BTreeMap;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
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
        let talk = Conversation::new(machine, Limits::for_budget(BUDGET), |_| {}).explained(addresses);
        let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
        let mut test = Test { boot, talk, line, pushed, transfers: 0, elves: BTreeMap::new(), scratch };
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
        let bytes = file::read(path, None, self.scratch.path())?.bytes;
        file::keep(&self.pushed, path, &bytes)?;
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

    pub fn is_refused(&mut self, module: &str, file: &[u8], why: &str) -> Result<()> {
        match self.push(module, file)? {
            Pushed::Refused(told) if told.starts_with(why) => Ok(()),
            other => bail!("{module} was to be refused with `{why}`, and this came of it: {other:?}"),
        }
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
