//! Turns the signals that end a program into a flag, so that QEMU and the terminal are tidied first.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

static ASKED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From now on the first such signal sets the flag, and the second one ends the program at once.
///
/// # Errors
/// Where the system refuses a handler.
pub fn listen() -> Result<()> {
    if ASKED.get().is_some() {
        return Ok(());
    }
    let asked = ASKED.get_or_init(|| Arc::new(AtomicBool::new(false)));
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        // This order: the conditional one looks at the flag before the other one sets it.
        flag::register_conditional_shutdown(signal, 130, Arc::clone(asked))
            .and_then(|_| flag::register(signal, Arc::clone(asked)))
            .context("cannot listen for signals")?;
    }
    Ok(())
}

/// True once a signal has asked us to stop.
pub fn asked() -> bool {
    ASKED.get().is_some_and(|flag| flag.load(Ordering::Relaxed))
}
