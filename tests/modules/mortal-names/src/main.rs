//! A name server that dies while it has a lookup: of a name `gen-N`, unless it is its module's Nth generation or a later
//! one. So a scenario says how often it dies in one question.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::label::Status;
use ipc_proto::name::Name;
use ipc_proto::names::Request;
use module_rt::start::instance;
use module_rt::{Answer, Client, Init, InitError, Manifest, Restart, Server};
use name_server_shell::Names;

module_rt::module! {
    manifest: Manifest {
        restart: Restart::Always as u8,
        stack_bytes: 8 * 4096,
        connections: 0,
        ..Manifest::new("mortal-names")
    },
    init: init,
}

struct Mortal(Names);

fn init(_: &mut Init) -> Result<Mortal, InitError> {
    Names::begin().map(Mortal)
}

/// From which generation on a lookup of this name is served.
fn served_from(name: &Name) -> u32 {
    name.as_str().strip_prefix("gen-").and_then(|number| number.parse().ok()).unwrap_or(0)
}

impl Server for Mortal {
    #[allow(clippy::panic, reason = "dying is what it is for")]
    fn message(
        &mut self,
        client: Client,
        method: u16,
        request: module_rt::Request,
    ) -> Result<Answer, Status> {
        if let Ok(Request::Lookup { name, .. }) = request.decode()
            && instance().generation.0 < served_from(&name)
        {
            panic!("it has a lookup of {name}");
        }
        self.0.message(client, method, request)
    }
}
