//! One QEMU: started, spoken to over its serial line and QMP, and ended.

mod args;
pub mod qmp;
mod stop;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::arch::Arch;
use crate::command::{shown, tied};
use crate::console::addresses::Files;
pub use args::common_args;
use args::{line_device, quoted};
use qmp::Qmp;

/// How the guest's clock runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// With ours: for a person at the terminal.
    Wall,
    /// One nanosecond for each instruction, the same in every run: for scripts, tests, measurements.
    Instructions,
}

/// What to start.
#[derive(Clone, Debug)]
pub struct MachineSpec {
    /// The QEMU program.
    pub program: OsString,
    /// The machine that it is.
    pub arch: Arch,
    /// Machine, processor, memory and what to boot.
    pub args: Vec<OsString>,
    /// Where QEMU runs: the folder that its arguments' file names are in.
    pub folder: PathBuf,
    /// See [`Clock`].
    pub clock: Clock,
    /// Whether gdb can attach to it.
    pub gdb: bool,
    /// The files of the modules that it boots, for the addresses of reports.
    pub files: Files,
}

/// Something happened that the one who drives the machine must look at.
#[derive(Debug)]
pub enum Event {
    /// Bytes from the guest's serial line.
    Serial(Vec<u8>),
    /// QEMU has ended, or closed the serial line.
    Ended,
    /// Bytes that the person typed.
    Typed(Vec<u8>),
    /// A signal asks us to stop.
    Stop,
    /// Nothing within the time that was asked for.
    Quiet,
}

/// What a conversation needs of a machine; a test has one without QEMU.
pub trait Guest {
    /// Sends bytes to the serial line.
    ///
    /// # Errors
    /// Where the machine is gone.
    fn send(&mut self, bytes: &[u8]) -> Result<()>;
    /// The next event, or [`Event::Quiet`] after `patience`.
    fn next(&mut self, patience: Duration) -> Event;
    /// The number of instructions executed since reset.
    ///
    /// # Errors
    /// Where the machine is gone.
    fn executed_instructions(&mut self) -> Result<u64>;
    /// The seconds of the guest's clock, counted from some moment; with [`Clock::Instructions`] a second is 10^9
    /// instructions, executed or idle.
    ///
    /// # Errors
    /// Where the machine is gone.
    fn guest_seconds(&mut self) -> Result<u64>;
    /// What the emulator itself complains about.
    fn complaints(&self) -> String;
    /// Ends the machine and waits until it is gone.
    ///
    /// # Errors
    /// Where it cannot be waited for.
    fn quit(&mut self) -> Result<()>;
}

/// A running QEMU. Dropping it ends QEMU.
#[derive(Debug)]
pub struct Machine {
    child: Child,
    serial: ChildStdin,
    qmp: Qmp,
    events: Receiver<Event>,
    sender: Sender<Event>,
    folder: tempfile::TempDir,
    arch: Arch,
}

/// The socket of the host's line, in the machine's folder.
const LINE: &str = "line";
/// The socket that gdb attaches to.
const GDB: &str = "gdb";

impl Machine {
    /// Starts QEMU and connects to it.
    ///
    /// # Errors
    /// Where QEMU does not start; the message has what QEMU said.
    pub fn start(spec: &MachineSpec) -> Result<Self> {
        stop::listen()?;
        // In the short-named folder for such things, since a socket's path has at most 107 bytes.
        let folder = tempfile::Builder::new().prefix("escrow-").tempdir();
        let folder = folder.context("cannot make a temporary folder")?;
        let socket = folder.path().join("qmp");
        let errors = File::create(folder.path().join("qemu.log")).context("cannot make a log")?;
        let mut command = tied(&spec.program);
        command.current_dir(&spec.folder).args(&spec.args).args(common_args(spec.clock));
        command.args(["-chardev", "stdio,id=serial,signal=off", "-serial", "chardev:serial"]);
        command.arg("-qmp").arg(format!("unix:{},server=on,wait=off", quoted(&socket)));
        let line = quoted(&folder.path().join(LINE));
        command.arg("-chardev").arg(format!("socket,id=line,path={line},server=on,wait=off"));
        command.args(line_device(spec.arch));
        if spec.gdb {
            let path = quoted(&folder.path().join(GDB));
            command.arg("-chardev").arg(format!("socket,id=gdb,path={path},server=on,wait=off"));
            command.args(["-gdb", "chardev:gdb"]);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors);
        let mut child = command.spawn().with_context(|| format!("cannot start {}", shown(&command)))?;
        let serial = child.stdin.take().context("QEMU has no standard input")?;
        let output = child.stdout.take().context("QEMU has no standard output")?;
        let (sender, events) = channel();
        forward(output, sender.clone());
        let qmp = match connect(&mut child, &socket) {
            Ok(qmp) => qmp,
            Err(error) => {
                let _killed = child.kill();
                let _reaped = child.wait();
                let said = fs::read_to_string(folder.path().join("qemu.log")).unwrap_or_default();
                bail!("{error:#}: {}\n{}", shown(&command), said.trim_end());
            }
        };
        Ok(Machine { child, serial, qmp, events, sender, folder, arch: spec.arch })
    }

