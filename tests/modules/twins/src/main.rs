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

/// A gap between two readings that is longer than this is a tick, or others that ran.
const GAP: u64 = 400;

/// Waits for the next gap; gives the reading before it and the one after.
fn next_gap() -> (u64, u64) {
    let mut before = clock::now();
    loop {
        let now = clock::now();
        if now.saturating_sub(before) > GAP {
            return (before, now);
        }
        before = now;
    }
}

fn init(init: &mut Init) -> Result<Nothing, InitError> {
    init.reserve("twin-a", Version(1))?;
    init.reserve("twin-b", Version(1))?;
    let lead: u64 = init
        .args()
        .parse()
        .map_err(|_| InitError::new(30, format_args!("usage: load twins INSTRUCTIONS")))?;
    // Two gaps of the same slice tell the tick; after a long one the slice is new.
    let (first, mut resumed) = next_gap();
    let (second, _) = next_gap();
    let tick = second.saturating_sub(first);
    loop {
        let (stopped, again) = next_gap();
        // Others ran: this thread starts a whole slice now.
        if again.saturating_sub(stopped) > GAP.saturating_mul(8) {
            resumed = again;
            break;
        }
    }
    let _ = (tick, resumed);
    let end = resumed.saturating_add(tick).saturating_sub(lead);
    while clock::now() < end {}
    Ok(Nothing)
}
