//! The rows of a bench, for people and for programs.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::goals::{self, Goal};
use crate::arch::Arch;
use crate::console::marks::Bench;

/// One measured cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What was measured.
    pub name: String,
    /// Guest instructions for one operation.
    pub insns: u64,
    /// The raw kernel's for the work below it.
    pub raw: Option<u64>,
}

impl Row {
    /// From the guest's own mark.
    pub fn new(bench: Bench) -> Self {
        Row { name: bench.name, insns: bench.insns, raw: bench.raw }
    }

    /// How many times the raw cost it is.
    pub fn ratio(&self) -> Option<f64> {
        let raw = self.raw.filter(|raw| *raw > 0)?;
        Some(as_float(self.insns) / as_float(raw))
    }
}

/// Counts of instructions are far below 2^53.
#[expect(clippy::as_conversions, reason = "there is no lossless conversion, and none is needed")]
fn as_float(count: u64) -> f64 {
    count as f64
}

/// The table for people.
pub fn shown(arch: Arch, rows: &[Row]) -> String {
    let mut text = format!("{:28} {:>10} {:>10} {:>7}  goal\n", arch.name(), "insns", "raw", "ratio");
    for row in rows {
        let raw = row.raw.map_or("-".to_owned(), |raw| raw.to_string());
        let ratio = row.ratio().map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
        let goal = match goals::goal(&row.name) {
            None => String::new(),
            Some(Goal::Ratio(most)) => format!("at most {most:.2} times raw"),
            Some(Goal::Insns(most)) => format!("at most {most}"),
        };
        let met = if goals::is_met(row) { "" } else { "  MISSED" };
        let _written = writeln!(text, "{:28} {:>10} {raw:>10} {ratio:>7}  {goal}{met}", row.name, row.insns);
    }
    text
}

#[derive(Serialize)]
struct Document<'a> {
    arch: &'a str,
    kernel: &'a str,
    rows: Vec<JsonRow<'a>>,
}

#[derive(Serialize)]
struct JsonRow<'a> {
    name: &'a str,
    insns: u64,
    raw: Option<u64>,
    ratio: Option<f64>,
}

/// The file for programs.
///
/// # Errors
/// Never in practice: all of it can be written as JSON.
pub fn json(arch: Arch, kernel: &str, rows: &[Row]) -> Result<String> {
    let rows = rows.iter().map(|row| JsonRow {
        name: &row.name,
        insns: row.insns,
        raw: row.raw,
        ratio: row.ratio(),
    });
    let document = Document { arch: arch.name(), kernel, rows: rows.collect() };
    let mut text = serde_json::to_string_pretty(&document).context("writing JSON")?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        vec![
            Row { name: "call/words/4".into(), insns: 444, raw: Some(370) },
            Row { name: "cycle/echo".into(), insns: 140_000, raw: None },
        ]
    }

    #[test]
    fn a_missed_goal_is_marked() {
        let text = shown(Arch::Aarch64, &rows());
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].ends_with("1.20  at most 1.10 times raw  MISSED"), "{}", lines[1]);
        assert!(lines[2].ends_with("-  at most 150000"), "{}", lines[2]);
    }

    #[test]
    fn json_has_null_where_there_is_no_raw_cost() {
        let text = json(Arch::X86_64, "5.0.0", &rows()).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            value,
            serde_json::json!({"arch": "x86_64", "kernel": "5.0.0", "rows": [
                {"name": "call/words/4", "insns": 444, "raw": 370, "ratio": 1.2},
                {"name": "cycle/echo", "insns": 140_000, "raw": null, "ratio": null},
            ]})
        );
    }
}
