//! What the costs should be, and what the raw kernel's were when the project began.

use super::table::Row;
use crate::arch::Arch;

/// What a row should be at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// So many times the raw kernel's cost.
    Ratio(f64),
    /// So many instructions.
    Insns(u64),
}

/// The rows that every run must have, with the goal of each.
const GOALS: [(&str, Goal); 8] = [
    ("call/raw/0", Goal::Ratio(1.0)),
    ("call/words/4", Goal::Ratio(1.10)),
    // Beside the same call without: the price of a deadline for each call.
    ("call/deadline", Goal::Ratio(1.02)),
    // A page from server to client: two copies of 512 words, a call, and the server's question where the window is.
    ("bulk/page", Goal::Insns(8_000)),
    // Two requests and two answers, and the name server's table.
    ("lookup", Goal::Insns(8_000)),
    // An operator's `examine` of a server that waits for calls, the request and the answer with it.
    ("examine/idle", Goal::Insns(25_000)),
    ("cycle/echo", Goal::Insns(150_000)),
    ("unload/caps/1000", Goal::Ratio(1.20)),
];

/// Raw costs: QEMU 7.2, kernel at -O2 with the fastpath.
const BASELINES: [(&str, Arch, u64); 4] = [
    // Without a message: each word that is passed costs the fastpath a few instructions more, both ways.
    ("call/raw/0", Arch::Aarch64, 370),
    ("call/raw/0", Arch::X86_64, 387),
    ("unload/caps/1000", Arch::Aarch64, 199_000),
    ("unload/caps/1000", Arch::X86_64, 257_000),
];

/// The goal of a row, `None` for one that has none.
pub fn goal(name: &str) -> Option<Goal> {
    GOALS.iter().find(|(of, _)| *of == name).map(|(_, goal)| *goal)
}

/// True where the row is within its goal, or has none.
pub fn is_met(row: &Row) -> bool {
    match goal(&row.name) {
        None => true,
        Some(Goal::Insns(most)) => row.insns <= most,
        Some(Goal::Ratio(most)) => row.ratio().is_some_and(|ratio| ratio <= most),
    }
}

/// What makes the run fail: missing rows, raw rows more than 3 % above their baseline, and missed goals.
pub fn wrong(arch: Arch, rows: &[Row]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, _) in GOALS {
        if !rows.iter().any(|row| row.name == name) {
            wrong.push(format!("the row {name} is missing"));
        }
    }
    for (name, of, baseline) in BASELINES {
        let raw = rows.iter().find(|row| row.name == name && of == arch);
        let Some(raw) = raw.map(|row| row.raw) else { continue };
        match raw {
            None => wrong.push(format!("{name} has no raw row to stand beside")),
            Some(raw) if raw.saturating_mul(100) > baseline.saturating_mul(103) => wrong.push(format!(
                "the raw cost of {name} is {raw}, more than 3 % above the baseline of {baseline}"
            )),
            Some(_) => {}
        }
    }
    for row in rows.iter().filter(|row| !is_met(row)) {
        wrong.push(format!("{} misses its goal: it costs {} instructions", row.name, row.insns));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::marks::Bench;

    fn row(name: &str, insns: u64, raw: Option<u64>) -> Row {
        Row::new(Bench { name: name.into(), insns, raw })
    }

    fn good() -> Vec<Row> {
        vec![
            row("call/raw/0", 381, Some(381)),
            row("call/words/4", 407, Some(381)),
            row("call/deadline", 407, Some(402)),
            row("bulk/page", 8_000, None),
            row("lookup", 8_000, None),
            row("examine/idle", 25_000, None),
            row("cycle/echo", 150_000, None),
            row("unload/caps/1000", 230_000, Some(199_000)),
        ]
    }

    #[test]
    fn three_percent_are_allowed_and_no_more() {
        assert_eq!(wrong(Arch::Aarch64, &good()), [""; 0]);
        let mut rows = good();
        rows[0] = row("call/raw/0", 382, Some(382));
        assert_eq!(
            wrong(Arch::Aarch64, &rows),
            ["the raw cost of call/raw/0 is 382, more than 3 % above the baseline of 370"]
        );
        assert!(wrong(Arch::X86_64, &rows).is_empty());
    }

    #[test]
    fn a_missed_goal_fails() {
        let mut rows = good();
        rows[6].insns = 150_001;
        assert_eq!(wrong(Arch::Aarch64, &rows), ["cycle/echo misses its goal: it costs 150001 instructions"]);
    }

    #[test]
    fn missing_rows_fail() {
        let mut rows = good();
        rows.remove(6);
        rows[0].raw = None;
        assert_eq!(
            wrong(Arch::Aarch64, &rows),
            [
                "the row cycle/echo is missing",
                "call/raw/0 has no raw row to stand beside",
                "call/raw/0 misses its goal: it costs 381 instructions",
            ]
        );
    }

    #[test]
    fn goals_are_upper_bounds() {
        assert!(good().iter().all(is_met));
        assert!(!is_met(&row("call/words/4", 411, Some(370))));
        assert!(!is_met(&row("call/words/4", 1, None)));
        assert!(!is_met(&row("cycle/echo", 150_001, None)));
        assert!(is_met(&row("other", 1, None)));
    }
}
