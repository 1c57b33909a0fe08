//! `new`: a module crate to begin with.

mod taken;
mod templates;
mod workspace;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail, ensure};
use ipc_proto::name::{MAX_NAME, Name};

use crate::command::quoted;
use crate::context;
use crate::system;
use templates::{DRIVER, SERVICE, Template};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Makes a folder with a Cargo package: an interface, a server of it, a client to try it with, and tests that
run on this machine. It can lie anywhere; `./escrow run --module` takes it from there.

With --driver the server drives a device: the machine's real-time clock, in registers (aarch64) or behind I/O
ports (x86_64), with calls that are answered from its interrupt. What it needs of the system it asks for in its
Cargo.toml, and `./escrow run --module` and `test --module` grant it: [package.metadata.escrow] with
`clock = true` and the keys of a system's `grants`. docs/manifest.md has them all.

Examples:
  ./escrow new counter ~/mine/counter
  (cd ~/mine/counter && cargo test)
  ./escrow run --module ~/mine/counter
  ./escrow new --driver wall-clock ~/mine/wall-clock")]
pub struct Args {
    /// What the module and its service are called: a-z, 0-9 and -, the first a letter
    name: String,
    /// A driver of a device with an interrupt, in place of a service that counts
    #[arg(long)]
    driver: bool,
    /// The folder; NAME in the current one where it is left out
    dir: Option<PathBuf>,
}

/// Its client's name is as much longer.
const TRY: &str = "-try";

pub fn run(args: &Args) -> Result<ExitCode> {
    let template: Template = if args.driver { &DRIVER } else { &SERVICE };
    let words = Words::of(&args.name)?;
    taken::check(&words, template)?;
    let root = context::find_root()?;
    let folder = args.dir.clone().unwrap_or_else(|| PathBuf::from(&args.name));
    let folder = env::current_dir().context("the current folder")?.join(folder);
    write(&root, &folder, &words, template)?;
    let folder = folder.canonicalize().context("the new folder")?;
    context::step(&format!("made {}", folder.display()));
    for name in [args.name.clone(), format!("{}{TRY}", args.name)] {
        if system::load(&root, system::DEFAULT, &[], &[])?.modules.contains(&name) {
            context::step(&format!(
                "this repository has a module `{name}`, too: in a system that is booted with this package, the package's \
                 is in its place"
            ));
        }
    }
    if let Some(todo) = workspace::taken_in(&folder) {
        context::step(&todo);
    }
    let shown = quoted(folder.as_os_str());
    let (test, run) = (format!("(cd {shown} && cargo test)"), format!("./escrow run --module {shown}"));
    // The second one is the longer.
    let width = run.chars().count();
    println!("Next:\n  {test:width$}   its tests, on this machine");
    println!("  {run}   a system with it: `load {0}`, then `load {0}{TRY}`", args.name);
    Ok(ExitCode::SUCCESS)
}

/// The name in the forms that it has in the files.
struct Words {
    name: String,
    library: String,
    interface: String,
}

impl Words {
    fn of(name: &str) -> Result<Words> {
        let longest = MAX_NAME.saturating_sub(TRY.len());
        Name::new(name).with_context(|| format!("`{name}` is no name of a module"))?;
        ensure!(
            name.len() <= longest,
            "`{name}` has more than {longest} characters, and its client is called `{name}{TRY}`"
        );
        ensure!(!name.ends_with('-') && !name.contains("--"), "`{name}` has a - without a word behind it");
        let capital = |word: &str| {
            let mut letters = word.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
        };
        let interface = name.split('-').map(capital).collect();
        Ok(Words { name: name.to_owned(), library: name.replace('-', "_"), interface })
    }

    /// A file of the template with these words in it.
    fn fill(&self, template: &str, escrow: &str) -> String {
        let places = [
            ("@name@", &*self.name),
            ("@crate@", &self.library),
            ("@Trait@", &self.interface),
            ("@escrow@", escrow),
        ];
        places.iter().fold(template.to_owned(), |text, (place, word)| text.replace(place, word))
    }
}

