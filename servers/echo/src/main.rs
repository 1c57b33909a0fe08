//! The module to copy: a server that answers with the text it was sent, reversed.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::label::Status;
use module_rt::{Answer, Client, Init, InitError, Manifest, Request, Server, answer, start};

module_rt::module! {
    // One page of stack: the deepest chain of calls, down to the panic handler, takes less than 3 KiB of it.
    manifest: Manifest { stack_bytes: 4096, connections: 0, ..Manifest::new("echo") },
    init: init,
}

struct Echo;

fn init(init: &mut Init) -> Result<Echo, InitError> {
    init.reserve(echo::NAME, echo::VERSION)?;
    Ok(Echo)
}

impl Server for Echo {
    fn message(&mut self, _: Client, method: u16, request: Request) -> Result<Answer, Status> {
        match method {
            echo::SAY => {
                let asked: Text = request.decode()?;
                let text = asked.chars().rev().collect();
                answer(&Said { generation: start::instance().generation, text })
            }
            _ => Err(Status::UnknownMethod),
        }
    }

    #[inline(always)]
    fn words(&mut self, _: Client, method: u16, [a, b, c, d]: [u64; 4]) -> Result<[u64; 4], Status> {
        match method {
            echo::WORDS => Ok([d, c, b, a]),
            echo::DIE => module_rt::fault::read_address_zero(),
            _ => Err(Status::UnknownMethod),
        }
    }
}
