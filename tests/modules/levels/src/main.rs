//! A program that logs through the `log` crate, at each level, and shows those up to the one that its argument names.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::cell::Cell;
use core::fmt;

use log::{debug, error, info, trace, warn};
use module_rt::logger::{self, LevelFilter};
use module_rt::{Init, InitError, Manifest};

module_rt::program! {
    manifest: Manifest::new("levels"),
    main: run,
}

/// Counts how often it is written out.
struct Costly(Cell<u32>);

impl fmt::Display for Costly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.set(self.0.get().saturating_add(1));
        f.write_str("costly")
    }
}

fn run(init: &mut Init) -> Result<(), InitError> {
    let costly = Costly(Cell::new(0));
    error!("before anybody has asked for it: {costly}");
    let most = match init.args().parse() {
        Ok(most) => most,
        Err(_) => return Err(InitError::new(1, format_args!("{} is no level", init.args()))),
    };
    logger::install(LevelFilter::Off);
    error!("off: {costly}");
    // What was installed last counts.
    logger::install(most);
    error!("an error: {costly}");
    warn!("a warning: {costly}");
    info!(target: "elsewhere", "information: {costly}");
    debug!("for who looks for a mistake: {costly}");
    trace!("each step: {costly}");
    module_rt::log!("{} written out", costly.0.get());
    Ok(())
}
