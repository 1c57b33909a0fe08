//! A client that never lets go: it looks `echo` up once, and goes on with that capability whatever happens.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::label::Status;
use ipc_proto::version::VersionRange;
use module_rt::{Answer, CallError, Client, Connection, Init, InitError, Manifest, Request, Server, answer};

module_rt::module! {
    manifest: Manifest::new("keeper"),
    init: init,
}

struct Keeper {
    echo: Connection,
}

fn init(init: &mut Init) -> Result<Keeper, InitError> {
    let echo = module_rt::init::lookup(echo::NAME, VersionRange::exactly(echo::VERSION))?;
    init.reserve("keeper", echo::VERSION)?;
    Ok(Keeper { echo })
}

impl Server for Keeper {
    fn message(&mut self, _: Client, method: u16, request: Request) -> Result<Answer, Status> {
        if method != echo::SAY {
            return Err(Status::UnknownMethod);
        }
        let text: Text = request.decode()?;
        match self.echo.call::<_, Said>(echo::SAY, &text) {
            Ok(said) => answer(&said),
            Err(CallError::Interrupted { .. }) => Err(Status::Interrupted),
            Err(_) => Err(Status::NotDelivered),
        }
    }
}
