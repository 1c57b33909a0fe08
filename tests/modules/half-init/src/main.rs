//! Reserves two names and then fails in its init, in the way that its argument names.
//!
//! A number behind it says how many instructions before the end of its time slice it begins to reserve.
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
    let way = init.args().clone();
    let way = match way.split_once(' ') {
        None => way.as_str(),
        Some((way, lead)) => {
            let usage = InitError::new(9, format_args!("usage: load half-init WAY [INSTRUCTIONS]"));
            slice::run_until_its_end_is_near(lead.parse().map_err(|_| usage)?);
            way
        }
    };
    init.reserve("half-a", Version(1))?;
    init.reserve("half-b", Version(1))?;
    match way {
        "error" => Err(InitError::new(7, format_args!("the test asked for an error"))),
        "panic" => panic!("the test asked for a panic"),
        "fault" => module_rt::fault::read_address_zero(),
        "exit" => module_rt::request::exit(3),
        "none" => Ok(Nothing),
        other => Err(InitError::new(8, format_args!("`{other}` is none of error, panic, fault, exit, none"))),
    }
}
