//! Systems: which modules and files go into a boot archive, from `servers/system.toml` (the
//! default system) or `tests/systems/NAME.toml`.

pub mod asks;
#[cfg(test)]
mod hostile_tests;
pub mod named;
#[cfg(test)]
mod reference_tests;

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
pub use root_task_core::system::BootArgs;
use root_task_core::system::{MAX_ENCODED, SystemManifest};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, Deserializer};

use crate::arch::Arch;
use crate::wrong::Wrong;
use asks::Asks;

/// The name that means `servers/system.toml`.
pub const DEFAULT: &str = "default";

/// A system, as far as the image is made of it. What the root task is granted from it is in
/// `encoded`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// The packages whose programs are put into the archive, in this order.
    pub modules: Vec<String>,
    /// Modules that are in the archive under further names.
    pub copies: Vec<Copies>,
    /// Files that are put into the archive as they are.
    pub files: Vec<RawFile>,
    /// The archive's entry `system`.
    pub encoded: Vec<u8>,
    /// What that would be without what packages elsewhere ask for.
    pub own: Vec<u8>,
    /// What differs from what its file says, in sentences: what was granted beside it, and whose place is taken.
    pub differs: Vec<String>,
}

/// A module that is in the archive more than once, so that it can be loaded more than once.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Copies {
    /// The module.
    pub of: String,
    /// The names of its copies.
    pub names: Vec<String>,
}

/// A file of the repository that goes into the archive as it is.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct RawFile {
    /// Its name in the archive.
    pub name: String,
    /// Where it is, from the root of the repository; `{arch}` in it is the name of the architecture.
    pub path: String,
}

impl RawFile {
    /// Where the file for an architecture is.
    pub fn path_for(&self, arch: Arch) -> PathBuf {
        PathBuf::from(self.path.replace("{arch}", arch.name()))
    }
}

/// What stands in [`System::modules`] and can be linked at addresses of its own, in words.
pub const CAN_BE_APART: &str = "a module of this repository that is in the system's archive, and is no copy";

/// The keys that the image is made of; the others are the root task's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    modules: Vec<String>,
    #[serde(default)]
    copies: Vec<Copies>,
    #[serde(default)]
    files: Vec<RawFile>,
}

/// Reads a system by its name, and adds these arguments of boot modules to its own, and what packages elsewhere ask for.
///
/// # Errors
/// Where there is none of this name, its file is wrong, or it cannot grant what is asked for; the message names the file.
pub fn load(root: &Path, name: &str, boot_args: &[BootArgs], asks: &[Asks]) -> Result<System> {
    let path = path(root, name)?;
    let text = fs::read_to_string(&path)
        .with_context(|| format!("there is no system `{name}`: cannot read {}", path.display()))?;
    read(&text, boot_args, asks).map_err(|wrong| wrong.within(&path))
}

/// The keys that the image is made of; all others are the root task's.
const OF_THE_IMAGE: [&str; 3] = ["modules", "copies", "files"];

/// Splits the file into what the image is made of and what the root task reads, each strict about its keys.
fn read(text: &str, boot_args: &[BootArgs], asks: &[Asks]) -> Result<System, Wrong> {
    let table = DeTable::parse(text).map_err(|error| Wrong::toml(text, &error, &[]))?;
    let span = table.span();
    let table_keys = table.get_ref().keys();
    let lines: Vec<(String, Range<usize>)> =
        table_keys.map(|key| (key.get_ref().clone().into_owned(), key.span())).collect();
    let (contents, rest) =
        table.into_inner().into_iter().partition(|(key, _)| OF_THE_IMAGE.contains(&key.get_ref().as_ref()));
    let contents: Contents = typed(text, Spanned::new(span.clone(), contents), &[])?;
    let mut manifest: SystemManifest = typed(text, Spanned::new(span, rest), &OF_THE_IMAGE)?;
    for args in boot_args {
        if manifest.args.push(args.clone()).is_err() {
            return Err(Wrong::whole("more boot modules have arguments than there can be"));
        }
    }
    let wrong =
        |key: Option<&str>, what: String| match lines.iter().find(|(known, _)| Some(known.as_str()) == key) {
            Some((_, span)) => Wrong::span(text, span, what),
            None => Wrong::whole(what),
        };
    let mut buffer = [0; MAX_ENCODED];
    // First: what is wrong in the file is nobody's who asks.
    let own = manifest.encode(&mut buffer).map_err(|error| wrong(error.key(), error.to_string()))?.to_vec();
    let granted = asks.iter().enumerate().map(|(number, one)| {
        let before = asks.get(..number).unwrap_or_default();
        one.grant(&mut manifest, before).map_err(|(key, what)| wrong(Some(key), what))
    });
    let differs = granted.collect::<Result<Vec<String>, Wrong>>()?;
    let encoded = manifest.encode(&mut buffer).map_err(|error| wrong(error.key(), error.to_string()))?;
    let encoded = encoded.to_vec();
    let Contents { modules, copies, files } = contents;
    Ok(System { modules, copies, files, encoded, own, differs })
}

