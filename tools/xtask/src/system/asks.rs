//! What a package elsewhere asks the system to grant its module: the table `[package.metadata.escrow]` of its Cargo.toml.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use ipc_proto::name::Name;
use root_task_core::allowance::Allowance;
use root_task_core::system::{MAX_GRANTS, SystemError, SystemManifest};
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::typed;
use crate::wrong::Wrong;

/// The table that asks, of a Cargo.toml.
const TABLE: [&str; 3] = ["package", "metadata", "escrow"];
/// What it can have: the clock, and each key of a system's `grants` but the module, which is the package's own.
pub(super) const KEYS: [&str; 15] = [
    "clock",
    "memory_kib",
    "connections",
    "priority",
    "locker_slots",
    "shortest_deadline",
    "names",
    "clients",
    "window_kib",
    "messages",
    "log_bytes",
    "wait_ms",
    "init_ms",
    "hang",
    "on_loss",
];

/// Its key that asks for nothing: what `test --module` gives the package's programs when it loads them.
pub const TEST_ARGS: &str = "test_args";

/// How the clock is asked for.
const CLOCK: &str = "clock = true";

/// What the module of a package asks for: the program that is called as the package is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asks {
    /// The package's Cargo.toml.
    file: PathBuf,
    module: Name,
    clock: bool,
    grant: Option<Allowance>,
    /// The keys and their values as they are written, without those that ask for nothing.
    pub words: String,
    /// Those of them that are a system's `grants`.
    in_grant: String,
}

/// The keys that are no system's `grants`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Devices {
    #[serde(default)]
    clock: bool,
}

/// That key alone: programs, and what stands behind their names where they are loaded.
#[derive(Default, Deserialize)]
struct TestArgs {
    #[serde(default)]
    test_args: BTreeMap<String, String>,
}

/// What `test --module` gives the programs of the package with this Cargo.toml when it loads them.
///
/// # Errors
/// Where the file cannot be read, or has what is no line of arguments; the message names the file and the line.
pub fn test_args(file: &Path) -> Result<BTreeMap<String, String>> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    read_test_args(&text).map_err(|wrong| wrong.within(file))
}

fn read_test_args(text: &str) -> Result<BTreeMap<String, String>, Wrong> {
    let table = DeTable::parse(text).map_err(|error| Wrong::toml(text, &error, &[]))?;
    let Some(asked) = taken(table, &TABLE) else { return Ok(BTreeMap::new()) };
    let span = asked.span();
    let DeValue::Table(asked) = asked.into_inner() else { return Ok(BTreeMap::new()) };
    let (given, _): (DeTable<'_>, DeTable<'_>) =
        asked.into_iter().partition(|(key, _)| key.get_ref() == TEST_ARGS);
    let at = given.values().next().map_or(span.clone(), Spanned::span);
    let TestArgs { test_args } = typed(text, Spanned::new(span, given), &[])?;
    // What follows a line's end would be a command of its own.
    let is_line = |args: &String| !args.trim().is_empty() && !args.contains(char::is_control);
    if let Some((name, _)) = test_args.iter().find(|(_, args)| !is_line(args)) {
        let what =
            format!("{TEST_ARGS} of `{name}` is no line of arguments: give what stands behind `load {name}`");
        return Err(Wrong::span(text, &at, what));
    }
    Ok(test_args)
}

/// What the package with this Cargo.toml asks for that program of its, if it asks for anything.
///
/// # Errors
/// Where the file cannot be read, or has a key that there is not, or a value that no system can grant; the message names the
/// file and the line.
pub fn of(file: &Path, program: &str) -> Result<Option<Asks>> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    read(file, &text, program).map_err(|wrong| wrong.within(file))
}

/// Whether that Cargo.toml is a workspace's that has no package of its own: its members' files say what they ask for.
///
/// # Errors
/// Where the file cannot be read, or is no TOML; the message names it, and the line.
pub fn has_members(file: &Path) -> Result<bool> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let table = DeTable::parse(&text).map_err(|error| Wrong::toml(&text, &error, &[]).within(file))?;
    let has = |key: &str| table.get_ref().contains_key(key);
    Ok(has("workspace") && !has("package"))
}

