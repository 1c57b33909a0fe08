//! The back end of the `log` crate, for modules and libraries that log through it.
//!
//! `log::warn!` and the others then go where [`crate::log`] goes, with their level and their target (the path of the module
//! that logs) in the line: `WARN counter::store: the file is empty`. A module that does not install it has nothing of it, and
//! what its libraries log reaches nobody.
//!
//! ```no_run
//! # use module_rt::{Init, InitError};
//! # use module_rt::logger;
//! fn start(_: &mut Init) -> Result<(), InitError> {
//!     logger::install(logger::LevelFilter::Info);
//!     log::info!("begun");
//!     Ok(())
//! }
//! ```

use log::{Log, Metadata, Record};

pub use log::LevelFilter;

use crate::request;

/// Takes each line to the supervisor.
struct Logger;

impl Log for Logger {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        // The macros of `log` have looked at the highest level before.
        true
    }

    fn log(&self, record: &Record<'_>) {
        request::log(format_args!("{} {}: {}", record.level(), record.target(), record.args()));
    }

    fn flush(&self) {}
}

/// Shows what is logged through the `log` crate, up to this level. What is above it is not even put into words. Installed
/// again, the last level counts.
pub fn install(most: LevelFilter) {
    // It fails where it is installed already.
    let _ = log::set_logger(&Logger);
    log::set_max_level(most);
}
