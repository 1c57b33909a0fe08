//! Speaks QMP, QEMU's control protocol: one JSON object a line over a Unix socket.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::arch::Arch;

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

    /// The seconds of the guest's clock, counted from some moment; idle time is in them, which executes nothing.
    ///
    /// # Errors
    /// Where QEMU is gone or answers with an error.
    pub fn guest_seconds(&mut self, arch: Arch) -> Result<u64> {
        match arch {
            Arch::Aarch64 => {
                // The data register of the machine's clock, a PL031, read as a debugger would.
                let look = json!({ "command-line": "xp /1wx 0x9010000" });
                let answer = self.execute_with("human-monitor-command", &look)?;
                let word = answer.as_str().and_then(|text| text.trim().rsplit_once("0x")).map(|(_, hex)| hex);
                let seconds = word.and_then(|hex| u64::from_str_radix(hex, 16).ok());
                seconds.with_context(|| format!("QEMU shows no clock: {answer}"))
            }
            Arch::X86_64 => {
                let time = json!({ "path": "/machine", "property": "rtc-time" });
                let answer = self.execute_with("qom-get", &time)?;
                // No conversation lasts from one month to the next.
                let units = [("tm_mday", 86_400), ("tm_hour", 3_600), ("tm_min", 60), ("tm_sec", 1)];
                let sum = units.iter().try_fold(0_u64, |sum, (name, seconds)| {
                    Some(sum.saturating_add(answer.get(name)?.as_u64()?.saturating_mul(*seconds)))
                });
                sum.with_context(|| format!("QEMU shows no clock: {answer}"))
            }
        }
    }

    /// Tells QEMU to end; it answers before it does.
    ///
    /// # Errors
    /// Where QEMU is gone already.
    pub fn quit(&mut self) -> Result<()> {
        self.execute("quit").map(drop)
    }

    fn execute(&mut self, command: &str) -> Result<Value> {
        self.execute_with(command, &json!({}))
    }

    fn execute_with(&mut self, command: &str, arguments: &Value) -> Result<Value> {
        let mut line = json!({ "execute": command, "arguments": arguments }).to_string();
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
    fn each_machine_shows_its_clock() {
        let (_folder, path) = peer(&[r#"{"return": "0000000009010000: 0x00000012\r\n"}"#]);
        assert_eq!(Qmp::connect(&path).unwrap().guest_seconds(Arch::Aarch64).unwrap(), 18);
        let (_folder, path) =
            peer(&[r#"{"return": {"tm_mday": 1, "tm_hour": 1, "tm_min": 2, "tm_sec": 3, "tm_mon": 0}}"#]);
        assert_eq!(Qmp::connect(&path).unwrap().guest_seconds(Arch::X86_64).unwrap(), 86_400 + 3_723);
        let (_folder, path) = peer(&[r#"{"return": ""}"#]);
        assert!(Qmp::connect(&path).unwrap().guest_seconds(Arch::Aarch64).is_err());
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