fn read(file: &Path, text: &str, program: &str) -> Result<Option<Asks>, Wrong> {
    let table = DeTable::parse(text).map_err(|error| Wrong::toml(text, &error, &[]))?;
    let package = table.get_ref().get("package").and_then(|package| package.get_ref().as_table());
    let is_its = package.and_then(|package| package.get("name")?.get_ref().as_str()) == Some(program);
    let Some(asked) = is_its.then(|| taken(table, &TABLE)).flatten() else { return Ok(None) };
    let span = asked.span();
    let DeValue::Table(mut asked) = asked.into_inner() else {
        return Err(Wrong::span(text, &span, "`escrow` is a table: [package.metadata.escrow]"));
    };
    asked.remove(TEST_ARGS);
    if let Some((key, _)) = asked.iter().find(|(key, _)| !KEYS.contains(&key.get_ref().as_ref())) {
        let keys = [&KEYS[..], &[TEST_ARGS]].concat();
        return Err(Wrong::no_key(text, &key.span(), key.get_ref(), &keys));
    }
    let written = |value: &Spanned<DeValue<'_>>| text.get(value.span()).unwrap_or_default().to_owned();
    let keys: Vec<_> = asked.iter().map(|(key, value)| (key.get_ref().to_string(), value.span())).collect();
    let words = asked.iter().map(|(key, value)| format!("{} = {}", key.get_ref(), written(value)));
    let words: Vec<String> = words.filter(|word| word != "clock = false").collect();
    let in_grant: Vec<&str> = words.iter().map(String::as_str).filter(|word| *word != CLOCK).collect();
    let (in_grant, words) = (in_grant.join(", "), words.join(", "));
    let of_name = |error| Wrong::span(text, &span, format!("`{program}` is no name of a module: {error}"));
    let module = Name::new(program).map_err(of_name)?;
    let (devices, mut grant): (DeTable<'_>, DeTable<'_>) =
        asked.into_iter().partition(|(key, _)| key.get_ref() == "clock");
    let Devices { clock } = typed(text, Spanned::new(span.clone(), devices), &[])?;
    let grant = match grant.is_empty() {
        true => None,
        false => {
            let name = DeValue::String(program.to_owned().into());
            grant.insert(Spanned::new(span.clone(), "module".into()), Spanned::new(span.clone(), name));
            let grant: Allowance = typed(text, Spanned::new(span.clone(), grant), &[])?;
            grant.check_numbers().map_err(|error| {
                let key = if let SystemError::Number { key, .. } = &error { key } else { "" };
                let at = keys.iter().find(|(known, _)| known == key).map_or(&span, |(_, span)| span);
                Wrong::span(text, at, error.to_string())
            })?;
            Some(grant)
        }
    };
    let asks = Asks { file: file.to_owned(), module, clock, grant, words, in_grant };
    Ok((asks.clock || asks.grant.is_some()).then_some(asks))
}

/// The value at the end of this way.
fn taken<'a>(table: Spanned<DeTable<'a>>, way: &[&str]) -> Option<Spanned<DeValue<'a>>> {
    let (first, rest) = way.split_first()?;
    let value = table.into_inner().remove(*first)?;
    let span = value.span();
    match (rest, value.into_inner()) {
        ([], value) => Some(Spanned::new(span, value)),
        (rest, DeValue::Table(table)) => taken(Spanned::new(span, table), rest),
        _ => None,
    }
}

impl Asks {
    /// Whose asks they are.
    pub fn module(&self) -> &str {
        self.module.as_str()
    }

    /// Has the system grant it, after `given` has been granted. What its own manifest grants the module holds, and is not
    /// added to but for the clock. Gives the sentence that tells the person what was granted, and what was not.
    ///
    /// # Errors
    /// Which key of the system is in the way, if one is, and why: somebody else has the clock, there is no room for another
    /// grant, or another package asks for a module of the same name.
    pub fn grant(&self, to: &mut SystemManifest, given: &[Asks]) -> Result<String, (&'static str, String)> {
        let Asks { file, module, words, in_grant, .. } = self;
        let file = file.display();
        if let Some(other) = given.iter().find(|asks| asks.module == *module) {
            let other = other.file.display();
            let what = format!("{other} and {file} both ask for a module {module}: leave one of them out");
            return Err(("", what));
        }
        if self.clock {
            match to.clock {
                Some(other) if other != *module => {
                    let who = match given.iter().find(|asks| asks.clock && asks.module == other) {
                        Some(asks) => format!("{other} asks for it, too ({})", asks.file.display()),
                        None => format!("the system grants it to {other}"),
                    };
                    let what =
                        format!("{module} asks for the clock ({file}), and {who}: one module can have it");
                    return Err(("clock", what));
                }
                _ if to.console == *module => {
                    return Err((
                        "console",
                        format!(
                            "{module} asks for the clock ({file}), and has the console: a module has one device"
                        ),
                    ));
                }
                _ => to.clock = Some(*module),
            }
        }
        let Some(grant) = &self.grant else {
            return Ok(format!("{module} is granted {words}: {file} asks for it"));
        };
        if to.grants.iter().any(|own| own.module == *module) {
            let held = format!("{in_grant}: the system's own grant for it holds");
            return Ok(match self.clock {
                true => format!("{module} is granted {CLOCK}: {file} asks for it; it is not granted {held}"),
                false => format!("{module} is not granted what {file} asks for, {held}"),
            });
        }
        let full = |_| {
            (
                "grants",
                format!("{module} asks for {words} ({file}), and a system has {MAX_GRANTS} grants at most"),
            )
        };
        to.grants.push(grant.clone()).map_err(full)?;
        Ok(format!("{module} is granted {words}: {file} asks for it"))
    }
}

#[cfg(test)]
#[path = "asks_tests.rs"]
mod tests;
