//! The module: what it asks for, and its way in.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

mod state;

use counter::{CounterInterface, CounterServer};
use module_rt::{Init, InitError, Manifest};

use state::CounterState;

module_rt::module! {
    manifest: Manifest { connections: 0, ..Manifest::new("counter") },
    init: init,
}

/// May fail at any point: nothing is visible before it has returned, and nothing has to be undone.
fn init(init: &mut Init) -> Result<CounterServer<CounterState>, InitError> {
    init.offer::<CounterInterface>()?;
    Ok(CounterServer(CounterState::default()))
}
