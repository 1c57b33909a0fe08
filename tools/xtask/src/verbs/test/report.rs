//! Counts what was run, says it as it goes, and sums it up.

use std::time::Duration;

/// How many of the slowest are shown.
const SLOWEST: usize = 10;

/// What one program of tests, or one scenario, came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// How many tests passed in it.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
    /// How many were left out by their own mark.
    pub skipped: usize,
    /// How long it took.
    pub took: Duration,
    /// What there is to say in its line.
    pub note: String,
    /// Told where something failed.
    pub why: String,
}

/// All outcomes so far.
#[derive(Debug, Default)]
pub struct Report {
    outcomes: Vec<Outcome>,
}

impl Report {
    /// Adds one and tells it.
    pub fn add(&mut self, outcome: Outcome) {
        println!("{}", told(&outcome));
        if outcome.failed > 0 {
            for line in outcome.why.lines() {
                println!("      {line}");
            }
        }
        self.outcomes.push(outcome);
    }

    /// True where anything failed.
    pub fn failed(&self) -> bool {
        self.outcomes.iter().any(|outcome| outcome.failed > 0)
    }

    /// Tells the slowest, what failed, and the sum as the last line.
    pub fn finish(&self, left_for_full: usize) {
        let mut slowest: Vec<&Outcome> = self.outcomes.iter().collect();
        slowest.sort_by_key(|outcome| std::cmp::Reverse(outcome.took));
        println!("\nslowest:");
        for outcome in slowest.iter().take(SLOWEST) {
            println!("{:8.1} s  {}", outcome.took.as_secs_f64(), outcome.name);
        }
        let failed: Vec<&Outcome> = self.outcomes.iter().filter(|o| o.failed > 0).collect();
        if !failed.is_empty() {
            println!("\nfailed:");
            for outcome in failed {
                println!("  {}", outcome.name);
            }
        }
        if left_for_full > 0 {
            println!("\n{left_for_full} more run with --full");
        }
        println!("\n{}", self.sum());
    }

    /// The last line.
    fn sum(&self) -> String {
        let count = |of: fn(&Outcome) -> usize| self.outcomes.iter().map(of).sum::<usize>();
        let mut sum = format!("{} passed, {} failed", count(|o| o.passed), count(|o| o.failed));
        let skipped = count(|o| o.skipped);
        if skipped > 0 {
            sum.push_str(&format!(", {skipped} skipped"));
        }
        sum
    }
}

fn told(outcome: &Outcome) -> String {
    let word = match outcome {
        Outcome { failed: 1.., .. } => "FAIL",
        Outcome { passed: 0, skipped: 1.., .. } => "skip",
        _ => "ok",
    };
    let mut line = format!("{word:4}  {}", outcome.name);
    let tests = outcome.passed.saturating_add(outcome.failed).saturating_add(outcome.skipped);
    if tests != 1 {
        line.push_str(&format!(" ({} of {tests})", outcome.passed));
    }
    if !outcome.note.is_empty() {
        line.push_str(&format!(" ({})", outcome.note));
    }
    format!("{line}  {:.1} s", outcome.took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(passed: usize, failed: usize, skipped: usize) -> Outcome {
        Outcome { name: "x".into(), passed, failed, skipped, ..Outcome::default() }
    }

    #[test]
    fn the_sum_names_skipped_tests_only_where_there_are_any() {
        let mut report = Report { outcomes: vec![outcome(3, 0, 0), outcome(1, 0, 0)] };
        assert_eq!(report.sum(), "4 passed, 0 failed");
        assert!(!report.failed());
        report.outcomes.push(outcome(1, 2, 1));
        assert_eq!(report.sum(), "5 passed, 2 failed, 1 skipped");
        assert!(report.failed());
    }

    #[test]
    fn a_program_of_tests_says_how_many_passed() {
        assert_eq!(told(&outcome(1, 0, 0)), "ok    x  0.0 s");
        assert_eq!(told(&outcome(2, 1, 0)), "FAIL  x (2 of 3)  0.0 s");
        assert_eq!(told(&Outcome { note: "y".into(), ..outcome(1, 0, 0) }), "ok    x (y)  0.0 s");
    }
}
