//! At how many of the instructions that a victim executes it was killed.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use root_task_core::layout::MODULE_END;

use crate::prepare::MOVED_BASE;

/// How many instructions that were missed are shown.
const SHOWN: usize = 20;

/// QEMU's arguments for a trace of every instruction of the moved module: translated one by one, never chained.
pub fn trace_args(log: &Path) -> Vec<OsString> {
    let window = format!("{MOVED_BASE:#x}..{:#x}", MODULE_END.saturating_sub(1));
    let args = ["-singlestep", "-d", "exec,nochain", "-dfilter", &window, "-D"];
    args.into_iter().map(OsString::from).chain([log.as_os_str().to_owned()]).collect()
}

/// The addresses in such a trace.
///
/// # Errors
/// Where it cannot be read, or has none: then QEMU writes traces in another way than it did.
pub fn read_trace(log: &Path) -> Result<BTreeSet<u64>> {
    let file = File::open(log).context("cannot read the trace")?;
    let mut addresses = BTreeSet::new();
    for line in BufReader::new(file).lines() {
        addresses.extend(address(&line.context("cannot read the trace")?));
    }
    ensure!(!addresses.is_empty(), "QEMU's trace has no instruction of the victim in it");
    Ok(addresses)
}

/// `Trace 0: 0x7f3c [00000000/0000000000500010/0000b351/ff000000]`: the second number is the instruction's address.
fn address(line: &str) -> Option<u64> {
    let (_, rest) = line.strip_prefix("Trace ")?.split_once('[')?;
    let word = rest.split('/').nth(1)?;
    let address = u64::from_str_radix(word, 16).ok()?;
    (MOVED_BASE..MODULE_END).contains(&address).then_some(address)
}

/// The share of the instructions of these victims, rounded down.
pub fn percent<'a>(victims: impl IntoIterator<Item = &'a Coverage>) -> u64 {
    let (mut hit, mut all) = (0_usize, 0_usize);
    for victim in victims {
        hit = hit.saturating_add(victim.hit());
        all = all.saturating_add(victim.executed.len());
    }
    let percent = hit.saturating_mul(100).checked_div(all).unwrap_or(0);
    u64::try_from(percent).unwrap_or(0)
}

/// What is known about one victim.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    executed: BTreeSet<u64>,
    killed: BTreeSet<u64>,
}

impl Coverage {
    /// It was killed at these addresses.
    pub fn kill(&mut self, addresses: impl IntoIterator<Item = u64>) {
        self.killed.extend(addresses);
    }

    /// It executes these addresses.
    pub fn execute(&mut self, addresses: BTreeSet<u64>) {
        self.executed.extend(addresses);
    }

    fn hit(&self) -> usize {
        self.executed.intersection(&self.killed).count()
    }

    /// Prints some of the instructions at which it was never killed.
    pub fn show_missed(&self) {
        let missed: Vec<String> = self
            .executed
            .difference(&self.killed)
            .take(SHOWN)
            .map(|address| format!("{address:#x}"))
            .collect();
        if !missed.is_empty() {
            println!("      never at: {}", missed.join(" "));
        }
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "killed at {} of {} instructions, {} %", self.hit(), self.executed.len(), percent([self]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_trace_has_the_address_second() {
        let line = "Trace 0: 0x7fb5a0000100 [00000000/0000000000500010/000000b3/ff000001] ";
        assert_eq!(address(line), Some(0x50_0010));
        assert_eq!(address("Trace 0: 0x7f [0/ffffff8000001234/b3/0]"), None);
        assert_eq!(address("Linking TBs 0x7f"), None);
    }

    #[test]
    fn the_share_counts_only_what_was_executed() {
        let mut one = Coverage::default();
        one.execute([1, 2, 3, 4].into());
        one.kill([1, 2, 9]);
        assert_eq!((percent([&one]), one.to_string().as_str()), (50, "killed at 2 of 4 instructions, 50 %"));
        let mut other = Coverage::default();
        other.execute([1, 2, 3, 4].into());
        other.kill([1, 2, 3, 4]);
        assert_eq!(percent([&one, &other]), 75);
        assert_eq!(percent([&Coverage::default()]), 0);
    }
}
