//! Serves `depot`: what it keeps was copied first, and then checked.
//!
//! Arguments: nothing; or `slow`: it copies in pieces, and lets others run in between; or `long`: it says that it has given more
//! than there is; or `open`: it writes over the whole window, beyond what it was given.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

use depot::{CAPACITY, Depot, DepotError, DepotInterface, DepotServer, Kept, Label, is_sound};
use ipc_proto::interface::bulk::{BulkIn, BulkOut, CopyError};
use module_rt::bulk::Windows;
use module_rt::window::Window;
use module_rt::{Client, Events, Init, InitError, Manifest, fault, request, yield_now};

module_rt::module! {
    manifest: Manifest { connections: 0, stack_bytes: 12 * 4096, ..Manifest::new("depot") },
    init: init,
}

/// How much a slow one copies at a time.
const PIECE: usize = 64;

struct Goods {
    bytes: [u8; CAPACITY],
    length: usize,
    number: u64,
    gone: u64,
    way: Way,
}

/// How it behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Honest,
    Slow,
    Long,
    Open,
}

fn init(init: &mut Init) -> Result<DepotServer<Goods, Windows>, InitError> {
    init.offer::<DepotInterface>()?;
    let way = match init.args().as_str() {
        "slow" => Way::Slow,
        "long" => Way::Long,
        "open" => Way::Open,
        _ => Way::Honest,
    };
    Ok(DepotServer(Goods { bytes: [0; CAPACITY], length: 0, number: 0, gone: 0, way }, Windows))
}

impl Goods {
    fn kept(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    fn copy(&self, data: BulkIn<'_>, to: &mut [u8]) -> Result<(), CopyError> {
        if self.way != Way::Slow {
            return data.copy_to(0, to);
        }
        for (index, piece) in to.chunks_mut(PIECE).enumerate() {
            data.copy_to(index.saturating_mul(PIECE), piece)?;
            yield_now();
        }
        Ok(())
    }

    /// Gives as much as there is room for.
    fn give(&mut self, data: BulkOut<'_>) -> Result<usize, DepotError> {
        let given = self.length.min(data.len());
        let copied = data.copy_from(0, self.bytes.get(..given).unwrap_or_default());
        if copied.is_err() {
            self.gone = self.gone.saturating_add(1);
            return Err(DepotError::Gone);
        }
        Ok(if self.way == Way::Long { usize::MAX } else { given })
    }
}

/// Writes into all of a client's window, to its very end.
fn write_over(client: Client) {
    if let Ok(window) = Window::of(client) {
        for at in 0..window.len() {
            // Inside the window.
            let _ = window.write(at, &[0xff]);
        }
    }
}

impl Depot for Goods {
    fn put(&mut self, number: u64, data: BulkIn<'_>) -> Result<u64, DepotError> {
        let mut bytes = [0; CAPACITY];
        let length = data.len();
        let own = bytes.get_mut(..length).unwrap_or_default();
        if self.copy(data, own).is_err() {
            self.gone = self.gone.saturating_add(1);
            return Err(DepotError::Gone);
        }
        if !is_sound(own) {
            return Err(DepotError::Unsound);
        }
        (self.bytes, self.length, self.number) = (bytes, length, number);
        Ok(length as u64)
    }

    fn get(&mut self, label: Label, data: BulkOut<'_>) -> Result<(u32, Label), DepotError> {
        Ok((self.give(data)? as u32, label))
    }

    fn show(&mut self, client: Client, data: BulkOut<'_>) -> Result<u64, DepotError> {
        let given = self.give(data)?;
        if self.way == Way::Open {
            write_over(client);
        }
        Ok(given as u64)
    }

    fn look(&mut self) -> Result<Kept, DepotError> {
        let sound = u64::from(is_sound(self.kept()));
        Ok(Kept { number: self.number, length: self.length as u64, sound, gone: self.gone })
    }

    fn die(&mut self) -> Result<(), DepotError> {
        fault::read_address_zero()
    }

    fn expel(&mut self, client: Client) -> Result<(), DepotError> {
        request::revoke(client).map_err(|_| DepotError::Gone)
    }
}

impl Events for Goods {}
