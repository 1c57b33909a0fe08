//! The list of tests, and running it.

mod badged_revoke;
#[cfg(target_arch = "aarch64")]
mod execute_never;
#[cfg(target_arch = "x86_64")]
mod flags;
mod forged_return;
mod fpu_owner;
mod frame_unmap;
#[cfg(target_arch = "x86_64")]
mod io_port_revoke;
mod memory_left;
mod queued_client;
mod rights;
#[cfg(target_arch = "x86_64")]
mod segments;
#[cfg(target_arch = "aarch64")]
mod supervisor_timer;
mod suspend_answer;
mod suspend_signal;
#[cfg(target_arch = "x86_64")]
mod tsc_frequency;
#[cfg(target_arch = "x86_64")]
mod user_top;

use crate::console;
use crate::kit::Kit;
use crate::verdict::Verdict;

type Test = fn(&mut Kit) -> Verdict;

/// Every test with its name. `tools/xtask` has the names too, and misses one that is not here.
const TESTS: &[(&str, Test)] = &[
    ("fpu-owner", fpu_owner::test),
    ("frame-unmap", frame_unmap::test),
    ("suspend-signal", suspend_signal::test),
    ("suspend-answer", suspend_answer::test),
    #[cfg(target_arch = "x86_64")]
    ("tsc-frequency", tsc_frequency::test),
    #[cfg(target_arch = "x86_64")]
    ("io-port-revoke", io_port_revoke::test),
    #[cfg(target_arch = "x86_64")]
    ("user-top-page", user_top::pages),
    #[cfg(target_arch = "x86_64")]
    ("user-top-table", user_top::tables_above),
    #[cfg(target_arch = "x86_64")]
    ("user-top-tls", user_top::tls_base),
    #[cfg(target_arch = "x86_64")]
    ("segment-selectors", segments::selectors),
    #[cfg(target_arch = "x86_64")]
    ("segment-bases", segments::bases),
    #[cfg(target_arch = "aarch64")]
    ("supervisor-timer", supervisor_timer::test),
    ("memory-left", memory_left::test),
    ("queued-client", queued_client::test),
    ("forged-return", forged_return::test),
    ("badged-revoke", badged_revoke::test),
    ("rights", rights::test),
    #[cfg(target_arch = "aarch64")]
    ("execute-never", execute_never::test),
    // The last one: without its patch nothing runs any more.
    #[cfg(target_arch = "x86_64")]
    ("flags", flags::test),
];

/// Runs them all, prints a line for each, and gives how many failed.
pub fn run(kit: &mut Kit) -> u32 {
    let mut failed: u32 = 0;
    for (name, test) in TESTS {
        match test(kit) {
            Ok(()) => console::line(format_args!("kernel test {name}: ok")),
            Err(failure) => {
                failed = failed.saturating_add(1);
                console::line(format_args!("kernel test {name}: FAILED: {failure}"));
            }
        }
    }
    failed
}
