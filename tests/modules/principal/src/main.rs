//! Passes connections to `agent`: as the stub does, or by hand and wrongly. What it is to do is said by the shell; its name
//! is its argument, so that several can be there.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::fmt::{Display, Write};

use agent::{AgentClient, Reason};
use ipc_proto::echo::{self, EchoClient, Said, Text};
use ipc_proto::interface::passing::{Held, Pass};
use ipc_proto::label::Status;
use ipc_proto::passing::{MAX_PASSED, PassError, Token};
use ipc_proto::version::VersionRange;
use module_rt::{
    Answer, Client, Connection, Init, InitError, Manifest, Request, Server, answer, clock, init, ipc_proto,
    start,
};

module_rt::module! {
    manifest: Manifest::new("principal"),
    init: init,
}

struct Principal {
    agent: AgentClient<Connection>,
    echo: EchoClient<Connection>,
}

fn init(init: &mut Init) -> Result<Principal, InitError> {
    init.reserve(&init.args(), echo::VERSION)?;
    Ok(Principal { agent: init.client()?, echo: init.client()? })
}

/// Numbers that nobody was given, or that are not known to be somebody else's.
const GUESSES: u64 = 64;

/// How many guest instructions a call that passes a connection may take: with those to the supervisor, which are three, since
/// the agent gives back what it had.
const LIMIT: u64 = 12_000;

impl Principal {
    fn put_up(&self, to: Connection, places: &[u64]) -> Result<Token, PassError> {
        to.put_up(places)
    }

    fn echo(&self) -> u64 {
        self.echo.way().place()
    }

    /// What came of all numbers up to a bound; one that was taken is a find.
    fn guess(&self, text: &mut Text) {
        let guesses = (0..GUESSES).chain([u64::MAX]).map(|number| self.agent.adopt_as(number));
        let found = guesses.filter(|reason| reason.as_ref().is_ok_and(|reason| reason.is_empty())).count();
        tell(text, format_args!("{found} of {} guesses", GUESSES.saturating_add(1)));
    }

    /// What cannot be put up, each with the reason.
    fn misuse(&self, text: &mut Text) {
        let (agent, echo) = (*self.agent.way(), self.echo());
        let nowhere = Connection::in_slot(40);
        let too_many = [echo; MAX_PASSED as usize + 1];
        let attempts: [(Connection, &[u64]); 5] = [
            (nowhere, &[echo]),
            (Connection::in_slot(3), &[echo]),
            (agent, &[echo, 3]),
            (agent, &[40]),
            (agent, &too_many),
        ];
        for (to, places) in attempts {
            match self.put_up(to, places) {
                Ok(_) => tell(text, format_args!("put up; ")),
                Err(why) => tell(text, format_args!("{why}; ")),
            }
        }
    }

    /// Whether a connection that the agent has already is passed within the limit, and what it costs where it is not.
    fn cost(&self, text: &mut Text) {
        let once = |_| {
            let began = clock::now();
            let passed = self.agent.adopt(&self.echo).is_ok_and(|why| why.is_empty());
            passed.then(|| clock::now().saturating_sub(began))
        };
        match (0..20).filter_map(once).min() {
            Some(cost) if cost <= LIMIT => tell(text, format_args!("within {LIMIT} instructions")),
            cost => tell(text, format_args!("{cost:?} instructions, and may have {LIMIT}")),
        }
    }

    fn does(&self, what: &str, text: &mut Text) {
        let (word, rest) = what.split_once(' ').unwrap_or((what, ""));
        let refused =
            |outcome: Result<Reason, _>| outcome.map(|why| if why.is_empty() { done() } else { why });
        match (word, rest.parse()) {
            ("pass", _) => told(text, refused(self.agent.adopt(&self.echo))),
            // Another service, which the stub's types would not let it pass.
            ("pass-named", _) => match init::lookup(rest, VersionRange::ANY) {
                Ok(found) => told(text, refused(self.agent.adopt(&EchoClient::new(found)))),
                Err(why) => tell(text, format_args!("{why}")),
            },
            ("put", _) => told(text, self.put_up(*self.agent.way(), &[self.echo()]).map(|token| token.0)),
            ("put-for-echo", _) => {
                let agent = self.agent.way().place();
                told(text, self.put_up(*self.echo.way(), &[agent]).map(|token| token.0))
            }
            ("send", Ok(number)) => told(text, refused(self.agent.adopt_as(number))),
            ("cost", _) => self.cost(text),
            ("guess", _) => self.guess(text),
            ("misuse", _) => self.misuse(text),
            _ => tell(text, format_args!("`{what}`?")),
        }
    }
}

fn done() -> Reason {
    Reason::try_from("taken").unwrap_or_default()
}

fn told<T: Display, E: Display>(text: &mut Text, outcome: Result<T, E>) {
    match outcome {
        Ok(what) => tell(text, format_args!("{what}")),
        Err(why) => tell(text, format_args!("error: {why}")),
    }
}

fn tell(text: &mut Text, words: core::fmt::Arguments<'_>) {
    // Cut where it is longer.
    let _ = text.write_fmt(words);
}

impl Server for Principal {
    fn message(&mut self, _: Client, method: u16, request: Request) -> Result<Answer, Status> {
        if method != echo::SAY {
            return Err(Status::UnknownMethod);
        }
        let (what, mut text): (Text, _) = (request.decode()?, Text::new());
        self.does(&what, &mut text);
        answer(&Said { generation: start::instance().generation, text })
    }
}
