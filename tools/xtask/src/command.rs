//! Starting other programs: a clean environment for cargo, and errors that say what was run.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, IsTerminal as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

use anyhow::{Context as _, Result, bail};

/// Variables that `cargo run` sets for us and that must not reach the programs that we start:
/// they would make cargo rebuild, and name this crate where another is meant.
const SET_BY_CARGO_RUN: [&str; 6] = [
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_PRIMARY_PACKAGE",
    "CARGO_CRATE_NAME",
    "CARGO_BIN_NAME",
    "OUT_DIR",
];

/// A command without the variables that `cargo run` added to our own environment.
pub fn clean(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        if SET_BY_CARGO_RUN.contains(&text) || text.starts_with("CARGO_PKG_") {
            command.env_remove(&name);
        }
    }
    command
}

/// A command for a program that must not outlive us, even where we are killed.
pub fn tied(program: impl AsRef<OsStr>) -> Command {
    match find_program("setpriv") {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "KILL", "--"]).arg(program);
            command
        }
        None => Command::new(program),
    }
}

/// Runs a command whose output the person sees.
///
/// # Errors
/// Where it cannot be started or says that it failed; `doing` names the work, for the message.
pub fn run(command: &mut Command, doing: &str) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("{doing}: cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("{doing} failed ({status}): {}", shown(command));
    }
    Ok(())
}

/// Runs a command and returns what it wrote on its standard output.
///
/// # Errors
/// As [`run`]; the message carries what the command wrote on its standard error.
pub fn output(command: &mut Command, doing: &str) -> Result<String> {
    let Output { status, stdout, stderr } = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{doing}: cannot start {}", shown(command)))?;
    if !status.success() {
        let why = String::from_utf8_lossy(&stderr);
        bail!("{doing} failed ({status}): {}\n{}", shown(command), why.trim_end());
    }
    String::from_utf8(stdout).with_context(|| format!("{doing}: the output is not text"))
}

/// Runs cargo and returns its standard output. Its progress goes on to the person, except the line
/// that only says that it is done: a build with nothing to do says nothing.
///
/// # Errors
/// As [`run`].
pub fn output_quiet_when_fresh(cargo: &mut Command, doing: &str) -> Result<String> {
    if std::io::stderr().is_terminal() {
        cargo.env("CARGO_TERM_COLOR", "always");
    }
    let mut child = cargo
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{doing}: cannot start {}", shown(cargo)))?;
    let progress = child.stderr.take().context("cargo has no standard error")?;
    let teller = thread::spawn(move || {
        for line in BufReader::new(progress).lines().map_while(Result::ok) {
            if !DONE.iter().any(|word| line.contains(word)) {
                eprintln!("{line}");
            }
        }
    });
    let stdout = child.stdout.take().context("cargo has no standard output")?;
    let told = std::io::read_to_string(stdout).context("cannot read what cargo says")?;
    let status = child.wait().context("cannot wait for cargo")?;
    let _told_all = teller.join();
    if !status.success() {
        bail!("{doing} failed ({status}); the messages stand above");
    }
    Ok(told)
}

/// What cargo says when it is done.
const DONE: [&str; 3] = ["Finished", "Executable", "Generated"];

/// The command as a person would type it, for messages.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(quoted).collect::<Vec<_>>().join(" ")
}

/// One word of a command line, in quotes where a shell would otherwise split or expand it.
pub fn quoted(word: &OsStr) -> String {
    let text = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// The first folder of `PATH` that has this program, as the program's path.
pub fn find_program(name: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_executable(file))
}

fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_spaces_and_quotes_are_quoted() {
        let mut command = Command::new("qemu");
        command.args(["-append", "a b", "it's", ""]);
        assert_eq!(shown(&command), r"qemu -append 'a b' 'it'\''s' ''");
    }

    #[test]
    fn a_failing_command_is_named_with_its_own_words() {
        let error = output(Command::new("sh").args(["-c", "echo broken >&2; exit 3"]), "trying")
            .unwrap_err()
            .to_string();
        assert!(error.contains("trying failed (exit status: 3)"), "{error}");
        assert!(error.contains("broken"), "{error}");
    }

    #[test]
    fn programs_are_found_on_the_path_only_when_executable() {
        assert!(find_program("sh").is_some());
        assert!(find_program("no-such-program-anywhere").is_none());
    }
}