/// The table as a type; `more` are keys that stand beside its own.
fn typed<T: DeserializeOwned>(text: &str, table: Spanned<DeTable<'_>>, more: &[&str]) -> Result<T, Wrong> {
    let keys = table.get_ref().iter().map(|(key, value)| (key.get_ref().clone().into_owned(), value.span()));
    let keys: Vec<(String, Range<usize>)> = keys.collect();
    T::deserialize(Deserializer::from(table)).map_err(|error| {
        let mut wrong = Wrong::toml(text, &error, more);
        let within = |value: &Range<usize>| {
            error.span().is_some_and(|span| value.start <= span.start && span.end <= value.end)
        };
        if let Some((key, _)) = keys.iter().find(|(_, value)| within(value)) {
            wrong.what = format!("{key}: {}", too_long(&wrong.what).unwrap_or(wrong.what));
        }
        wrong
    })
}

/// The sentence for a list that is longer than it can be: the reader stops at the first entry too many, and says of which
/// number that is.
fn too_long(told: &str) -> Option<String> {
    let count = told.strip_prefix("invalid length ")?.strip_suffix(", expected a sequence")?;
    let most = count.parse::<usize>().ok()?.checked_sub(1)?;
    Some(format!("it has {count} entries or more: give {most} at most"))
}

/// The file of a system: the whole path of one that is not of this repository is taken as it is.
fn path(root: &Path, name: &str) -> Result<PathBuf> {
    if Path::new(name).is_absolute() {
        return Ok(name.into());
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(plain) {
        bail!("`{name}` is no name of a system: letters, digits, `-` and `_` only");
    }
    Ok(match name {
        DEFAULT => root.join("servers/system.toml"),
        _ => root.join("tests/systems").join(name).with_extension("toml"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
        modules = ["name-server", "shell"]
        boot = ["name-server"]
        name_server = "name-server"
        console = "shell"
    "#;

    #[test]
    fn a_manifest_is_encoded_as_the_root_task_reads_it() {
        let system = read(SMALL, &[], &[]).unwrap();
        assert_eq!(system.modules, ["name-server", "shell"]);
        assert_eq!(SystemManifest::decode(&system.encoded).unwrap().console.as_str(), "shell");
    }

    #[test]
    fn mistakes_are_told_with_their_line_and_the_nearest_key() {
        for (change, says) in [
            ("pined = []", "no key `pined` here: did you mean `pinned`?"),
            ("module = []", "no key `module` here: did you mean `modules`?"),
            ("operators = [\"Shell\"]", "a name starts with a letter a-z"),
            ("files = [{ name = \"a\", path = \"b\", mode = 1 }]", "no key `mode` here"),
            ("grants = [{ module = \"a\", memory = 1 }]", "no key `memory` here"),
            ("grants = [{ module = \"a\", memory_kb = 1 }]", "did you mean `memory_kib`?"),
            ("max_restarts = \"many\"", "invalid type"),
            ("waiters = 0", "waiters is 0: give 1 to 31"),
            ("grants = [{ module = \"a\", priority = 101 }]", "priority for a is 101: give 1 to 100"),
            ("restart_delay_ms = 1001", "longest_restart_delay_ms is 1000"),
            ("pinned = [\"a\", \"a\"]", "listed twice"),
            (
                "operators = [\"a\", \"b\",\n\"c\", \"d\", \"e\"]",
                "operators: it has 5 entries or more: give 4 at most",
            ),
            ("waiters = 65536", "waiters: invalid value: integer `65536`"),
        ] {
            let wrong = read(&format!("{SMALL}\n{change}"), &[], &[]).unwrap_err();
            assert!(wrong.what.contains(says), "{change}: {wrong:?}");
            assert_eq!(wrong.line, Some(7), "{change}: {wrong:?}");
        }
    }

    #[test]
    fn names_lead_to_files_and_nowhere_else() {
        let root = Path::new("/r");
        assert_eq!(path(root, "default").unwrap(), Path::new("/r/servers/system.toml"));
        assert_eq!(path(root, "bad-elf").unwrap(), Path::new("/r/tests/systems/bad-elf.toml"));
        for name in ["", "../x", "a/b", "a.toml"] {
            assert!(path(root, name).unwrap_err().to_string().contains("no name of a system"));
        }
    }
}
