//! A filter that no test has in its name: told before the host's tests are built, with the names that are near.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// What stands in names of host tests beside what their authors have written.
const OURS: &str = "host/doc (line)";
/// So many near names are told at most.
const NEAR: usize = 3;

/// Whether a host test can have this in its name. The names are known only when the tests are built; but each word of
/// one stands in the code of the packages, in the path of a file, or it is the number of a line.
///
/// # Errors
/// Where the workspace cannot be read.
pub fn can_be_host_test(root: &Path, text: &str) -> Result<bool> {
    let read =
        |path: &Path| fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()));
    let workspace: toml::Table =
        toml::from_str(&read(&root.join("Cargo.toml"))?).context("the workspace's Cargo.toml")?;
    let packages = workspace.get("workspace").and_then(|of| of.get("default-members")?.as_array());
    let packages = packages.into_iter().flatten().filter_map(toml::Value::as_str);
    // Cargo writes the name of a package in both ways.
    let text = text.replace('-', "_");
    let mut missing: Vec<&str> = text.split(|c: char| !is_in_words(c)).collect();
    missing.retain(|word| !word.chars().all(|c| c.is_ascii_digit()) && !OURS.contains(word));
    for package in packages {
        let mut left: Vec<PathBuf> = vec![root.join(package)];
        while let Some(path) = left.pop() {
            if missing.is_empty() {
                return Ok(true);
            }
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('-', "_");
            missing.retain(|word| !name.contains(word));
            if path.is_dir() {
                let inside =
                    fs::read_dir(&path).with_context(|| format!("cannot read {}", path.display()))?;
                left.extend(inside.filter_map(|entry| Some(entry.ok()?.path())));
            } else if name.ends_with(".rs") || name.ends_with("Cargo.toml") {
                // What cannot be read may have anything in it: an editor's lock, for example.
                let Ok(code) = fs::read_to_string(&path) else { return Ok(true) };
                let code = code.replace('-', "_");
                let is_code = name.ends_with(".rs");
                missing.retain(|word| {
                    !code.lines().any(|line| line.contains(word) && (!is_code || is_named(line, word)))
                });
            }
        }
    }
    Ok(missing.is_empty())
}

fn is_in_words(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a line has the word elsewhere than in a comment or a text. Where that is not clear, it has.
fn is_named(line: &str, word: &str) -> bool {
    if line.trim_start().starts_with("//") {
        return false;
    }
    let quotes = line.matches('"').count();
    quotes % 2 == 1 || line.contains("'\"'") || line.split('"').step_by(2).any(|code| code.contains(word))
}

/// The sentence that no test has `text` in its name; `names` are those of the tests that are known.
pub fn told(text: &str, names: &[String]) -> String {
    let far = |name: &str| strsim::damerau_levenshtein(text, name);
    let part = |name: &str| name.split('/').next().unwrap_or_default().to_owned();
    let both = names.iter().flat_map(|name| [name.clone(), part(name)]);
    let mut near: Vec<(usize, String)> = both.map(|name| (far(&name), name)).collect();
    near.retain(|(far, _)| far.saturating_mul(3) <= text.chars().count());
    near.sort();
    near.dedup();
    let near: Vec<String> = near.iter().take(NEAR).map(|(_, name)| format!("`{name}`")).collect();
    match near.is_empty() {
        true => format!("no test has `{text}` in its name; --list shows all"),
        false => format!("no test has `{text}` in its name: did you mean {}?", near.join(" or ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::find_root;

    #[test]
    fn names_of_host_tests_are_in_their_files() {
        let root = find_root().unwrap();
        let module = module_path!().split_once("::").unwrap().1;
        for text in [
            "".to_owned(),
            "host/".into(),
            format!("host/xtask::{module}::names_of_host_tests_are_in_their_files"),
            "host/doc ipc-proto/src/lib.rs - (line 9)".into(),
            "s_of_host_tests_are_in_their_fil".into(),
            "root-task-core".into(),
            "host/escrow_sel4_generator::".into(),
        ] {
            assert!(can_be_host_test(&root, &text).unwrap(), "{text}");
        }
        // Here they stand in a text, which is no name.
        for text in ["nosuch", "ledger::nosuch", "host/nosuch"] {
            assert!(!can_be_host_test(&root, text).unwrap(), "{text}");
        }
    }

    #[test]
    fn comments_and_texts_name_nothing() {
        assert!(is_named("fn word() {", "word"));
        assert!(is_named("a(\"x\", word, \"y\")", "word"));
        assert!(is_named("a(\"word", "word"), "perhaps it goes on behind a text of several lines");
        assert!(is_named("a('\"', word, \"x\")", "word"));
        for line in ["// word", "    /// word", "a(\"word\", x)", "a(x, \"y\", \"a word\")"] {
            assert!(!is_named(line, "word"), "{line}");
        }
    }

    #[test]
    fn near_names_are_told() {
        let names = ["life/aarch64", "life/x86_64", "leak/aarch64", "waits-cycle/x86_64"].map(String::from);
        assert_eq!(told("lief", &names), "no test has `lief` in its name: did you mean `life`?");
        assert_eq!(
            told("life/x8664", &names),
            "no test has `life/x8664` in its name: did you mean `life/x86_64`?"
        );
        assert_eq!(told("nosuch", &names), "no test has `nosuch` in its name; --list shows all");
    }
}
