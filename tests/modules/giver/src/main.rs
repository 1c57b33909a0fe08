//! Answers what `taker` answers, and passes a capability on to it with each call: the one to the service in its arguments,
//! or else the one to the name server. (One to `taker` itself would not arrive: the kernel delivers its badge instead.)
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo::{self, Text};
use ipc_proto::label::Status;
use ipc_proto::slots;
use ipc_proto::version::VersionRange;
use module_rt::{
    Answer, CallError, Client, Connection, Init, InitError, Manifest, Request, Server, answer, init,
};
use operate::give::give;

module_rt::module! {
    manifest: Manifest::new("giver"),
    init: init,
}

struct Giver {
    taker: Option<Connection>,
    /// The slot of what it gives.
    gives: u64,
}

fn init(init: &mut Init) -> Result<Giver, InitError> {
    let gives = match init.args().as_str() {
        "" => slots::NAMES,
        service => init::lookup(service, VersionRange::exactly(echo::VERSION))?.slot(),
    };
    init.reserve("giver", echo::VERSION)?;
    Ok(Giver { taker: None, gives })
}

impl Server for Giver {
    fn message(&mut self, _: Client, _: u16, request: Request) -> Result<Answer, Status> {
        let asked: Text = request.decode()?;
        // The second time with a new capability, where the old one reached nothing.
        for _ in 0..2 {
            let taker = match self.taker {
                Some(taker) => taker,
                None => {
                    let found = init::lookup("taker", VersionRange::exactly(echo::VERSION));
                    *self.taker.insert(found.map_err(|_| Status::NotDelivered)?)
                }
            };
            match give(taker, self.gives, &asked) {
                Ok(said) => return answer(&said),
                Err(CallError::Gone) => self.taker = None,
                Err(CallError::Interrupted { .. }) => return Err(Status::Interrupted),
                Err(_) => return Err(Status::NotDelivered),
            }
        }
        Err(Status::NotDelivered)
    }
}
