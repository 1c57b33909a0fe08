//! `gdb/ARCHITECTURE`: does what `docs/reports.md` says of gdb, with the verbs `run` and `gdb` as a person gives them, and
//! compares what gdb shows with what the page shows; and what gdb's verb says to wrong use.

use std::fs;
use std::io::{Read as _, Write as _, pipe};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::arch::Arch;
use crate::context::Context;
use crate::prepare::Request;
use crate::scenario::matching;
use crate::system;
use crate::verbs::gdb;

/// The page, from the root of the repository.
const PAGE: &str = "docs/reports.md";
/// What stands above a block that is a part of gdb's session.
const MARK: &str = "<!-- gdb -->";
/// How the page shows a command to gdb.
const PROMPT: &str = "(gdb) ";
/// The module that the page looks at.
const MODULE: &str = "echo";
/// Nothing that is waited for takes longer.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is built beforehand: the system that `run --apart` boots.
pub fn request(arch: Arch) -> Request {
    let mut request = Request::plain(arch, false, system::DEFAULT);
    request.variant.moved = Some(MODULE.to_owned());
    request
}

/// The session of the page; then, while the system still runs, what is refused.
///
/// # Errors
/// The first thing that is not as it must be.
pub fn run(ctx: &Context, arch: Arch) -> Result<()> {
    gdb::ensure_gdb()?;
    let path = ctx.root.join(PAGE);
    let page = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let expected = session(&page);
    let commands: Vec<&str> = expected.iter().filter_map(|line| line.strip_prefix(PROMPT)).collect();
    ensure!(commands.last() == Some(&"continue"), "{PAGE}: the session is to end with `continue`");

    let mut shell = Program::start(escrow().args(["run", "--arch", arch.name(), "--apart", MODULE]))?;
    shell.waits_for("escrow> ")?;
    let pid = shell.child.id().to_string();
    let attach = || {
        let mut command = escrow();
        // Wherever it is started: gdb finds the sources.
        command.current_dir("/").args(["gdb", "--module", MODULE, "--pid", &pid, "--", "-batch"]);
        command
    };
    let mut session = attach();
    for command in &commands {
        // A batch does not show what it was told; the page does.
        session.args(["-ex", &format!("echo {PROMPT}{command}\\n"), "-ex", command]);
    }
    let mut debugger = Program::start(&mut session)?;
    // Now the machine stands still, and the breakpoint is set.
    debugger.waits_for(&format!("{PROMPT}continue"))?;
    shell.types("call echo hi")?;
    // The first call has been stopped, shown and let go, and comes to its end.
    shell.waits_for("generation 1: ih")?;
    refused(&mut attach(), "another gdb has that system")?;
    // The second one stops there, too; then gdb has nothing more to do, and leaves.
    shell.types("call echo ho")?;
    let (told, status) = debugger.ends()?;
    ensure!(status.success(), "gdb ended with {status}:\n{told}");
    shell.waits_for("generation 1: oh")?;
    refused(escrow().args(["gdb", "--pid", &pid, "--module", "ecko"]), "no module `ecko`")?;
    let empty = tempfile::tempdir().context("cannot make a temporary folder")?;
    refused(attach().env("PATH", empty.path()), "Debian 12 calls it: gdb-multiarch")?;
    shell.types("halt")?;
    let (said, status) = shell.ends()?;
    ensure!(status.success(), "the system ended with {status}:\n{said}");
    let shown = told.split_once(PROMPT).map_or(told.clone(), |(_, rest)| format!("{PROMPT}{rest}"));
    if let Err(difference) = matching::compare(&expected, &shown) {
        bail!("gdb's session differs (- {PAGE}, + what came):\n{difference}");
    }
    Ok(())
}

/// This very program, also where the file was built anew meanwhile.
fn escrow() -> Command {
    Command::new(PathBuf::from(format!("/proc/{}/exe", std::process::id())))
}

/// It fails at once, and says this.
fn refused(command: &mut Command, why: &str) -> Result<()> {
    let (told, status) = Program::start(command)?.ends()?;
    ensure!(
        status.code() == Some(1) && told.contains(why),
        "`{why}` was to be said, with code 1: {status}\n{told}"
    );
    Ok(())
}

/// The lines of the page's session from the first command on.
fn session(page: &str) -> Vec<String> {
    let mut lines = page.lines();
    let mut session = Vec::new();
    while lines.by_ref().any(|line| line == MARK) {
        // The fence stands between.
        session.extend(lines.by_ref().skip(1).take_while(|line| *line != "```").map(str::to_owned));
    }
    session.into_iter().skip_while(|line| !line.starts_with(PROMPT)).collect()
}

/// A program that runs beside this one, with all that it says. Dropping it ends it.
struct Program {
    child: Child,
    pieces: Receiver<Vec<u8>>,
    said: Vec<u8>,
}

impl Program {
    fn start(command: &mut Command) -> Result<Program> {
        let (mut reader, writer) = pipe().context("cannot make a pipe")?;
        let both = writer.try_clone().context("cannot make a pipe")?;
        command.stdin(Stdio::piped()).stdout(writer).stderr(both);
        let child = command.spawn().context("cannot start escrow")?;
        // The writing ends that this process has would keep the pipe open.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let (sender, pieces) = channel();
        thread::spawn(move || {
            let mut buffer = [0_u8; 4096];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer.get(..length).unwrap_or_default().to_vec()).is_err() {
                    return;
                }
            }
        });
        Ok(Program { child, pieces, said: Vec::new() })
    }

    fn told(&self) -> String {
        String::from_utf8_lossy(&self.said).replace('\r', "")
    }

    fn waits_for(&mut self, what: &str) -> Result<()> {
        let began = Instant::now();
        while !self.told().contains(what) {
            let left = PATIENCE.saturating_sub(began.elapsed());
            match self.pieces.recv_timeout(left) {
                Ok(piece) => self.said.extend(piece),
                Err(_) => bail!("`{what}` did not come; what came:\n{}", self.told()),
            }
        }
        Ok(())
    }

    fn types(&mut self, line: &str) -> Result<()> {
        let keys = self.child.stdin.as_mut().context("it has no standard input")?;
        keys.write_all(format!("{line}\r").as_bytes()).with_context(|| format!("cannot type `{line}`"))
    }

    /// All that it has said, and how it ended, which it does within the time.
    fn ends(mut self) -> Result<(String, ExitStatus)> {
        let began = Instant::now();
        loop {
            match self.pieces.recv_timeout(PATIENCE.saturating_sub(began.elapsed())) {
                Ok(piece) => self.said.extend(piece),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break,
                Err(_) => bail!("it does not end; what came:\n{}", self.told()),
            }
        }
        let status = self.child.wait().context("cannot wait for escrow")?;
        Ok((self.told(), status))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_session_begins_with_its_first_command() {
        let page = "text\n```\nother\n```\n<!-- gdb -->\n```console\n$ ./escrow gdb\n...\n(gdb) break a\n[..]\n```\nb\n\
                    <!-- gdb -->\n```console\nBreakpoint 1\n(gdb) continue\n```\nend\n";
        assert_eq!(session(page), ["(gdb) break a", "[..]", "Breakpoint 1", "(gdb) continue"]);
        assert!(session("no session").is_empty());
    }
}
