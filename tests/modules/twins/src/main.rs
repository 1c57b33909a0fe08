//! Reserves two names, then publishes them so that its time slice ends at a chosen instruction of the publish.
//!
//! Its argument says how many instructions before the end of the slice the publish begins. The end is known because
//! the kernel's clock ticks show as gaps between two readings of the counter, at equal distances.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::version::Version;
use module_rt::{Init, InitError, Manifest, Server, clock};

module_rt::module! {
    manifest: Manifest::new("twins"),
    init: init,
}

struct Nothing;

impl Server for Nothing {}

/// A gap between two readings that is longer than this is a tick of the kernel's clock.
const TICK_GAP: u64 = 400;
/// A gap that is longer than this is others that ran.
const OTHERS_GAP: u64 = 5_000;
/// The ticks of a time slice (`TIME_SLICE` in kernel-config): the last one ends it.
const TICKS: usize = 5;

/// Waits for the next gap; gives the last reading before it and its length.
fn next_gap() -> (u64, u64) {
    let mut before = clock::now();
    loop {
        let now = clock::now();
        let gap = now.saturating_sub(before);
        if gap > TICK_GAP {
            return (before, gap);
        }
        before = now;
    }
}

fn init(init: &mut Init) -> Result<Nothing, InitError> {
    init.reserve("twin-a", Version(1))?;
    init.reserve("twin-b", Version(1))?;
    let usage = InitError::new(30, format_args!("usage: load twins INSTRUCTIONS"));
    let lead: u64 = init.args().parse().map_err(|_| usage)?;
    // When the others have run, this thread has a whole slice before it.
    while next_gap().1 < OTHERS_GAP {}
    let mut ticks = [0; TICKS - 1];
    for tick in &mut ticks {
        *tick = next_gap().0;
    }
    let [.., last_but_one, last] = ticks;
    let end = last.saturating_add(last.saturating_sub(last_but_one));
    let start = end.saturating_sub(lead);
    while clock::now() < start {}
    Ok(Nothing)
}
