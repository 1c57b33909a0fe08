//! Which command a mistyped one was meant to be.

use crate::help::{HELP, first};

/// How many single-letter changes turn one word into the other, at most `limit` + 1.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    match (a.as_bytes(), b.as_bytes()) {
        ([], rest) | (rest, []) => rest.len(),
        ([x, ..], [y, ..]) if x == y => {
            distance(a.get(1..).unwrap_or_default(), b.get(1..).unwrap_or_default(), limit)
        }
        _ if limit == 0 => 1,
        _ => {
            let (a1, b1) = (a.get(1..).unwrap_or_default(), b.get(1..).unwrap_or_default());
            let rest = [(a1, b1), (a1, b), (a, b1)].map(|(a, b)| distance(a, b, limit.saturating_sub(1)));
            rest.into_iter().min().unwrap_or(limit).saturating_add(1)
        }
    }
}

/// The command that a mistyped one was meant to be, if one is near.
pub fn nearest(word: &str) -> Option<&'static str> {
    let commands = HELP.iter().map(|(usage, _)| first(usage));
    let near = commands.map(|command| (distance(word, command, 2), command)).filter(|(d, _)| *d <= 2);
    near.min_by_key(|(d, _)| *d).map(|(_, command)| command)
}
