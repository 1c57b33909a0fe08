//! A server that works on memory that its clients share with it.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::label::Status;
use module_rt::window::Window;
use module_rt::{Client, Init, InitError, Manifest, Server, yield_now};
use operate::pane::{ADD, DIE, LAST, LATE, NAME, VERSION};

module_rt::module! {
    manifest: Manifest::new(NAME),
    init: init,
}

struct Pane {
    last: Option<Window>,
}

fn init(init: &mut Init) -> Result<Pane, InitError> {
    init.reserve(NAME, VERSION)?;
    Ok(Pane { last: None })
}

/// The sum of all bytes.
fn sum(window: Window) -> u64 {
    let mut byte = [0];
    let bytes = (0..window.len()).map(|offset| {
        // Inside the window.
        let _ = window.read(offset, &mut byte);
        u64::from(byte[0])
    });
    bytes.sum()
}

impl Server for Pane {
    fn words(
        &mut self,
        client: Client,
        method: u16,
        [offset, byte, ..]: [u64; 4],
    ) -> Result<[u64; 4], Status> {
        match method {
            ADD => {
                let window = Window::of(client).map_err(|_| Status::Refused)?;
                self.last = Some(window);
                for offset in usize::try_from(offset).unwrap_or(usize::MAX)..window.len() {
                    let mut old = [0];
                    window.read(offset, &mut old).map_err(|_| Status::Refused)?;
                    let new = old.map(|old| old.wrapping_add(byte as u8));
                    window.write(offset, &new).map_err(|_| Status::Refused)?;
                }
                Ok([sum(window), 0, 0, 0])
            }
            LAST => Ok([self.last.map_or(u64::MAX, sum), 0, 0, 0]),
            LATE => {
                let window = Window::of(client).map_err(|_| Status::Refused)?;
                // The client has filled it; who has lost it finds zeroes.
                while sum(window) != 0 {
                    yield_now();
                }
                for offset in 0..window.len() {
                    window.write(offset, &[byte as u8]).map_err(|_| Status::Refused)?;
                }
                Ok([0; 4])
            }
            DIE => module_rt::fault::read_address_zero(),
            _ => Err(Status::UnknownMethod),
        }
    }
}
