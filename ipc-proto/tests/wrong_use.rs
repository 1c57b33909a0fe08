//! Wrong uses of the macros, each with what the compiler has to say of it in our words: `//~ text` on the line of the error.
//!
//! The compiler's own wording is in no comparison. Every error has to be one that a line announces, as often, so that nobody has to
//! read what comes of generated code.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Line and text.
type Errors = Vec<(u64, String)>;

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// A crate with each of the files as a program; its dependencies are locked as the workspace's.
fn prepare(root: &Path, files: &[PathBuf]) {
    let mut manifest = format!(
        "[package]\nname = \"wrong\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         ipc-proto = {{ path = {:?} }}\nmodule-rt = {{ path = {:?} }}\nzerocopy = {{ version = \"=0.8.63\", features = [\"derive\"] }}\n",
        here(),
        here().join("../servers/module-rt")
    );
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        manifest.push_str(&format!("\n[[bin]]\nname = \"{name}\"\npath = {file:?}\n"));
    }
    fs::create_dir_all(root).unwrap();
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    fs::copy(here().join("../Cargo.lock"), root.join("Cargo.lock")).unwrap();
}

/// The errors of each file, by its name.
fn compiled(root: &Path) -> BTreeMap<String, Errors> {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--bins", "--keep-going", "--offline", "--message-format=json"])
        .current_dir(root)
        .env("CARGO_TARGET_DIR", root.with_file_name("elsewhere"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let mut errors = BTreeMap::<String, Errors>::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
        let text = |at| message.pointer(at).and_then(Value::as_str);
        let (Some(name), Some("error")) = (text("/target/name"), text("/message/level")) else { continue };
        let spans = message.pointer("/message/spans").and_then(Value::as_array);
        let is_primary = |span: &&Value| span.get("is_primary") == Some(&Value::Bool(true));
        let Some(mut primary) = spans.and_then(|spans| spans.iter().find(is_primary)) else { continue };
        // What an assertion says comes from within the assertion's own macro; a person is shown where that stands.
        while let Some(outer) = primary.pointer("/expansion/span") {
            primary = outer;
        }
        let line = primary.get("line_start").and_then(Value::as_u64).unwrap();
        let error = (line, text("/message/message").unwrap().to_owned());
        errors.entry(name.to_owned()).or_default().push(error);
    }
    assert!(!errors.is_empty(), "nothing was compiled:\n{}", String::from_utf8_lossy(&output.stderr));
    errors
}

/// What the lines of a file announce.
fn announced(file: &Path) -> Errors {
    let text = fs::read_to_string(file).unwrap();
    let line = |(number, line): (u64, &'_ str)| {
        line.split("//~ ").skip(1).map(|text| (number, text.trim_end().to_owned())).collect::<Vec<_>>()
    };
    (1..).zip(text.lines()).flat_map(line).collect()
}

#[test]
fn what_is_wrong_is_told_in_our_words_where_it_stands() {
    let folder = here().join("tests/wrong");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrong");
    prepare(&root, &files);
    let compiled = compiled(&root);
    let mut wrong = Vec::new();
    for file in &files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let mut came = compiled.get(name).cloned().unwrap_or_default();
        for (line, text) in announced(file) {
            let at = came.iter().position(|(at, told)| *at == line && told.contains(&text));
            match at {
                Some(at) => drop(came.swap_remove(at)),
                None => wrong.push(format!("{name}.rs:{line}: did not come: {text}")),
            }
        }
        wrong.extend(came.iter().map(|(line, told)| format!("{name}.rs:{line}: not announced: {told}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
