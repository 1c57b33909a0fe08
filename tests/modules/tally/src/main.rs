//! A server that keeps a count for each of its clients, and drops it when the client has died.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::ids::Instance;
use ipc_proto::label::Status;
use module_rt::{Client, Clients, Init, InitError, Manifest, Server, clock, request};
use operate::tally::{ADD, EXPEL, MAX_CLIENTS, NAME, NAP, VERSION};

module_rt::module! {
    manifest: Manifest::new("tally"),
    init: init,
}

#[derive(Default)]
struct Tally {
    counts: Clients<u64, MAX_CLIENTS>,
    all: u64,
}

fn init(init: &mut Init) -> Result<Tally, InitError> {
    init.reserve(NAME, VERSION)?;
    Ok(Tally::default())
}

impl Server for Tally {
    const DEPARTED: Option<fn(&mut Self, Instance)> = Some(|tally, client| tally.counts.departed(client));

    fn words(&mut self, client: Client, method: u16, [micros, ..]: [u64; 4]) -> Result<[u64; 4], Status> {
        match method {
            ADD => {}
            NAP => {
                let end = clock::now().saturating_add(micros.saturating_mul(1000));
                while clock::now() < end {
                    module_rt::yield_now();
                }
            }
            EXPEL => request::revoke(client).map_err(|_| Status::Refused)?,
            _ => return Err(Status::UnknownMethod),
        }
        let count = self.counts.of(client).map_err(|_| Status::Refused)?;
        *count = count.saturating_add(1);
        let count = *count;
        self.all = self.all.saturating_add(1);
        Ok([count, self.counts.len() as u64, self.all, 0])
    }
}
