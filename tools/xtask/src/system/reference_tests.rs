//! What `docs/manifest.md` says of the system's manifest is what the reader of such a file does: its tables have every key,
//! and each default and bound is tried.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "a test stops at the first thing that is not as it expects"
)]

use root_task_core::allowance::Allowance;
use root_task_core::system::Rights;
use serde::de::{Deserializer, Error as _, Visitor, value::Error};
use serde::forward_to_deserialize_any;

use super::*;
use crate::pages::{Page, from_to, number, quoted};

/// Asks a type which keys it has.
struct Keys<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Keys<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("it has no keys"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        keys: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        *self.0 = keys;
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

fn keys_of<T: DeserializeOwned>() -> Vec<&'static str> {
    let mut keys: &[&str] = &[];
    assert!(T::deserialize(Keys(&mut keys)).is_err() && !keys.is_empty(), "a type without keys");
    keys.to_vec()
}

#[test]
fn the_reference_has_every_key_of_a_systems_manifest_with_its_default_and_bounds() {
    let page = Page::of_docs("manifest.md");
    for (table, mut in_code) in [
        ("Contents", keys_of::<Contents>()),
        ("Copies", keys_of::<Copies>()),
        ("RawFile", keys_of::<RawFile>()),
        ("SystemManifest", keys_of::<SystemManifest>()),
        ("BootArgs", keys_of::<BootArgs>()),
        ("Allowance", keys_of::<Allowance>()),
        ("Rights", keys_of::<Rights>()),
    ] {
        let rows = page.rows("table", table);
        let mut on_page: Vec<&str> = rows.iter().map(|row| quoted(row[0]).unwrap()).collect();
        on_page.sort_unstable();
        in_code.sort_unstable();
        assert_eq!(on_page, in_code, "{table}: the keys on the page, and those that there are");
        for row in rows {
            check(&Key { table, key: quoted(row[0]).unwrap() }, row[1], row[2]);
        }
    }
    assert_eq!(OF_THE_IMAGE.to_vec(), keys_of::<Contents>());
}

#[test]
fn the_reference_has_what_a_package_elsewhere_can_ask_for() {
    let rows = Page::of_docs("manifest.md");
    let rows = rows.rows("table", "Asks");
    let devices = rows.iter().map(|row| quoted(row[0]).unwrap());
    let grants = keys_of::<Allowance>().into_iter().filter(|key| *key != "module");
    assert_eq!(devices.chain(grants).collect::<Vec<_>>(), asks::KEYS);
    for row in &rows {
        assert_eq!(quoted(row[1]), Some("false"), "nothing is asked for where nothing is said");
        assert_eq!(row[2], "`false`, `true`");
    }
}

/// A key of a table.
struct Key<'a> {
    table: &'a str,
    key: &'a str,
}

/// Sixteen entries of `boot`, the first the name server.
fn boot() -> String {
    let names: Vec<String> = (0..16).map(|n| format!("\"n{n}\"")).collect();
    format!("[{}]", names.join(", "))
}

