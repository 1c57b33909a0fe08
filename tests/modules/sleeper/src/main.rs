//! A server that is woken by its alarm, and counts how often.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::time::Duration;

use ipc_proto::label::Status;
use module_rt::{Client, Event, Init, InitError, Manifest, Server, alarm, clock, fault, start};
use operate::sleeper::{AGAIN, CANCEL, COUNT, DIE, LATE, NAME, SET, VERSION};

module_rt::module! {
    manifest: Manifest { connections: 0, ..Manifest::new(NAME) },
    init: init,
}

struct Sleeper {
    woken: u64,
}

fn init(init: &mut Init) -> Result<Sleeper, InitError> {
    init.reserve(NAME, VERSION)?;
    Ok(Sleeper { woken: 0 })
}

fn set(micros: u64) -> Result<(), Status> {
    alarm::after(Duration::from_micros(micros)).map_err(|_| Status::Refused)
}

fn cancel() -> Result<u64, Status> {
    alarm::cancel().map(u64::from).map_err(|_| Status::Refused)
}

fn be_busy(micros: u64) {
    let end = clock::now().saturating_add(micros.saturating_mul(1000));
    while clock::now() < end {
        core::hint::spin_loop();
    }
}

impl Server for Sleeper {
    fn words(&mut self, _: Client, method: u16, words: [u64; 4]) -> Result<[u64; 4], Status> {
        let [first, busy, then, _] = words;
        match method {
            SET => set(first).map(|()| [0; 4]),
            CANCEL => cancel().map(|was| [was, 0, 0, 0]),
            COUNT => Ok([self.woken, u64::from(start::instance().generation.0), 0, 0]),
            AGAIN => {
                set(first)?;
                be_busy(busy);
                set(then).map(|()| [0; 4])
            }
            LATE => {
                set(first)?;
                be_busy(busy);
                cancel().map(|was| [was, 0, 0, 0])
            }
            DIE => {
                set(first)?;
                be_busy(busy);
                fault::read_address_zero()
            }
            _ => Err(Status::UnknownMethod),
        }
    }

    fn event(&mut self, event: Event) {
        if event == Event::Alarm {
            self.woken = self.woken.saturating_add(1);
        }
    }
}
