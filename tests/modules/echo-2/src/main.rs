//! `echo` in its second version: it says the text twice. With `fail` or `exit` as the module's arguments, which `echo` does
//! not read, its init does that.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::fmt::Write;

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::label::Status;
use module_rt::{Answer, Client, Init, InitError, Manifest, Request, Server, answer, request, start};

module_rt::module! {
    manifest: Manifest { version: 2, ..Manifest::new("echo-2") },
    init: init,
}

struct Echo;

fn init(init: &mut Init) -> Result<Echo, InitError> {
    init.reserve(echo::NAME, echo::VERSION)?;
    match init.args().as_str() {
        "fail" => Err(InitError::new(7, format_args!("the test asked for an error"))),
        "exit" => request::exit(0),
        _ => Ok(Echo),
    }
}

impl Server for Echo {
    fn message(&mut self, _: Client, method: u16, request: Request) -> Result<Answer, Status> {
        match method {
            echo::SAY => {
                let asked: Text = request.decode()?;
                let mut text = Text::new();
                // An error means that the text is full: what fitted is said.
                let _ = text.write_fmt(format_args!("{asked} {asked}"));
                answer(&Said { generation: start::instance().generation, text })
            }
            _ => Err(Status::UnknownMethod),
        }
    }
}