    /// The socket of the host's line.
    pub fn line(&self) -> PathBuf {
        self.folder.path().join(LINE)
    }

    /// The socket that gdb attaches to.
    pub fn gdb(&self) -> PathBuf {
        self.folder.path().join(GDB)
    }

    /// A folder for files that were pushed. It goes with the machine.
    pub fn pushed(&self) -> PathBuf {
        self.folder.path().join("pushed")
    }

    /// Where typed bytes can be put, so that they arrive as events.
    pub fn sender(&self) -> Sender<Event> {
        self.sender.clone()
    }
}

impl Guest for Machine {
    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.serial.write_all(bytes).and_then(|()| self.serial.flush()).context("QEMU has ended")
    }

    fn next(&mut self, patience: Duration) -> Event {
        if stop::asked() {
            return Event::Stop;
        }
        match self.events.recv_timeout(patience) {
            Ok(event) => event,
            Err(RecvTimeoutError::Timeout) if stop::asked() => Event::Stop,
            Err(RecvTimeoutError::Timeout) => Event::Quiet,
            Err(RecvTimeoutError::Disconnected) => Event::Ended,
        }
    }

    fn executed_instructions(&mut self) -> Result<u64> {
        self.qmp.executed_instructions()
    }

    fn guest_seconds(&mut self) -> Result<u64> {
        self.qmp.guest_seconds(self.arch)
    }

    fn complaints(&self) -> String {
        fs::read_to_string(self.folder.path().join("qemu.log")).unwrap_or_default()
    }

    fn quit(&mut self) -> Result<()> {
        // A QEMU that has ended already does not answer; that is what we want of it.
        let _told = self.qmp.quit();
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(5) {
            if self.child.try_wait().context("cannot wait for QEMU")?.is_some() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(5));
        }
        self.child.kill().context("cannot kill QEMU")?;
        self.child.wait().map(drop).context("cannot wait for QEMU")
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn forward(mut from: impl Read + Send + 'static, to: Sender<Event>) {
    thread::spawn(move || {
        let mut buffer = [0_u8; 4096];
        loop {
            let event = match from.read(&mut buffer) {
                Ok(0) | Err(_) => Event::Ended,
                Ok(length) => Event::Serial(buffer.get(..length).unwrap_or_default().to_vec()),
            };
            let last = matches!(event, Event::Ended);
            if to.send(event).is_err() || last {
                return;
            }
        }
    });
}

fn connect(child: &mut Child, socket: &Path) -> Result<Qmp> {
    let start = Instant::now();
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            bail!("QEMU ended at once ({status})");
        }
        if socket.exists() {
            match Qmp::connect(socket) {
                Ok(qmp) => return Ok(qmp),
                Err(error) if start.elapsed() > Duration::from_secs(30) => return Err(error),
                Err(_) => {}
            }
        }
        if start.elapsed() > Duration::from_secs(30) {
            bail!("QEMU did not open its control socket");
        }
        thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(program: &str, args: &[&str]) -> String {
        let args = args.iter().map(OsString::from).collect();
        let (program, folder) = (program.into(), PathBuf::from("/"));
        let spec = MachineSpec {
            gdb: false,
            program,
            arch: Arch::Aarch64,
            args,
            folder,
            clock: Clock::Wall,
            files: Files::new(),
        };
        format!("{:#}", Machine::start(&spec).unwrap_err())
    }

    #[test]
    fn a_qemu_that_ends_at_once_is_told_in_its_own_words() {
        let told = refused("sh", &["-c", "echo no such processor >&2; exit 3"]);
        assert!(told.contains("QEMU ended at once (exit status: 3)"), "{told}");
        assert!(told.contains("no such processor"), "{told}");
    }

    #[test]
    fn a_qemu_that_is_not_there_is_named() {
        let told = refused("/nowhere/qemu-system-x", &[]);
        assert!(told.contains("/nowhere/qemu-system-x"), "{told}");
    }
}
