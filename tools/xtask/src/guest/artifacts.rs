//! Reads cargo's JSON messages: which program came out of which package.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde::Deserialize;

#[derive(Deserialize)]
struct Message {
    reason: String,
    package_id: Option<String>,
    target: Option<Target>,
    executable: Option<PathBuf>,
    profile: Option<Profile>,
    manifest_path: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    #[serde(default)]
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

/// A test program of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestProgram {
    /// The name of the crate, or of the file under `tests/`.
    pub name: String,
    /// What makes `cargo test` build this one of the package's programs only.
    pub selector: Vec<String>,
    /// The program.
    pub executable: PathBuf,
    /// The package's folder: cargo runs tests there.
    pub folder: PathBuf,
}

/// The programs that cargo says it built, by the name of the program.
///
/// # Errors
/// Where a line is not what cargo writes.
pub fn programs(told: &str) -> Result<BTreeMap<String, PathBuf>> {
    let mut programs = BTreeMap::new();
    for message in messages(told)? {
        if let (Some(target), Some(executable)) = (message.target, message.executable) {
            programs.insert(target.name, executable);
        }
    }
    Ok(programs)
}

/// The test programs that `cargo test --no-run` says it built.
///
/// # Errors
/// Where a line is not what cargo writes.
pub fn tests(told: &str) -> Result<Vec<TestProgram>> {
    let mut tests = Vec::new();
    for message in messages(told)? {
        let is_test = message.profile.is_some_and(|profile| profile.test);
        let (Some(target), Some(executable), Some(manifest), true) =
            (message.target, message.executable, message.manifest_path, is_test)
        else {
            continue;
        };
        let folder = manifest.parent().context("a manifest has no folder")?.to_path_buf();
        let selector = match target.kind.first().map(String::as_str) {
            Some("lib") => vec!["--lib".to_owned()],
            Some(kind @ ("bin" | "test")) => vec![format!("--{kind}"), target.name.clone()],
            _ => Vec::new(),
        };
        tests.push(TestProgram { name: target.name, selector, executable, folder });
    }
    tests.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(tests)
}

fn messages(told: &str) -> Result<Vec<Message>> {
    let mut messages = Vec::new();
    for line in told.lines().filter(|line| line.starts_with('{')) {
        let message: Message = serde_json::from_str(line)
            .with_context(|| format!("cargo says something that it did not use to: {line}"))?;
        if message.reason == "compiler-artifact" && message.package_id.is_some() {
            messages.push(message);
        }
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = r#"{"reason":"compiler-artifact","package_id":"p","manifest_path":"/a/Cargo.toml","target":{"name":"echo","kind":["bin"]},"profile":{"test":false},"executable":"/t/echo"}
{"reason":"compiler-artifact","package_id":"p","manifest_path":"/a/Cargo.toml","target":{"name":"core","kind":["lib"]},"profile":{"test":true},"executable":"/t/core-1"}
{"reason":"compiler-artifact","package_id":"p","manifest_path":"/a/Cargo.toml","target":{"name":"sel4","kind":["lib"]},"profile":{"test":false},"executable":null}
{"reason":"build-script-executed","package_id":"p"}
{"reason":"build-finished","success":true}
"#;

    #[test]
    fn programs_and_tests_are_told_apart() {
        assert_eq!(programs(TOLD).unwrap()["echo"], PathBuf::from("/t/echo"));
        let tests = tests(TOLD).unwrap();
        assert_eq!(tests.len(), 1);
        assert_eq!((tests[0].name.as_str(), tests[0].folder.to_str()), ("core", Some("/a")));
        assert_eq!(tests[0].selector, ["--lib"]);
    }

    #[test]
    fn other_output_is_an_error() {
        assert!(programs("{\"what\": 1}").unwrap_err().to_string().contains("cargo says"));
    }
}
