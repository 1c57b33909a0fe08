//! The name server in its second version: it decides as the first one does, has more stack, and says with how many names it
//! begins. So a scenario sees who has taken whose place.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use module_rt::{Init, InitError, Manifest, Restart, log};
use name_server_shell::Names;

module_rt::module! {
    manifest: Manifest {
        version: 2,
        restart: Restart::Always as u8,
        stack_bytes: 9 * 4096,
        connections: 0,
        ..Manifest::new("name-server-2")
    },
    init: init,
}

fn init(_: &mut Init) -> Result<Names, InitError> {
    let names = Names::begin()?;
    log!("version 2 begins with {} names", names.0.registry().entries().count());
    Ok(names)
}
