//! Serves `till` with its methods swapped, in the next version.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use module_rt::{Init, InitError, Manifest};
use till::Coins;
use till::raised::{TillInterface, TillServer};

module_rt::module! {
    manifest: Manifest { connections: 0, ..Manifest::new("till-raised") },
    init: init,
}

fn init(init: &mut Init) -> Result<TillServer<Coins>, InitError> {
    init.offer::<TillInterface>()?;
    Ok(TillServer(Coins::default()))
}
