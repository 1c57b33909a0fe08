//! Reads the tables of the pages in `docs/`, so that tests can compare them with what they are about.

mod errors;
mod manifest;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::scenario::matching;

/// A page of `docs/`.
pub struct Page {
    name: String,
    text: String,
}

impl Page {
    pub fn of_docs(name: &str) -> Page {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
        Page { name: name.to_owned(), text: fs::read_to_string(path).unwrap() }
    }

    /// The rows of the table right after `<!-- KIND: NAME -->`: the cells of each, without the head.
    pub fn rows(&self, kind: &str, name: &str) -> Vec<Vec<&str>> {
        let comment = format!("<!-- {kind}: {name} -->\n");
        let mut parts = self.text.split(&comment).skip(1);
        let (Some(part), None) = (parts.next(), parts.next()) else {
            panic!("{}: the comment `{}` must stand there exactly once", self.name, comment.trim());
        };
        let table = part.lines().take_while(|line| line.starts_with('|')).skip(2);
        table.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
    }

    /// Checks a table of sentences, the first two columns of which are a variant and what it says: each variant has one row
    /// or more, each of its examples says what one of them has, each row is what an example says, and no row has another
    /// variant.
    pub fn check_sentences(&self, of: &str, said: &[(&str, Vec<String>)]) {
        let rows = self.rows("sentences", of);
        let rows: Vec<(&str, &str)> = rows.iter().map(|row| (quoted(row[0]).unwrap(), row[1])).collect();
        let known: BTreeSet<&str> = said.iter().map(|(variant, _)| *variant).collect();
        for (variant, pattern) in &rows {
            assert!(known.contains(variant), "{}: there is no {of}::{variant}", self.name);
            let examples = said.iter().filter(|(known, _)| known == variant).flat_map(|(_, texts)| texts);
            let is_said = examples.into_iter().any(|text| says(pattern, text));
            assert!(is_said, "{}: {of}::{variant} does not say `{pattern}`", self.name);
        }
        for (variant, texts) in said {
            for text in texts {
                let is_there = rows.iter().any(|(row, pattern)| row == variant && says(pattern, text));
                assert!(is_there, "{}: {of}::{variant} says `{text}`, and the page does not", self.name);
            }
        }
    }
}

/// Whether a sentence, with wildcards, is what is said.
pub fn says(pattern: &str, text: &str) -> bool {
    matching::compare(&[pattern.to_owned()], text).is_ok()
}

/// What stands in backticks, where that is all.
pub fn quoted(cell: &str) -> Option<&str> {
    cell.strip_prefix('`')?.strip_suffix('`').filter(|text| !text.contains('`'))
}

/// A number with or without commas.
pub fn number(text: &str) -> Option<u64> {
    text.replace(',', "").parse().ok()
}

/// Bounds that read `LEAST to MOST`.
pub fn from_to(bounds: &str) -> Option<(u64, u64)> {
    let (least, most) = bounds.split_once(" to ")?;
    Some((number(least)?, number(most)?))
}

/// The variants of an error with what examples of each say. A variant that is missing here does not compile.
macro_rules! said {
    ($type:ident { $($variant:ident: $($example:expr),+;)+ }) => {{
        let variant_of = |error: &$type| match error {
            $($type::$variant { .. } => stringify!($variant),)+
        };
        vec![$((stringify!($variant), vec![$({
            let example = $example;
            assert_eq!(variant_of(&example), stringify!($variant), "this is no example of that");
            example.to_string()
        }),+])),+]
    }};
}
pub(crate) use said;
