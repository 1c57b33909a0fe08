//! Compares what a command printed with what a transcript expects, and shows where they differ.

use std::fmt::Write as _;

/// Matches any run of characters within a line.
const ANY_TEXT: &str = "[..]";
/// A line of its own that matches any number of lines.
const ANY_LINES: &str = "...";

/// So many of the lines that it has matched are shown before one that is missing.
const SHOWN: usize = 3;

/// Lines that mean that something broke. A wildcard never matches one: a transcript that expects
/// such a line spells the word out.
const ALARMS: [&str; 7] = [
    "<<seL4",
    "Caught cap fault",
    "Caught vm fault",
    "Caught user exception",
    "Caught unknown syscall",
    "fault: module",
    "panicked at",
];

/// One line of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step<'a> {
    Same(&'a str),
    /// Matched by a line that is `...`.
    Passed(&'a str),
    Missing(&'a str),
    Unexpected(&'a str),
}

/// Compares line by line. Blank lines at the end count on neither side.
///
/// # Errors
/// Where they differ: the comparison, expected lines with `-`, unexpected ones with `+`.
pub fn compare(expected: &[String], output: &str) -> Result<(), String> {
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    let lines: Vec<&str> = output.lines().map(str::trim_end).collect();
    let steps = align(without_blank_end(&expected), without_blank_end(&lines));
    let fine = |step: &Step<'_>| matches!(step, Step::Same(_) | Step::Passed(_));
    if steps.iter().all(fine) { Ok(()) } else { Err(shown(&steps)) }
}

fn without_blank_end<'a, 'b>(mut lines: &'a [&'b str]) -> &'a [&'b str] {
    while let [rest @ .., ""] = lines {
        lines = rest;
    }
    lines
}

/// The comparison with the fewest lines missing or unexpected, by dynamic programming from the
/// end: exact where wildcards could match in several ways.
fn align<'a>(expected: &[&'a str], lines: &[&'a str]) -> Vec<Step<'a>> {
    let width = lines.len().saturating_add(1);
    let mut costs = vec![0_u32; expected.len().saturating_add(1).saturating_mul(width)];
    let at = |i: usize, j: usize| i.saturating_mul(width).saturating_add(j);
    let cost = |costs: &[u32], i, j| costs.get(at(i, j)).copied().unwrap_or(u32::MAX);
    for i in (0..=expected.len()).rev() {
        for j in (0..=lines.len()).rev() {
            let best = choices(expected, lines, i, j)
                .map(|(_, price, to_i, to_j)| cost(&costs, to_i, to_j).saturating_add(price))
                .min();
            if let (Some(best), Some(cell)) = (best, costs.get_mut(at(i, j))) {
                *cell = best;
            }
        }
    }
    let mut steps = Vec::new();
    let (mut i, mut j) = (0, 0);
    // Among equals the first choice: a match before a difference, missing before unexpected.
    while let Some((step, _, to_i, to_j)) = choices(expected, lines, i, j)
        .min_by_key(|(_, price, to_i, to_j)| cost(&costs, *to_i, *to_j).saturating_add(*price))
    {
        steps.extend(step);
        (i, j) = (to_i, to_j);
    }
    steps
}

/// A step to show (if any), what it costs, and where it leads.
type Choice<'a> = (Option<Step<'a>>, u32, usize, usize);

fn choices<'a>(
    expected: &[&'a str],
    lines: &[&'a str],
    i: usize,
    j: usize,
) -> impl Iterator<Item = Choice<'a>> {
    let pattern = expected.get(i).copied();
    let line = lines.get(j).copied();
    let (next_i, next_j) = (i.saturating_add(1), j.saturating_add(1));
    let mut found = [const { None }; 3];
    let [first, second, third] = &mut found;
    match (pattern, line) {
        (Some(ANY_LINES), line) => {
            *first = Some((None, 0, next_i, j));
            *second = line
                .filter(|line| alarm(line).is_none())
                .map(|line| (Some(Step::Passed(line)), 0, i, next_j));
        }
        (Some(pattern), Some(line)) if line_matches(pattern, line) => {
            *first = Some((Some(Step::Same(line)), 0, next_i, next_j));
        }
        _ => {}
    }
    // A difference is always possible, so that every comparison comes to an end.
    if let Some(pattern) = pattern.filter(|pattern| *pattern != ANY_LINES) {
        *second = Some((Some(Step::Missing(pattern)), 1, next_i, j));
    }
    if let Some(line) = line {
        *third = Some((Some(Step::Unexpected(line)), 1, i, next_j));
    }
    found.into_iter().flatten()
}

fn alarm(line: &str) -> Option<&'static str> {
    ALARMS.into_iter().find(|alarm| line.contains(alarm))
}

fn line_matches(pattern: &str, line: &str) -> bool {
    if alarm(line).is_some_and(|alarm| !pattern.contains(alarm)) {
        return false;
    }
    let mut parts = pattern.split(ANY_TEXT);
    let Some(rest) = parts.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let mut rest = rest;
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        // The leftmost place leaves the most for the parts that follow.
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

fn shown(steps: &[Step<'_>]) -> String {
    let mut text = String::new();
    let mut passed = Vec::new();
    for step in steps {
        if let Step::Passed(line) = step {
            passed.push(*line);
            continue;
        }
        // Where a line is missing, what came instead can be among those.
        tell_passed(&mut text, &passed, matches!(step, Step::Missing(_)));
        passed.clear();
        let _told = match step {
            Step::Passed(_) => Ok(()),
            Step::Same(line) => writeln!(text, "    {line}"),
            Step::Missing(line) => writeln!(text, "  - {line}"),
            Step::Unexpected(line) => writeln!(text, "  + {line}"),
        };
    }
    tell_passed(&mut text, &passed, false);
    text
}

/// Says how many lines a `...` has matched, and which were the last.
fn tell_passed(text: &mut String, passed: &[&str], with_the_last: bool) {
    if passed.is_empty() {
        return;
    }
    let last = if with_the_last { passed.len().saturating_sub(SHOWN) } else { passed.len() };
    let (count, last) = (passed.len(), passed.get(last..).unwrap_or_default());
    let _told = match last.len() {
        0 => writeln!(text, "    ... ({count} lines)"),
        _ => writeln!(text, "    ... ({count} lines, which end with)"),
    };
    for line in last {
        let _told = writeln!(text, "  . {line}");
    }
}

#[cfg(test)]
#[path = "matching_tests.rs"]
mod tests;
