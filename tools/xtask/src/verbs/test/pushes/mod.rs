//! `push/ARCHITECTURE`: files are pushed into a booted system, while others cut the line off and break every rule of it.

mod driver;

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::{Context as _, Result, bail, ensure};
use ipc_proto::push::{Bytes, MAX_PIECE, Request as Said, file_name, sum};

use crate::arch::Arch;
use crate::prepare::{Boot, Request};
use crate::push::outcome::Pushed;
use driver::{Test, framed, name};

/// The system, `tests/systems/push.toml`.
const SYSTEM: &str = "push";
/// As many as the supervisor keeps (`root-task/src/shelf.rs`).
const PLACES: usize = 8;
/// So many pushes beside the pesterer: in each there are some hundred interrupts of the line.
const PESTERED: usize = 2;
/// The image, with the modules beside the system's that are pushed.
pub fn request(arch: Arch) -> Request {
    let extra = ["spinner", "pesterer", "idle"].map(str::to_owned).to_vec();
    Request { extra, ..Request::plain(arch, false, SYSTEM) }
}

/// All of it; the first thing that is not as it must be is the error.
///
/// # Errors
/// What that is.
pub fn run(boot: &Boot) -> Result<()> {
    let mut test = Test::begin(boot)?;
    let outcome = test.all();
    test.end();
    outcome
}

