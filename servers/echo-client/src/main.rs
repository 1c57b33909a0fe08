//! A client that is a server, too: it passes what it is sent on to `echo`, on the capability that it got once.
//!
//! It keeps that capability until a call says that the service is gone, and only then looks `echo` up again. So it
//! shows what an old capability reaches after an unload: nothing.
//!
//! Client and server are written by hand here, over labels and statuses, so that what the supervisor says of a call goes on to
//! the caller as it is. Whoever only wants answers has a stub and a trait: see `docs/tutorial.md`.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::label::Status;
use ipc_proto::version::VersionRange;
use module_rt::{
    Answer, CallError, Client, Connection, Init, InitError, Manifest, Request, Server, answer, init, log,
};

module_rt::module! {
    manifest: Manifest::new("echo-client"),
    init: init,
}

struct Passer {
    echo: Option<Connection>,
}

fn init(init: &mut Init) -> Result<Passer, InitError> {
    init.reserve("echo-client", echo::VERSION)?;
    Ok(Passer { echo: None })
}

impl Passer {
    /// Calls `echo` on the capability at hand, looking it up only where there is none.
    fn pass(&mut self, text: &Text) -> Result<Said, CallError> {
        let echo = match self.echo {
            Some(echo) => echo,
            None => {
                let found = init::lookup(echo::NAME, VersionRange::exactly(echo::VERSION));
                let found = found.map_err(|error| {
                    log!("lookup of echo: {error}");
                    CallError::NotDelivered
                })?;
                *self.echo.insert(found)
            }
        };
        echo.call(echo::SAY, text).inspect_err(|error| {
            log!("call of echo: {error}");
            // After any other error it may be good still: where `echo` died the next instance serves it, and where there is
            // none the next call says so.
            if *error == CallError::Gone {
                self.echo = None;
            }
        })
    }
}

impl Server for Passer {
    fn message(&mut self, _: Client, method: u16, request: Request) -> Result<Answer, Status> {
        if method != echo::SAY {
            return Err(Status::UnknownMethod);
        }
        let text: Text = request.decode()?;
        match self.pass(&text) {
            Ok(said) => answer(&said),
            Err(CallError::Interrupted { .. }) => Err(Status::Interrupted),
            Err(_) => Err(Status::NotDelivered),
        }
    }
}
