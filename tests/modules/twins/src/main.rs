//! Reserves two names, then publishes them so that its time slice ends at a chosen instruction of the publish.
//!
//! Its argument says how many instructions before the end of the slice the publish begins.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::version::Version;
use module_rt::{Init, InitError, Manifest, Server};

module_rt::module! {
    manifest: Manifest::new("twins"),
    init: init,
}

struct Nothing;

impl Server for Nothing {}

fn init(init: &mut Init) -> Result<Nothing, InitError> {
    init.reserve("twin-a", Version(1))?;
    init.reserve("twin-b", Version(1))?;
    let usage = InitError::new(30, format_args!("usage: load twins INSTRUCTIONS"));
    let lead: u64 = init.args().parse().map_err(|_| usage)?;
    slice::run_until_its_end_is_near(lead);
    Ok(Nothing)
}
