//! Which file of the macros uses which: those above it in the table of `lib.rs`, and no other.
#![allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it expects")]

use std::fs;
use std::path::Path;

/// What follows `crate::` in a text, each up to what is no part of a name.
fn used(text: &str) -> Vec<String> {
    let names = |part: &str| -> Vec<String> {
        let (list, is_list) = match part.strip_prefix('{') {
            Some(list) => (list.split('}').next().unwrap_or_default(), true),
            None => (part, false),
        };
        let name = |one: &str| one.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if is_list { list.split(',').map(name).collect() } else { vec![name(list)] }
    };
    text.split("crate::").skip(1).flat_map(names).filter(|name| !name.is_empty()).collect()
}

#[test]
fn each_file_uses_only_those_above_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let table = fs::read_to_string(folder.join("lib.rs")).unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("//! | `")).map(|row| row.split('|').next());
    let order: Vec<String> = rows
        .flat_map(|files| files.unwrap_or_default().split(',').map(str::trim))
        .map(|file| file.trim_matches('`').trim_end_matches(".rs").to_owned())
        .collect();
    let mut there: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != "lib")
        .collect();
    there.sort();
    let mut sorted = order.clone();
    sorted.sort();
    assert_eq!(sorted, there, "the table has each file once");
    for (place, name) in order.iter().enumerate() {
        let text = fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap();
        for other in used(&text) {
            let at = order.iter().position(|one| *one == other);
            assert!(at.is_some_and(|at| at < place), "{name}.rs uses {other}, which is not above it");
        }
    }
}