impl Test<'_> {
    fn all(&mut self) -> Result<()> {
        self.loads_and_replaces()?;
        self.refuses()?;
        self.survives_what_is_cut_off()?;
        self.survives_noise()?;
        self.survives_who_does_not_read()?;
        self.passes_by_a_spinner()?;
        self.passes_by_a_pesterer()?;
        self.fills_up()?;
        self.is_gone_with_its_module()?;
        self.expect("mem --prove", &["whole: kernel and books agree"])
    }

    fn loads_and_replaces(&mut self) -> Result<()> {
        self.takes("echo-client", "echo-client", false)?;
        self.expect("call echo-client hello", &["generation 1: olleh"])?;
        // The client keeps what it holds.
        self.takes("echo", "echo", true)?;
        self.expect("call echo-client hello", &["generation 2: olleh"])?;
        self.takes("echo", "echo", true)?;
        self.expect("call echo-client hello", &["generation 3: olleh"])?;
        self.expect("crash echo", &[])?;
        self.expect("report echo", &["backtrace of echo.3 (file pushed-", "module_rt::serve::serve"])
    }

    fn refuses(&mut self) -> Result<()> {
        let before = self.said("ps")?;
        let names = self.said("names")?;
        let mut cut = self.elf("echo")?;
        cut.truncate(1000);
        let mut foreign = self.elf("echo")?;
        // The machine that the file is for.
        for byte in foreign.iter_mut().skip(18).take(2) {
            *byte = 3;
        }
        let wrong: [(&str, Vec<u8>, &str); 5] = [
            ("echo", b"#!/bin/sh\n".to_vec(), "echo stays as it is: pushed-"),
            ("echo", cut, "echo stays as it is: pushed-"),
            ("echo", foreign, "echo stays as it is: pushed-"),
            ("new", b"text".to_vec(), "new: the file is not an ELF file"),
            ("shell", self.elf("shell")?, "shell is pinned"),
        ];
        for (name, file, why) in wrong {
            self.is_refused(name, &file, why)?;
        }
        // A program in a server's place, which the tool sends as it sends anything.
        let program = self.elf("spinner")?;
        let named = file_name(sum(&program)).map_err(anyhow::Error::msg)?;
        self.is_refused("echo", &program, &format!("echo stays as it is: {named}: it is a program"))?;
        ensure!(self.said("ps")? == before, "a refused file has changed what `ps` shows");
        ensure!(self.said("names")? == names, "a refused file has changed what `names` shows");
        // What dies in its init leaves nothing behind; where it was to replace another, that is there again.
        let other = self.elf("echo-client")?;
        let echo = self.elf("echo")?;
        self.is_refused("second", &echo, "second: init returned error 1: another module holds the name")?;
        self.is_undone("echo", &other, "echo was not replaced: pushed-")?;
        self.expect("call echo hi", &[": ih"])
    }

    /// The line is cut off in the middle of a file, after each kind of request.
    fn survives_what_is_cut_off(&mut self) -> Result<()> {
        let file = self.elf("echo")?;
        for requests in 0..4 {
            let mut bytes = Vec::new();
            for (_, request) in (0..requests).zip(self.beginning(&file)?) {
                bytes.extend(framed(&request)?);
            }
            // And in the middle of the next one.
            bytes
                .extend(framed(&self.beginning(&file)?.nth(requests).context("a request")?)?.iter().take(30));
            self.connect()?.write_all(&bytes).context("the line")?;
            self.takes("echo", "echo", true)?;
        }
        Ok(())
    }

    /// Random bytes, frames that are none, requests in no order and in thousands; meanwhile the system serves.
    fn survives_noise(&mut self) -> Result<()> {
        let file = self.elf("echo")?;
        let mut requests: Vec<u8> = Vec::new();
        for transfer in 1..200 {
            let begin = Said::Begin { transfer, name: name("echo")?, bytes: 520_192, sum: transfer };
            let piece = Said::Piece { transfer, at: 7, bytes: Bytes::from_slice(b"x").unwrap_or_default() };
            for request in [begin, piece, Said::Deliver { transfer }] {
                requests.extend(framed(&request)?);
            }
        }
        let mut random = 1_u64;
        let noise = std::iter::repeat_with(|| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            random.to_be_bytes()[0]
        });
        let noise: Vec<u8> = noise.take(20_000).collect();
        for bytes in [noise, vec![0; 20_000], vec![7; 20_000], requests] {
            let (stop, mut stream) = (Arc::new(AtomicBool::new(false)), self.connect()?);
            let stopped = Arc::clone(&stop);
            let flood = thread::spawn(move || {
                while !stopped.load(Ordering::Relaxed) {
                    // It takes what it takes.
                    let _taken = stream.write(&bytes);
                }
            });
            let served = (0..5).try_for_each(|_| self.expect("call echo hi", &[": ih"]));
            stop.store(true, Ordering::Relaxed);
            let _ended = flood.join();
            served?;
            self.takes_bytes("echo", &file, true)?;
        }
        Ok(())
    }

    /// Somebody asks and never reads what is answered: it fills whatever is between the two.
    fn survives_who_does_not_read(&mut self) -> Result<()> {
        let mut stream = self.connect()?;
        let hello = framed(&Said::Hello { number: 1 })?.repeat(1000);
        for _ in 0..30 {
            let _taken = stream.write(&hello);
            self.expect("call echo hi", &[": ih"])?;
        }
        drop(stream);
        self.takes("echo", "echo", true)
    }

    /// A module that never lets go of the processor is one of many: the line is not at its priority.
    fn passes_by_a_spinner(&mut self) -> Result<()> {
        self.expect("load spinner", &["spinner is live"])?;
        self.takes("echo", "echo", true)?;
        self.expect("unload --now spinner", &["came back whole"])
    }

    /// Nor does one hold it up whose calls are taken back all the time: the supervisor empties endpoints meanwhile, and what
    /// it hears of the line there is not lost.
    fn passes_by_a_pesterer(&mut self) -> Result<()> {
        self.expect("load pesterer", &["pesterer is live"])?;
        for _ in 0..PESTERED {
            self.takes("echo", "echo", true)?;
        }
        self.expect("unload --now pesterer", &["came back whole"])
    }

    /// As many files as there are places for: the next one is refused, and those that have a place keep it.
    fn fills_up(&mut self) -> Result<()> {
        let idle = self.elf("idle")?;
        let mut loaded = Vec::new();
        let full = loop {
            let name = format!("idle-{}", loaded.len());
            match self.push(&name, &idle)? {
                Pushed::Live { .. } => loaded.push(name),
                Pushed::Refused(why) => break why,
                other => bail!("{name} was pushed, and this came of it: {other:?}"),
            }
            ensure!(loaded.len() <= PLACES, "{} files have a place", loaded.len());
        };
        ensure!(full.starts_with("8 pushed files are in use"), "refused: {full}");
        // One is echo's own, and one its client's.
        ensure!(loaded.len() == PLACES.saturating_sub(2), "{} have a place", loaded.len());
        self.is_refused("echo", &idle, "8 pushed files are in use")?;
        let first = loaded.first().context("a module")?;
        self.expect(&format!("unload {first}"), &["came back whole"])?;
        self.takes("echo", "echo", true)?;
        for name in loaded.iter().skip(1) {
            self.expect(&format!("unload {name}"), &["came back whole"])?;
        }
        self.expect("call echo-client hello", &["olleh"])
    }

    /// A pushed file is kept for restarts, and an unload ends that: then there is what the archive has, or nothing.
    fn is_gone_with_its_module(&mut self) -> Result<()> {
        for (file, again) in [("(file pushed-", None), ("(file echo)", Some(["unload echo", "load echo"]))] {
            for line in again.into_iter().flatten().chain(["crash echo"]) {
                self.expect(line, &[])?;
            }
            self.expect("report echo", &[file])?;
        }
        self.expect("load idle-0", &["idle-0: it is not in the boot archive"])
    }

    /// The first requests of a push.
    fn beginning<'f>(&mut self, file: &'f [u8]) -> Result<impl Iterator<Item = Said> + 'f> {
        self.transfers = self.transfers.saturating_add(1);
        let transfer = self.transfers;
        let bytes = u32::try_from(file.len())?;
        let begin = Said::Begin { transfer, name: name("echo")?, bytes, sum: sum(file) };
        let pieces = file.chunks(MAX_PIECE).zip((0_u32..).step_by(MAX_PIECE)).map(move |(piece, at)| {
            let bytes = Bytes::from_slice(piece).unwrap_or_default();
            Said::Piece { transfer, at, bytes }
        });
        Ok([Said::Hello { number: transfer }, begin].into_iter().chain(pieces))
    }
}
