//! Scenarios: tests that boot a system in QEMU and hold a conversation with it, each a folder under
//! `tests/scenarios/`.

pub mod leavings;
mod matching;
pub mod play;
pub mod transcript;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::arch::Arch;
use crate::prepare::Request;
use crate::system;
use transcript::Transcript;

/// One scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The name of its folder.
    pub name: String,
    /// Its `scenario.toml`.
    pub settings: Settings,
    /// What is typed and what must come.
    pub transcript: Transcript,
}

/// The file `scenario.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// What the scenario proves, in a sentence.
    pub summary: String,
    /// The system that is booted.
    #[serde(default = "default_system")]
    pub system: String,
    /// Which kernel it boots on.
    #[serde(default)]
    pub kernel: Kernel,
    /// On which architectures it runs.
    #[serde(default = "both")]
    pub arch: Vec<Arch>,
    /// Guest instructions that may pass between two prompts.
    #[serde(default = "budget")]
    pub budget: u64,
    /// True where it takes too long for every run: it then runs with `--full` only.
    #[serde(default)]
    pub full: bool,
    /// Module packages that the archive has beside the system's own.
    #[serde(default)]
    pub modules: Vec<String>,
    /// Lines of the kernel that are expected to appear at some point: each line that contains one
    /// of these is left out of the comparison.
    #[serde(default)]
    pub announce: Vec<String>,
    /// Where the transcript is, if not in the file `transcript`: `FILE#NAME` means the code block
    /// after the comment `scenario: NAME` in this file of the repository.
    transcript: Option<String>,
}

/// The two kernels that we build.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Kernel {
    /// As it ships: it prints nothing.
    #[default]
    Release,
    /// It prints a line for each failed invocation and each fault.
    Debug,
}

fn default_system() -> String {
    system::DEFAULT.to_owned()
}

fn both() -> Vec<Arch> {
    Arch::ALL.to_vec()
}

fn budget() -> u64 {
    600_000_000
}

impl Scenario {
    /// What must be built to play it on `arch`.
    pub fn request(&self, arch: Arch) -> Request {
        let debug = self.settings.kernel == Kernel::Debug;
        let extra = self.settings.modules.clone();
        Request { extra, ..Request::plain(arch, debug, &self.settings.system) }
    }
}

/// All scenarios of the repository, by name.
///
/// # Errors
/// Where one of them is wrong; the message names its folder.
pub fn load_all(root: &Path) -> Result<Vec<Scenario>> {
    let folder = root.join("tests/scenarios");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut folders: Vec<PathBuf> = Vec::new();
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
        // git keeps no empty folders: one that is left over is no scenario.
        if path.read_dir().is_ok_and(|mut inside| inside.next().is_some()) {
            folders.push(path);
        }
    }
    folders.sort();
    folders.iter().map(|folder| load(root, folder)).collect()
}

fn load(root: &Path, folder: &Path) -> Result<Scenario> {
    read(root, folder).with_context(|| format!("the scenario in {} is wrong", folder.display()))
}

fn read(root: &Path, folder: &Path) -> Result<Scenario> {
    let name = folder.file_name().and_then(|name| name.to_str()).context("its name is no text")?;
    let text = fs::read_to_string(folder.join("scenario.toml")).context("scenario.toml")?;
    let settings: Settings = toml::from_str(&text).context("scenario.toml")?;
    if settings.arch.is_empty() {
        bail!("scenario.toml: `arch` names no architecture, so it would never run");
    }
    let transcript = match &settings.transcript {
        None => {
            let text = fs::read_to_string(folder.join("transcript")).context("transcript")?;
            Transcript::parse(&text).context("transcript")?
        }
        Some(reference) => {
            let (file, block) =
                reference.split_once('#').context("scenario.toml: `transcript` must be FILE#NAME")?;
            let text = fs::read_to_string(root.join(file)).with_context(|| file.to_owned())?;
            let block = transcript::block(&text, block).with_context(|| file.to_owned())?;
            Transcript::parse(&block).with_context(|| reference.clone())?
        }
    };
    Ok(Scenario { name: name.to_owned(), settings, transcript })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository with one scenario in it.
    fn repository(toml: &str, transcript: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("tests/scenarios/one");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("scenario.toml"), toml).unwrap();
        fs::write(folder.join("transcript"), transcript).unwrap();
        root
    }

    fn error(toml: &str, transcript: &str) -> String {
        let root = repository(toml, transcript);
        format!("{:#}", load_all(root.path()).unwrap_err())
    }

    #[test]
    fn what_is_left_out_has_defaults() {
        let root = repository("summary = 'it lives'", "escrow> halt\n");
        let all = load_all(root.path()).unwrap();
        let settings = &all[0].settings;
        assert_eq!(all[0].name, "one");
        assert_eq!((settings.system.as_str(), settings.kernel), ("default", Kernel::Release));
        assert_eq!((settings.arch.as_slice(), settings.full), (&Arch::ALL[..], false));
        assert_eq!(settings.budget, 600_000_000);
    }

    #[test]
    fn a_repository_without_scenarios_has_none() {
        assert!(load_all(tempfile::tempdir().unwrap().path()).unwrap().is_empty());
    }

    #[test]
    fn wrong_settings_are_named_with_their_folder() {
        let cases = [
            ("", "missing field `summary`"),
            ("summary = 'x'\nbugdet = 3", "unknown field `bugdet`"),
            ("summary = 'x'\narch = []", "names no architecture"),
            ("summary = 'x'\narch = ['riscv']", "unknown variant `riscv`"),
            ("summary = 'x'\nkernel = 'fast'", "unknown variant `fast`"),
            ("summary = 'x'\nbudget = -1", "budget"),
            ("summary = 'x'\ntranscript = 'README.md'", "must be FILE#NAME"),
            ("summary = 'x'\ntranscript = 'README.md#x'", "README.md: No such file"),
        ];
        for (toml, message) in cases {
            let told = error(toml, "escrow> halt\n");
            assert!(told.contains(message), "{toml}: {told}");
            assert!(told.contains("tests/scenarios/one is wrong"), "{told}");
        }
        let told = error("summary = 'x'", "escrow> ps\n");
        assert!(told.contains("must be `halt`"), "{told}");
    }

    #[test]
    fn a_transcript_may_stand_in_a_document() {
        let root = repository("summary = 'x'\ntranscript = 'A.md#life'", "");
        let document = "<!-- scenario: life -->\n```\n...\nescrow> halt\n```\n";
        fs::write(root.path().join("A.md"), document).unwrap();
        assert_eq!(load_all(root.path()).unwrap()[0].transcript.boot, ["..."]);
    }
}
