//! Whatever is written in a system's file, it is refused with a sentence and its line, or the root task reads what was
//! meant. The files are those of the repository, with mistakes.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "a test stops at the first thing that is not as it expects"
)]

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;

/// The default system and those of the tests, as their files have them.
fn files() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = vec![root.join("servers/system.toml")];
    let others = fs::read_dir(root.join("tests/systems")).unwrap().map(|entry| entry.unwrap().path());
    paths.extend(others.filter(|path| path.extension().is_some_and(|extension| extension == "toml")));
    paths.sort();
    assert!(paths.len() > 5, "{paths:?}");
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// A mistake, at some place of the text.
#[derive(Clone, Debug)]
enum Mistake {
    Character(char),
    /// So many characters are missing.
    Missing(usize),
    /// A line stands somewhere else, too.
    Line(Index),
    Text(String),
}

fn mistake() -> impl Strategy<Value = Mistake> {
    let texts = [
        "[",
        "]",
        "{",
        "}",
        "\"",
        "#",
        "=",
        "\n",
        "\\u0000",
        "'''",
        "-1",
        "1e9",
        "99999999999",
        "boot = []\n",
    ];
    prop_oneof![
        2 => any::<char>().prop_map(Mistake::Character),
        2 => (1_usize..20).prop_map(Mistake::Missing),
        2 => any::<Index>().prop_map(Mistake::Line),
        3 => select(texts.to_vec()).prop_map(|text| Mistake::Text(text.to_owned())),
    ]
}

fn with_mistakes(text: &str, mistakes: &[(Index, Mistake)]) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for (at, mistake) in mistakes {
        let at = at.index(text.len() + 1);
        match mistake {
            Mistake::Character(character) => text.insert(at, *character),
            Mistake::Missing(count) => drop(text.drain(at..(at + count).min(text.len()))),
            Mistake::Text(new) => drop(text.splice(at..at, new.chars())),
            Mistake::Line(which) => {
                let lines: Vec<Vec<char>> =
                    text.split_inclusive(|c| *c == '\n').map(<[char]>::to_vec).collect();
                if let Some(line) = lines.get(which.index(lines.len().max(1))).cloned() {
                    text.splice(at..at, line);
                }
            }
        }
    }
    text.into_iter().collect()
}

/// Keys of the top level stand before the first table, and not within a value.
fn is_at_the_top(before: &str) -> bool {
    let is_table = |line: &str| line.trim_start().starts_with('[');
    DeTable::parse(before).is_ok() && !before.lines().any(is_table)
}

proptest! {
    #[test]
    fn mistakes_are_told_and_never_taken_for_something_else(
        text in select(files()),
        mistakes in prop::collection::vec((any::<Index>(), mistake()), 0..4),
    ) {
        let text = with_mistakes(&text, &mistakes);
        match read(&text, &[], &[]) {
            Ok(system) => {
                let manifest = SystemManifest::decode(&system.encoded);
                let manifest = manifest.map_err(|error| TestCaseError::fail(error.to_string()))?;
                let mut buffer = [0; MAX_ENCODED];
                prop_assert_eq!(manifest.encode(&mut buffer).unwrap(), &system.encoded);
            }
            Err(wrong) => {
                prop_assert!(!mistakes.is_empty(), "{wrong:?}");
                prop_assert!(!wrong.what.is_empty());
                let lines = text.lines().count() + 1;
                prop_assert!(wrong.line.is_none_or(|line| (1..=lines).contains(&line)), "{wrong:?} of {lines}");
            }
        }
    }

    #[test]
    fn a_key_that_there_is_not_is_told_with_its_line(text in select(files()), at in any::<Index>(), key in "[a-z_]{1,14}x") {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let at = at.index(lines.len());
        let (before, after) = (lines[..at].concat(), lines[at..].concat());
        prop_assume!(is_at_the_top(&before));
        let wrong = read(&format!("{before}{key} = 1\n{after}"), &[], &[]).unwrap_err();
        prop_assert_eq!(wrong.line, Some(at + 1), "{:?}", wrong);
        let told = format!("`{key}`");
        prop_assert!(wrong.what.contains(&told), "{:?}", wrong);
    }
}
