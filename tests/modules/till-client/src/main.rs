//! Puts coins into `till`, on a connection that it keeps until that is gone: as many as it is told by the shell. With
//! `swapped` as its argument it is built from the trait whose methods are swapped.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::fmt::{Display, Write as _};

use ipc_proto::call_error::CallError;
use ipc_proto::echo::{self, Said, Text};
use ipc_proto::interface::Failure;
use ipc_proto::label::Status;
use module_rt::{
    Answer, Client, Connection, Init, InitError, Manifest, Request, Server, answer, client, log, start,
};
use till::TillError;
use till::{first, swapped};

module_rt::module! {
    manifest: Manifest::new("till-client"),
    init: init,
}

enum Stub {
    First(first::TillClient<Connection>),
    Swapped(swapped::TillClient<Connection>),
}

impl Stub {
    fn put(&self, coins: u64) -> Result<u64, Failure<TillError>> {
        match self {
            Stub::First(till) => till.put(coins),
            Stub::Swapped(till) => till.put(coins),
        }
    }
}

struct Payer {
    till: Option<Stub>,
}

fn init(init: &mut Init) -> Result<Payer, InitError> {
    init.reserve("till-client", echo::VERSION)?;
    let till = match init.args().as_str() {
        "swapped" => Stub::Swapped(init.client()?),
        _ => Stub::First(init.client()?),
    };
    Ok(Payer { till: Some(till) })
}

impl Payer {
    fn pay(&mut self, coins: u64) -> Text {
        let till = match self.till.take() {
            Some(till) => till,
            // The one whose connection is gone was of the first.
            None => match client().map(Stub::First) {
                Ok(till) => till,
                Err(error) => return said(&error),
            },
        };
        let put = till.put(coins);
        if !matches!(put, Err(Failure::Call(CallError::Gone))) {
            self.till = Some(till);
        }
        match put {
            Ok(all) => said(&all),
            Err(error) => said(&error),
        }
    }
}

fn said(what: &dyn Display) -> Text {
    let mut text = Text::new();
    // An error means that the text is full: what fitted is said.
    let _ = write!(text, "{what}");
    text
}

impl Server for Payer {
    fn message(&mut self, _: Client, method: u16, request: Request) -> Result<Answer, Status> {
        if method != echo::SAY {
            return Err(Status::UnknownMethod);
        }
        let asked: Text = request.decode()?;
        let Ok(coins) = asked.parse() else {
            log!("{asked} is no number");
            return Err(Status::BadMessage);
        };
        answer(&Said { generation: start::instance().generation, text: self.pay(coins) })
    }
}
