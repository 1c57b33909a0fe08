//! Speaks to an `echo` on a connection that it was passed, and never looks one up.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

use core::fmt::Write;

use agent::{Agent, AgentError, AgentInterface, AgentServer, Reason};
use ipc_proto::echo::{EchoClient, EchoInterface, Said, Text};
use ipc_proto::interface::{Failure, Passed};
use ipc_proto::passing::Token;
use module_rt::{
    CallError, Client, Connection, Events, Init, InitError, Manifest, PassError, Taken, ipc_proto, take,
};

module_rt::module! {
    manifest: Manifest { connections: 2, ..Manifest::new("agent") },
    init: init,
}

#[derive(Default)]
struct State {
    echo: Option<Taken<EchoClient<Connection>>>,
}

fn init(init: &mut Init) -> Result<AgentServer<State>, InitError> {
    init.offer::<AgentInterface>()?;
    Ok(AgentServer(State::default()))
}

impl State {
    fn take(&mut self, client: Client, echo: Passed<EchoInterface>) -> Result<(), PassError> {
        self.echo = Some(take(client, echo)?);
        Ok(())
    }
}

impl Agent for State {
    fn say(&mut self, text: Text) -> Result<Said, AgentError> {
        let echo = self.echo.as_ref().ok_or(AgentError::Nothing)?;
        echo.say(text).map_err(|error| match error {
            Failure::Call(CallError::Gone | CallError::Revoked) => AgentError::Gone,
            _ => AgentError::Interrupted,
        })
    }

    fn adopt(&mut self, client: Client, echo: Passed<EchoInterface>) -> Result<Reason, AgentError> {
        let mut reason = Reason::new();
        if let Err(why) = self.take(client, echo) {
            // Cut where it is longer.
            let _ = write!(reason, "{why}");
        }
        Ok(reason)
    }

    fn adopt_as(&mut self, client: Client, token: u64) -> Result<Reason, AgentError> {
        self.adopt(client, Passed::of(Token(token)))
    }
}

impl Events for State {}