/// The way from one folder to another, where both are in this repository: so the package works in every clone of it.
fn way(root: &Path, folder: &Path) -> String {
    match folder.strip_prefix(root) {
        Ok(inside) => vec![".."; inside.components().count()].join("/"),
        Err(_) => root.display().to_string(),
    }
}

fn write(root: &Path, folder: &Path, words: &Words, template: Template) -> Result<()> {
    if folder.exists() {
        let mut entries = folder.read_dir().with_context(|| format!("{} is no folder", folder.display()))?;
        if entries.next().is_some() {
            bail!("{} is not empty: name another folder", folder.display());
        }
    }
    for part in ["src", "tests"] {
        fs::create_dir_all(folder.join(part)).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    // The folder as it is, whatever leads to it.
    let way = way(root, &folder.canonicalize().context("the new folder")?);
    for (file, template) in template {
        let path = folder.join(file);
        fs::write(&path, words.fill(template, &way))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    // What it has in common with us is of the same version.
    let lock = folder.join("Cargo.lock");
    fs::copy(root.join("Cargo.lock"), &lock).with_context(|| format!("cannot write {}", lock.display()))?;
    fs::write(folder.join(".gitignore"), "/target\n").context("cannot write .gitignore")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_below_at_and_above_the_bound_and_what_is_none() {
        for length in [1, MAX_NAME - TRY.len()] {
            assert!(Words::of(&"a".repeat(length)).is_ok(), "{length}");
        }
        for (name, told) in [
            (&*"a".repeat(MAX_NAME - TRY.len() + 1), "has more than 28 characters"),
            ("", "no name of a module"),
            ("Counter", "no name of a module"),
            ("a-", "has a - without a word behind it"),
            ("a--b", "has a - without a word behind it"),
        ] {
            let error = Words::of(name).err().map(|error| format!("{error:#}")).unwrap_or_default();
            assert!(error.contains(told), "{name}: {error}");
        }
    }

    #[test]
    fn a_name_has_three_forms() {
        let words = Words::of("key-store-2").unwrap();
        assert_eq!(
            words.fill("@name@ @crate@ @Trait@ @escrow@", ".."),
            "key-store-2 key_store_2 KeyStore2 .."
        );
    }

    /// The examples are what the command makes, so that they are read, built and run with every test.
    #[test]
    fn the_examples_are_what_it_makes() {
        let root = context::find_root().unwrap();
        for (name, of, template) in [("counter", "", &SERVICE[..]), ("wall-clock", "--driver ", &DRIVER)] {
            let example = root.join("docs/examples").join(name).join(name);
            let words = Words::of(name).unwrap();
            for (file, template) in template {
                let there = fs::read_to_string(example.join(file)).unwrap_or_default();
                let folder = format!("docs/examples/{name}/{name}");
                assert!(
                    there == words.fill(template, &way(&root, &example)),
                    "{file}: delete {folder}, and `./escrow new {of}{name} {folder}`"
                );
            }
        }
    }

    /// So that what a server needs, a heap for instance, its clients do not.
    #[test]
    fn what_a_services_clients_link_has_nothing_of_its_server() {
        let (_, library) = SERVICE.iter().find(|(file, _)| *file == "src/lib.rs").unwrap();
        assert!(library.contains("#[interface(") && !library.contains("State"), "{library}");
    }

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (root, words) = (context::find_root().unwrap(), Words::of("counter").unwrap());
        fs::write(folder.path().join("mine"), "x").unwrap();
        let told = write(&root, folder.path(), &words, &SERVICE).unwrap_err().to_string();
        assert!(told.ends_with("is not empty: name another folder"), "{told}");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
        let inside = folder.path().join("a/b");
        write(&root, &inside, &words, &SERVICE).unwrap();
        assert!(inside.join("src/try.rs").is_file());
    }
}
