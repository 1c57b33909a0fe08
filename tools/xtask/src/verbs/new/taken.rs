//! Which names a package cannot have: it would not compile.

use std::collections::BTreeSet;

use anyhow::{Result, bail, ensure};

use super::Words;
use super::templates::Template;

/// What no library can be called: words of the language, and libraries that are there already.
const LIBRARIES: [&str; 56] = [
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc-macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

/// What cargo builds no program of, since it has folders of these names.
const FOLDERS: [&str; 4] = ["build", "deps", "examples", "incremental"];

/// Packages of this repository that each module is made of: no lock file has two of one name.
const PACKAGES: [&str; 9] = [
    "escrow-sel4",
    "escrow-sel4-generator",
    "ipc-macros",
    "ipc-proto",
    "module-rt",
    "name-server-core",
    "root-task-core",
    "serial",
    "simulation",
];

/// Whether the files of this template compile with that name in them.
///
/// # Errors
/// Which name is in the way.
pub fn check(words: &Words, template: Template) -> Result<()> {
    let name = words.name.as_str();
    ensure!(!LIBRARIES.contains(&name), "a Rust library cannot be called `{name}`: take another name");
    ensure!(!FOLDERS.contains(&name), "cargo builds no program that is called `{name}`: take another name");
    ensure!(
        !PACKAGES.contains(&name),
        "each module is made of a package `{name}` of this repository: take another name"
    );
    for (file, text) in template {
        if let Some(taken) = taken(words, text) {
            bail!("{file} of the new package has a `{taken}` of its own: take another name than `{name}`");
        }
    }
    Ok(())
}

/// The name in a file that is there already, and would be made of these words once more.
fn taken(words: &Words, text: &str) -> Option<String> {
    let code =
        text.lines().map(str::trim_start).filter(|line| !line.starts_with("//") && !line.starts_with("#["));
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '@';
    let (made, there): (BTreeSet<&str>, BTreeSet<&str>) = code
        .flat_map(|line| line.split(|c| !is_part(c)))
        .partition(|word| word.contains("@Trait@") || word.contains("@crate@"));
    let made: BTreeSet<String> = made.into_iter().map(|word| words.fill(word, "")).collect();
    // What begins with a small letter is in the way of the library only as a module.
    let is_type = |word: &str| word.starts_with(char::is_uppercase);
    let is_module = |word: &str| text.contains(&format!("\nmod {word};"));
    there
        .into_iter()
        .find(|word| made.contains(*word) && (is_type(word) || is_module(word)))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::super::templates::{DRIVER, SERVICE};
    use super::*;
    use crate::context;

    fn told(name: &str, template: Template) -> String {
        check(&Words::of(name).unwrap(), template).err().map(|error| error.to_string()).unwrap_or_default()
    }

    /// Each of these was tried: with a name of the first kind the files do not compile, with one of the second they do.
    #[test]
    fn names_that_the_files_have_already_are_refused() {
        for (template, refused, taken) in [
            (
                &SERVICE[..],
                &["client", "server", "init", "events", "result", "option", "system", "failure", "module"][..],
                &["clock", "counter", "a", "c", "call", "event", "reply", "chip", "waiting", "log", "device"]
                    [..],
            ),
            (
                &DRIVER,
                &[
                    "chip", "waiting", "client", "server", "instance", "reply", "event", "events", "call",
                    "c", "result",
                ],
                &["clock", "counter", "a", "system", "registers", "machine", "device", "log", "alarm"],
            ),
        ] {
            for name in refused {
                let told = told(name, template);
                assert!(told.contains("of the new package has a `"), "{name}: {told}");
            }
            for name in taken {
                assert_eq!(told(name, template), "", "{name}");
            }
        }
        let chip = "src/lib.rs of the new package has a `Chip` of its own: take another name than `chip`";
        assert_eq!(told("chip", &DRIVER), chip);
        let call =
            "tests/device.rs of the new package has a `CallError` of its own: take another name than `call`";
        assert_eq!(told("call", &DRIVER), call);
    }

    #[test]
    fn names_of_libraries_packages_and_folders_are_refused() {
        for template in [&SERVICE[..], &DRIVER] {
            for (name, why) in [
                ("match", "a Rust library cannot be called `match`"),
                ("deps", "cargo builds no program that is called `deps`"),
                ("serial", "each module is made of a package `serial`"),
            ] {
                assert!(told(name, template).starts_with(why), "{name}: {}", told(name, template));
            }
        }
    }

    /// All packages of this repository that a module depends on, in whichever way.
    fn depends(root: &Path, folder: &Path, found: &mut BTreeSet<String>) {
        let read = |folder: &Path| -> toml::Table {
            toml::from_str(&fs::read_to_string(folder.join("Cargo.toml")).unwrap()).unwrap()
        };
        let (package, workspace) = (read(folder), read(root));
        if !found.insert(package["package"]["name"].as_str().unwrap().to_owned()) {
            return;
        }
        let targets =
            package.get("target").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::values);
        let tables = targets.filter_map(toml::Value::as_table).chain([&package]);
        let kinds = tables.flat_map(|table| [table.get("dependencies"), table.get("build-dependencies")]);
        let of_workspace = &workspace["workspace"]["dependencies"];
        for (name, given) in kinds.flatten().filter_map(toml::Value::as_table).flatten() {
            let own = given.get("path").map(|path| folder.join(path.as_str().unwrap()));
            let shared = || Some(root.join(of_workspace.get(name)?.get("path")?.as_str()?));
            if let Some(folder) = own.or_else(shared) {
                depends(root, &folder, found);
            }
        }
    }

    #[test]
    fn each_package_that_a_module_is_made_of_is_known() {
        let root = context::find_root().unwrap();
        let mut found = BTreeSet::new();
        depends(&root, &root.join("servers/module-rt"), &mut found);
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), PACKAGES);
    }
}
