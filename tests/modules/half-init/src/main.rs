//! Reserves two names and then fails in its init, in the way that its argument names.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::version::Version;
use module_rt::{Init, InitError, Manifest, Server};

module_rt::module! {
    manifest: Manifest::new("half-init"),
    init: init,
}

struct Nothing;

impl Server for Nothing {}

#[allow(clippy::panic, reason = "panicking is what this module is for")]
fn init(init: &mut Init) -> Result<Nothing, InitError> {
    init.reserve("half-a", Version(1))?;
    init.reserve("half-b", Version(1))?;
    match init.args().as_str() {
        "error" => Err(InitError::new(7, format_args!("the test asked for an error"))),
        "panic" => panic!("the test asked for a panic"),
        "fault" => module_rt::fault::read_address_zero(),
        "exit" => module_rt::request::exit(3),
        "none" => Ok(Nothing),
        other => Err(InitError::new(8, format_args!("`{other}` is none of error, panic, fault, exit, none"))),
    }
}
