//! The module: what it asks for, and its way in.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

use ipc_proto::manifest::Device;
use module_rt::{Init, InitError, Manifest};

use wall_clock::chip::{Granted, Machine};
use wall_clock::{LOCKER_BITS, WallClockInterface, WallClockServer, WallClockState};

module_rt::module! {
    manifest: Manifest {
        connections: 0,
        device: Device::Clock as u8,
        locker_bits: LOCKER_BITS,
        ..Manifest::new("wall-clock")
    },
    init: init,
}

/// May fail at any point: nothing is visible before it has returned, and nothing has to be undone.
fn init(init: &mut Init) -> Result<WallClockServer<WallClockState<Machine>>, InitError> {
    init.offer::<WallClockInterface>()?;
    Ok(WallClockServer(WallClockState::new(Machine { registers: Granted })))
}
