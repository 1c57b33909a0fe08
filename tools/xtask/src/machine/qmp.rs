//! Speaks QMP, QEMU's control protocol: one JSON object a line over a Unix socket.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// A QEMU that does not answer within this time is stuck.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection that is ready for commands.
#[derive(Debug)]
pub struct Qmp {
    lines: BufReader<UnixStream>,
}

impl Qmp {
    /// Connects to QEMU's socket and leaves its greeting behind.
    ///
    /// # Errors
    /// Where QEMU is not there (yet), or does not speak QMP.
    pub fn connect(socket: &Path) -> Result<Self> {
        let stream = UnixStream::connect(socket)
            .with_context(|| format!("cannot connect to QEMU at {}", socket.display()))?;
        stream.set_read_timeout(Some(PATIENCE)).context("cannot set a time limit")?;
        let mut qmp = Qmp { lines: BufReader::new(stream) };
        let greeting = qmp.line()?;
        if greeting.get("QMP").is_none() {
            bail!("QEMU greets with something else than QMP: {greeting}");
        }
        qmp.execute("qmp_capabilities")?;
        Ok(qmp)
    }

    /// The number of instructions that the guest has executed since reset (`-icount` only).
    ///
    /// # Errors
    /// Where QEMU is gone or answers with an error.
    pub fn executed_instructions(&mut self) -> Result<u64> {
        // Named for replay, but it answers with the plain instruction counter in every mode.
        let answer = self.execute("query-replay")?;
        let icount = answer.get("icount").and_then(Value::as_u64);
        icount.with_context(|| format!("query-replay has no icount: {answer}"))
    }

    /// Tells QEMU to end; it answers before it does.
    ///
    /// # Errors
    /// Where QEMU is gone already.
    pub fn quit(&mut self) -> Result<()> {
        self.execute("quit").map(drop)
    }

    fn execute(&mut self, command: &str) -> Result<Value> {
        let mut line = json!({ "execute": command }).to_string();
        line.push('\n');
        self.lines.get_mut().write_all(line.as_bytes()).context("QEMU does not listen any more")?;
        loop {
            let mut answer = self.line()?;
            if let Some(value) = answer.get_mut("return") {
                return Ok(value.take());
            }
            if let Some(error) = answer.get("error") {
                bail!("QEMU refuses `{command}`: {error}");
            }
            // Anything else is an event.
        }
    }

    fn line(&mut self) -> Result<Value> {
        let mut line = String::new();
        let length = self.lines.read_line(&mut line).context("QEMU does not answer")?;
        if length == 0 {
            bail!("QEMU has closed its control socket");
        }
        serde_json::from_str(&line).with_context(|| format!("QEMU says something else: {line}"))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::thread;

    use super::*;

    /// A peer that greets and then answers each line with the next of `answers`.
    fn peer(answers: &'static [&'static str]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("qmp");
        let listener = UnixListener::bind(&path).unwrap();
        thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream);
            lines.get_mut().write_all(b"{\"QMP\": {}}\n").unwrap();
            for answer in [r#"{"return": {}}"#].iter().chain(answers) {
                let mut line = String::new();
                lines.read_line(&mut line).unwrap();
                lines.get_mut().write_all(answer.as_bytes()).unwrap();
                lines.get_mut().write_all(b"\n").unwrap();
            }
        });
        (folder, path)
    }

    #[test]
    fn events_before_an_answer_are_passed_over() {
        let answer = "{\"event\": \"RESET\"}\n{\"return\": {\"mode\": \"none\", \"icount\": 77}}";
        let (_folder, path) = peer(Box::leak(Box::new([answer])));
        assert_eq!(Qmp::connect(&path).unwrap().executed_instructions().unwrap(), 77);
    }

    #[test]
    fn a_refusal_and_a_closed_socket_are_errors() {
        let (_folder, path) = peer(&[r#"{"error": {"class": "CommandNotFound"}}"#]);
        let mut qmp = Qmp::connect(&path).unwrap();
        let refused = qmp.executed_instructions().unwrap_err().to_string();
        assert!(refused.contains("CommandNotFound"), "{refused}");
        assert!(qmp.quit().is_err());
        assert!(Qmp::connect(Path::new("/nowhere/qmp")).is_err());
    }
}
