//! Takes nearly as much memory as a module can, and does nothing with it.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use module_rt::{Init, InitError, Manifest, Server};

module_rt::module! {
    manifest: Manifest { connections: 0, memory_bytes: 2 << 20, ..Manifest::new("bulk") },
    init: init,
}

static ROOM: [u8; 485 * 4096] = [0; 485 * 4096];

struct Bulk;

impl Server for Bulk {}

fn init(_: &mut Init) -> Result<Bulk, InitError> {
    core::hint::black_box(&ROOM);
    Ok(Bulk)
}
