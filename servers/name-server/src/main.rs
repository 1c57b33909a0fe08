//! The name server: who may have which name, and which service a name leads to.
//!
//! It decides about names only, in [`name_server_core`]. Whether a service exists and is visible is the supervisor's
//! word, asked for at every lookup; the capability itself goes from the supervisor to the client and never passes
//! through here.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

use module_rt::{Init, InitError, Manifest, Restart};
use name_server_shell::Names;

module_rt::module! {
    manifest: Manifest {
        restart: Restart::Always as u8,
        stack_bytes: 8 * 4096,
        connections: 0,
        ..Manifest::new("name-server")
    },
    init: init,
}

fn init(_: &mut Init) -> Result<Names, InitError> {
    Names::begin()
}
