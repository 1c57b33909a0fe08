//! Serves `chest` and `keyhole`, with one state.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use chest::{Chest, ChestError, ChestInterface, Keyhole, KeyholeInterface, Label};
use module_rt::ipc_proto::interface::Several;
use module_rt::{Events, Init, InitError, Manifest, Server};

module_rt::module! {
    manifest: Manifest { connections: 0, ..Manifest::new("chest") },
    init: init,
}

#[derive(Default)]
struct Coins {
    coins: u64,
    label: Label,
}

fn init(init: &mut Init) -> Result<impl Server + use<>, InitError> {
    let chest = init.offer::<ChestInterface>()?;
    let keyhole = init.offer::<KeyholeInterface>()?;
    Ok(Several::of(Coins::default()).with(chest).with(keyhole))
}

impl Chest for Coins {
    fn add(&mut self, coins: u64) -> Result<u64, ChestError> {
        self.coins = self.coins.checked_add(coins).filter(|all| *all <= 1000).ok_or(ChestError::Full)?;
        Ok(self.coins)
    }

    fn write(&mut self, label: Label) -> Result<(), ChestError> {
        self.label = label;
        Ok(())
    }
}

impl Keyhole for Coins {
    fn count(&mut self) -> Result<u64, ChestError> {
        Ok(self.coins)
    }

    fn read(&mut self) -> Result<Label, ChestError> {
        Ok(self.label.clone())
    }
}

impl Events for Coins {}
