//! Reads the mutants from `tests/mutants/*.toml`, one file for each invariant.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

/// Where the lists are, from the root of the repository.
const FOLDER: &str = "tests/mutants";

/// A change to the product that breaks an invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// `INVARIANT/NAME`: the list's file and its own name.
    pub name: String,
    /// The file that is changed, from the root of the repository.
    pub file: String,
    /// What is taken out; it occurs once in the file.
    pub find: String,
    /// What is put in its place.
    pub replace: String,
    /// What breaks, in a sentence.
    pub why: String,
    /// What must go red.
    pub test: Test,
}

/// The test that a mutant must turn red.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Test {
    /// Tests of the host.
    Host {
        /// The package that they belong to.
        package: String,
        /// A part of their name; empty for all.
        filter: String,
    },
    /// What `./escrow test` knows by this name.
    Scenario(String),
}

impl Test {
    /// As the list has it.
    pub fn name(&self) -> String {
        match self {
            Test::Host { package, filter } if filter.is_empty() => package.clone(),
            Test::Host { package, filter } => format!("{package}::{filter}"),
            Test::Scenario(name) => name.clone(),
        }
    }

    /// True where it takes QEMU, and so runs with `--full` only.
    pub fn is_for_full(&self) -> bool {
        matches!(self, Test::Scenario(_))
    }
}

impl Mutant {
    /// The changed text of its file.
    ///
    /// # Errors
    /// Where what is to be taken out does not occur exactly once.
    pub fn apply(&self, text: &str) -> Result<String> {
        let times = text.matches(&self.find).count();
        ensure!(
            times == 1,
            "{}: its `find` occurs {times} times in {}, not once: the product has changed, bring the mutant \
             up to date",
            self.name,
            self.file
        );
        Ok(text.replacen(&self.find, &self.replace, 1))
    }
}

/// One list as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    mutant: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    file: String,
    find: String,
    replace: String,
    why: String,
    host: Option<String>,
    scenario: Option<String>,
}

/// All mutants of the repository, in the order of the lists. Each of them fits the file that it changes.
///
/// # Errors
/// Where a list is wrong, or a mutant no longer fits; the message names all of those.
pub fn load(root: &Path) -> Result<Vec<Mutant>> {
    let folder = root.join(FOLDER);
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    let mut mutants = Vec::new();
    for file in files {
        let invariant = file.file_stem().and_then(|stem| stem.to_str()).context("a name is no text")?;
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        mutants.extend(parse(invariant, &text).with_context(|| format!("{} is wrong", file.display()))?);
    }
    let fits = |mutant: &Mutant| {
        let text = fs::read_to_string(root.join(&mutant.file));
        let text = text.with_context(|| format!("{}: cannot read {}", mutant.name, mutant.file))?;
        mutant.apply(&text).map(drop)
    };
    let stale: Vec<_> = mutants.iter().filter_map(|mutant| fits(mutant).err()).collect();
    if !stale.is_empty() {
        let told: Vec<_> = stale.iter().map(|error| format!("{error:#}")).collect();
        bail!("{}", told.join("\n"));
    }
    Ok(mutants)
}

/// Reads one list.
fn parse(invariant: &str, text: &str) -> Result<Vec<Mutant>> {
    let list: List = toml::from_str(text)?;
    let mut names = BTreeSet::new();
    let mut mutants = Vec::new();
    for entry in list.mutant {
        ensure!(names.insert(entry.name.clone()), "two mutants are called `{}`: rename one", entry.name);
        let name = entry.name.clone();
        mutants.push(check(invariant, entry).with_context(|| format!("the mutant `{name}`"))?);
    }
    Ok(mutants)
}