impl Key<'_> {
    /// Reads a whole file in which this key has a value, or is not there.
    fn read(&self, value: Option<&str>) -> Result<System, Wrong> {
        self.read_beside(value, false)
    }

    /// The same, where other keys that bound it can be out of the way.
    fn read_beside(&self, value: Option<&str>, out_of_the_way: bool) -> Result<System, Wrong> {
        let no_limit = u32::MAX.to_string();
        let mut top = vec![
            ("modules", "[]".to_owned()),
            ("name_server", "\"n0\"".to_owned()),
            ("console", "\"n0\"".to_owned()),
            ("boot", boot()),
        ];
        match self.key {
            "restart_delay_ms" if out_of_the_way => {
                top.extend(
                    ["longest_restart_delay_ms", "restart_window_ms"].map(|key| (key, no_limit.clone())),
                );
            }
            "longest_restart_delay_ms" | "restart_window_ms" if out_of_the_way => {
                top.push(("restart_delay_ms", "0".to_owned()));
            }
            _ => {}
        }
        let (list, others): (_, &[(&str, &str)]) = match self.table {
            "Contents" | "SystemManifest" => {
                top.retain(|(key, _)| *key != self.key);
                top.extend(value.map(|value| (self.key, value.to_owned())));
                ("", &[])
            }
            "Copies" => ("copies", &[("of", "\"n\""), ("names", "[]")]),
            "RawFile" => ("files", &[("name", "\"n\""), ("path", "\"p\"")]),
            "BootArgs" => ("args", &[("module", "\"n1\""), ("text", "\"\"")]),
            "Allowance" => ("grants", &[("module", "\"n1\"")]),
            "Rights" => ("rights", &[("module", "\"n1\"")]),
            other => panic!("no table {other}"),
        };
        if !list.is_empty() {
            let own = value.map(|value| (self.key, value));
            let entry = others.iter().copied().filter(|(key, _)| *key != self.key).chain(own);
            let entry: Vec<String> = entry.map(|(key, value)| format!("{key} = {value}")).collect();
            top.push((list, format!("[{{ {} }}]", entry.join(", "))));
        }
        let text: String = top.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
        read(&text, &[], &[])
    }

    fn assert(&self, value: &str, is_taken: bool) {
        let read = self.read_beside(Some(value), true);
        let Key { table, key } = self;
        assert_eq!(read.is_ok(), is_taken, "{table}: {key} = {value}: {:?}", read.err());
    }

    /// A list of so many entries.
    fn list(&self, count: u64) -> String {
        let entries: Vec<String> = (0..count)
            .map(|n| match self.key {
                "args" => format!("{{ module = \"n{n}\", text = \"\" }}"),
                "grants" | "rights" => format!("{{ module = \"n{n}\" }}"),
                _ => format!("\"n{n}\""),
            })
            .collect();
        format!("[{}]", entries.join(", "))
    }
}

/// Asserts that a row of a table says what is so.
fn check(key: &Key<'_>, default: &str, bounds: &str) {
    let Key { table, key: name } = key;
    let without = key.read(None);
    let number_of = |text| number(text).map(|number| number.to_string());
    let value = quoted(default).filter(|text| !text.starts_with("default_")).map(str::to_owned);
    match value.or_else(|| number_of(default)) {
        Some(value) => {
            assert_eq!(without.unwrap(), key.read(Some(&value)).unwrap(), "{table}: the default of {name}");
        }
        None if default == "required" => {
            assert!(without.unwrap_err().what.contains("missing field"), "{table}: {name} can be left out");
        }
        None => {
            assert!(
                without.is_ok() && from_to(bounds).is_none(),
                "{table}: the default of {name} is a value"
            );
        }
    }
    if let Some((least, most)) = from_to(bounds) {
        for (value, is_taken) in
            [(least.checked_sub(1), false), (Some(least), true), (Some(most), true), (Some(most + 1), false)]
        {
            key.assert(&value.map_or("-1".to_owned(), |value| value.to_string()), is_taken);
        }
        return;
    }
    let most = |unit: &str| {
        let (_, count) = bounds.strip_suffix(unit)?.rsplit_once("at most ")?;
        number(count)
    };
    if let Some(most) = most(" entries") {
        key.assert(&key.list(most), true);
        key.assert(&key.list(most + 1), false);
        key.assert("\"any\"", bounds.starts_with("`\"any\"`"));
    } else if let Some(most) = most(" bytes").and_then(|most| usize::try_from(most).ok()) {
        key.assert(&format!("\"{}\"", "a".repeat(most)), true);
        key.assert(&format!("\"{}\"", "a".repeat(most + 1)), false);
    } else if bounds.starts_with('`') {
        for value in bounds.split(", ") {
            key.assert(quoted(value).unwrap(), true);
        }
        key.assert("\"something-else\"", false);
    } else {
        match bounds {
            "any number" => key.assert(&key.list(0), true),
            "a text" => key.assert("\"Any Text\"", true),
            "a name" => key.assert("\"Any Text\"", false),
            other => panic!("{table}: no bounds of {name}: {other}"),
        }
    }
}
