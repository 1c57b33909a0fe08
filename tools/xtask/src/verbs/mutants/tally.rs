//! Judges what a mutant's test came to, tells it, and sums up.

use std::time::Duration;

use super::list::Mutant;
use super::timed::Ran;

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Its test went red, as it must.
    Killed,
    /// Its test did not end in its time, which is red as well.
    TimedOut,
    /// Its test stayed green: nothing notices that the invariant is broken.
    Survived,
    /// It shows nothing, and why.
    Useless(String),
}

/// How a run of tests of the host is judged.
pub fn host(ran: &Ran) -> Verdict {
    match ran.status {
        None => Verdict::TimedOut,
        Some(status) if status.success() => Verdict::Survived,
        Some(_) => Verdict::Killed,
    }
}

/// How a run of `./escrow test NAME` is judged. It is red only where it comes to its sum, and that has a failure:
/// it also fails where something does not compile.
pub fn scenario(ran: &Ran) -> Verdict {
    if ran.status.is_none() {
        return Verdict::TimedOut;
    }
    match sum(&ran.stdout) {
        Some((_, 1..)) => Verdict::Killed,
        Some((1.., 0)) if ran.succeeded() => Verdict::Survived,
        _ => Verdict::Useless(format!("the test did not come to its end:\n{}", ran.stderr.trim_end())),
    }
}

/// The last line of `./escrow test`: how many passed and failed.
fn sum(said: &str) -> Option<(usize, usize)> {
    let (passed, rest) = said.lines().last()?.split_once(" passed, ")?;
    let (failed, _) = rest.split_once(" failed")?;
    Some((passed.parse().ok()?, failed.parse().ok()?))
}

/// All verdicts so far.
#[derive(Debug, Default)]
pub struct Tally {
    killed: usize,
    survived: usize,
    useless: usize,
}

impl Tally {
    /// Adds a mutant and tells it.
    pub fn add(&mut self, mutant: &Mutant, verdict: &Verdict, took: Duration) {
        println!("{}", told(mutant, verdict, took));
        let counter = match verdict {
            Verdict::Killed | Verdict::TimedOut => &mut self.killed,
            Verdict::Survived => &mut self.survived,
            Verdict::Useless(_) => &mut self.useless,
        };
        *counter = counter.saturating_add(1);
    }

    /// True where every mutant was killed.
    pub fn is_clean(&self) -> bool {
        self.survived == 0 && self.useless == 0
    }

    /// The last line.
    pub fn sum(&self, left_for_full: usize) -> String {
        let mut sum = format!("{} killed, {} survived", self.killed, self.survived);
        if self.useless > 0 {
            sum.push_str(&format!(", {} in error", self.useless));
        }
        if left_for_full > 0 {
            sum.push_str(&format!(", {left_for_full} behind --full"));
        }
        sum
    }
}

fn told(mutant: &Mutant, verdict: &Verdict, took: Duration) -> String {
    let Mutant { name, file, find, replace, why, .. } = mutant;
    let (test, took) = (mutant.test.name(), format!("{:.1} s", took.as_secs_f64()));
    match verdict {
        Verdict::Killed => format!("killed    {name} by {test}  {took}"),
        Verdict::TimedOut => format!("killed    {name} by {test}, which timed out  {took}"),
        Verdict::Survived => {
            let change = indented(&format!("{file}\n- {}\n+ {}", find.trim(), replace.trim()));
            let what = "write a test that goes red by it, or name the one that does";
            format!("SURVIVED  {name}: {test} stays green  {took}\n{change}\n      {why} Now {what}.")
        }
        Verdict::Useless(reason) => format!("ERROR     {name}  {took}\n{}", indented(reason)),
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("      {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::mutants::list::Test;
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::ExitStatus;

    /// A program that ended with this wait status (`None`: its time was over).
    fn ran(raw: Option<i32>, stdout: &str) -> Ran {
        let status = raw.map(ExitStatus::from_raw);
        Ran { status, stdout: stdout.into(), stderr: "error[E0308]".into() }
    }

    #[test]
    fn a_host_test_is_red_however_its_program_fails() {
        assert_eq!(host(&ran(Some(0), "")), Verdict::Survived);
        assert_eq!(host(&ran(Some(101 << 8), "")), Verdict::Killed);
        assert_eq!(host(&ran(Some(6), "")), Verdict::Killed, "aborted by a signal");
        assert_eq!(host(&ran(None, "")), Verdict::TimedOut);
    }

    #[test]
    fn a_scenario_is_red_only_by_its_sum() {
        assert_eq!(scenario(&ran(Some(256), "FAIL x\n\n0 passed, 1 failed\n")), Verdict::Killed);
        assert_eq!(scenario(&ran(Some(0), "ok x\n\n1 passed, 0 failed\n")), Verdict::Survived);
        assert_eq!(scenario(&ran(None, "")), Verdict::TimedOut);
        for (status, stdout) in [(256, ""), (0, "0 passed, 0 failed\n"), (256, "1 passed, 0 failed\n")] {
            let Verdict::Useless(why) = scenario(&ran(Some(status), stdout)) else { panic!("{stdout}") };
            assert!(why.contains("E0308"), "{why}");
        }
    }

    #[test]
    fn every_mutant_is_told_and_counted() {
        let mutant = Mutant {
            name: "1-one/a".into(),
            file: "x.rs".into(),
            find: "one".into(),
            replace: "two".into(),
            why: "It breaks.".into(),
            test: Test::Scenario("life/x86_64".into()),
        };
        let told = |verdict| told(&mutant, &verdict, Duration::from_millis(3100));
        assert_eq!(told(Verdict::Killed), "killed    1-one/a by life/x86_64  3.1 s");
        assert!(told(Verdict::TimedOut).contains("timed out"));
        assert!(told(Verdict::Survived).contains("- one\n      + two\n      It breaks."));
        assert!(told(Verdict::Useless("it does not compile".into())).starts_with("ERROR     1-one/a"));

        let mut tally = Tally::default();
        tally.add(&mutant, &Verdict::Killed, Duration::ZERO);
        tally.add(&mutant, &Verdict::TimedOut, Duration::ZERO);
        assert!(tally.is_clean());
        assert_eq!(tally.sum(0), "2 killed, 0 survived");
        tally.add(&mutant, &Verdict::Survived, Duration::ZERO);
        assert!(!tally.is_clean());
        assert_eq!(tally.sum(4), "2 killed, 1 survived, 4 behind --full");
        tally.add(&mutant, &Verdict::Useless(String::new()), Duration::ZERO);
        assert_eq!(tally.sum(0), "2 killed, 1 survived, 1 in error");
    }
}