fn check(invariant: &str, entry: Entry) -> Result<Mutant> {
    let Entry { name, file, find, replace, why, host, scenario } = entry;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    ensure!(!name.is_empty() && name.chars().all(plain), "`name`: small letters, digits and `-` only");
    let inside = Path::new(&file).components().all(|part| matches!(part, Component::Normal(_)));
    ensure!(inside && !file.is_empty(), "`file` must be a path from the root of the repository");
    ensure!(!find.trim().is_empty(), "`find` is empty: say what is to be changed");
    ensure!(find != replace, "`replace` is the same as `find`: it changes nothing");
    ensure!(why.contains(' '), "`why` must say in a sentence what breaks");
    let test = match (host, scenario) {
        (Some(host), None) => {
            let (package, filter) = host.split_once("::").unwrap_or((&host, ""));
            ensure!(!package.is_empty(), "`host` must be PACKAGE or PACKAGE::PART-OF-A-TEST'S-NAME");
            Test::Host { package: package.to_owned(), filter: filter.to_owned() }
        }
        (None, Some(scenario)) => {
            ensure!(scenario.contains('/'), "`scenario` must be NAME/ARCHITECTURE");
            Test::Scenario(scenario)
        }
        _ => bail!("give it either `host` or `scenario`: the test that must go red"),
    };
    Ok(Mutant { name: format!("{invariant}/{name}"), file, find, replace, why, test })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[[mutant]]\nname = 'a'\nfile = 'x.rs'\nfind = 'one'\nreplace = 'two'\n\
                        why = 'it breaks'\nhost = 'core::ledger'\n";

    fn error(from: &str, to: &str) -> String {
        format!("{:#}", parse("1-one", &GOOD.replace(from, to)).unwrap_err())
    }

    #[test]
    fn a_list_is_read() {
        let read = parse("1-one", GOOD).unwrap();
        assert_eq!((read[0].name.as_str(), read[0].test.name().as_str()), ("1-one/a", "core::ledger"));
        assert!(!read[0].test.is_for_full());
        let read =
            parse("1-one", &GOOD.replace("host = 'core::ledger'", "scenario = 'life/x86_64'")).unwrap();
        assert_eq!(read[0].test, Test::Scenario("life/x86_64".into()));
        assert!(read[0].test.is_for_full());
        assert!(parse("7-seven", "# nothing yet\n").unwrap().is_empty());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (from, to, says) in [
            ("why =", "wy =", "unknown field `wy`"),
            ("find = 'one'\n", "", "missing field `find`"),
            ("[[mutant]]", "[[mutnt]]", "unknown field `mutnt`"),
            ("name = 'a'", "name = 'A b'", "`name`"),
            ("'x.rs'", "'../x.rs'", "`file`"),
            ("'x.rs'", "'/x.rs'", "`file`"),
            ("'one'", "' '", "`find`"),
            ("'two'", "'one'", "`replace`"),
            ("'it breaks'", "''", "`why`"),
            ("host = 'core::ledger'", "", "either `host` or `scenario`"),
            ("'core::ledger'", "'c'\nscenario = 'a/b'", "either `host` or `scenario`"),
            ("'core::ledger'", "'::ledger'", "`host`"),
            ("host = 'core::ledger'", "scenario = 'life'", "`scenario`"),
        ] {
            let told = error(from, to);
            assert!(told.contains(says), "{from} -> {to}: {told}");
        }
        let told = format!("{:#}", parse("1-one", &GOOD.repeat(2)).unwrap_err());
        assert!(told.contains("two mutants are called `a`"), "{told}");
    }

    #[test]
    fn a_mutant_fits_where_its_text_occurs_once() {
        let mutant = parse("1-one", GOOD).unwrap().remove(0);
        assert_eq!(mutant.apply("one or three").unwrap(), "two or three");
        for (text, times) in [("three", "0 times"), ("one one", "2 times")] {
            let told = mutant.apply(text).unwrap_err().to_string();
            assert!(told.contains("1-one/a") && told.contains("x.rs") && told.contains(times), "{told}");
            assert!(told.contains("bring the mutant up to date"), "{told}");
        }
    }

    #[test]
    fn every_mutant_that_no_longer_fits_is_told() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join(FOLDER)).unwrap();
        let second = GOOD.replace("'a'", "'b'").replace("x.rs", "y.rs");
        fs::write(root.path().join(FOLDER).join("1-one.toml"), format!("{GOOD}{second}")).unwrap();
        fs::write(root.path().join("x.rs"), "three").unwrap();
        let told = format!("{:#}", load(root.path()).unwrap_err());
        assert!(told.contains("1-one/a: its `find` occurs 0 times"), "{told}");
        assert!(told.contains("1-one/b: cannot read y.rs"), "{told}");
        fs::write(root.path().join("x.rs"), "one").unwrap();
        fs::write(root.path().join("y.rs"), "one").unwrap();
        assert_eq!(load(root.path()).unwrap().len(), 2);
    }

    #[test]
    fn the_mutants_of_this_repository_fit() {
        assert!(!load(&crate::context::find_root().unwrap()).unwrap().is_empty());
    }
}
