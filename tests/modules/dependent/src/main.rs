//! Uses others and is used, as its arguments say, and says what it has heard of their deaths. What becomes of it at such a
//! death is `notify` by its manifest; systems say otherwise for its copies.
//!
//! Arguments:
//!
//! - `reserve NAME` reserves it.
//! - `use NAME` connects to it; it waits for the name as long as it may.
//! - `again MS` has it wait so long for the name of each connection that it loses, in [`Server::lost`].
//! - `say WORD` logs it.
//! - `watch` publishes, and logs what it loses and when it has found it again: a program that serves nobody.
//!
//! When it is sent `said`, it says what it has lost and found again; when it is sent `use NAME`, it connects to it then.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::fmt::{self, Arguments, Write};
use core::time::Duration;

use heapless::Vec;
use ipc_proto::echo::{self, Said, Text};
use ipc_proto::label::Status;
use ipc_proto::name::Name;
use ipc_proto::version::VersionRange;
use module_rt::init::NamesError;
use module_rt::{
    Answer, Client, Connection, Init, InitError, Loss, Manifest, OnLoss, Request, Server, answer, init, log,
    lookup_waiting, losses, request, start,
};

module_rt::module! {
    manifest: Manifest { stack_bytes: 8 * 4096, flags: OnLoss::Notify as u8, ..Manifest::new("dependent") },
    init: init,
}

const VERSIONS: VersionRange = VersionRange::exactly(echo::VERSION);
/// How long `watch` waits for a name, in milliseconds of the guest's clock.
const WATCHED_MS: u64 = 3_000_000_000;

#[derive(Default)]
struct Dependent {
    used: Vec<(Name, Connection), 4>,
    again: Option<Duration>,
    said: Text,
}

fn usage() -> InitError {
    InitError::new(1, format_args!("usage: [reserve NAME | use NAME | again MS | say WORD | watch] ..."))
}

/// What comes of a wait for a name.
struct Back<'a>(&'a str, Duration);

impl fmt::Display for Back<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match lookup_waiting(self.0, VERSIONS, self.1) {
            Ok(_) => write!(f, "{} is back", self.0),
            Err(error) => write!(f, "{}: {error}", self.0),
        }
    }
}

impl Dependent {
    fn uses(&mut self, word: &str, connection: Connection) -> Result<(), InitError> {
        let name = Name::new(word).map_err(NamesError::Name)?;
        self.used.push((name, connection)).map_err(|_| usage())
    }

    /// The name of what a connection leads to.
    fn name_of(&self, connection: Connection) -> Option<Name> {
        self.used.iter().find(|(_, used)| *used == connection).map(|(name, _)| *name)
    }

    fn note(&mut self, words: Arguments<'_>) {
        let separator = if self.said.is_empty() { "" } else { "; " };
        // An error means that the text is full: what fitted is told.
        let _ = self.said.write_fmt(format_args!("{separator}{words}"));
    }

    fn watch(&self) -> ! {
        request::publish();
        loop {
            for Loss { connection, now } in losses::wait_for_losses() {
                if let Some(name) = self.name_of(connection) {
                    log!("lost {name}, which is {now:?}");
                    log!("{}", Back(name.as_str(), Duration::from_millis(WATCHED_MS)));
                }
            }
        }
    }
}

fn init(init: &mut Init) -> Result<Dependent, InitError> {
    let args = init.args();
    let mut dependent = Dependent::default();
    let mut words = args.split(' ').filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        let mut next = || words.next().ok_or_else(usage);
        match word {
            "reserve" => drop(init.reserve(next()?, echo::VERSION)?),
            "use" => {
                let name = next()?;
                dependent.uses(name, init.connect(name, VERSIONS)?)?;
            }
            "again" => dependent.again = Some(Duration::from_millis(next()?.parse().map_err(|_| usage())?)),
            "say" => log!("{}", next()?),
            "watch" => dependent.watch(),
            _ => return Err(usage()),
        }
    }
    Ok(dependent)
}

impl Server for Dependent {
    fn message(&mut self, _: Client, method: u16, request: Request) -> Result<Answer, Status> {
        if method != echo::SAY {
            return Err(Status::UnknownMethod);
        }
        let asked: Text = request.decode()?;
        let text = match asked.split_once(' ') {
            Some(("use", name)) => {
                let found = init::lookup(name, VERSIONS).map_err(|_| Status::Refused)?;
                self.uses(name, found).map_err(|_| Status::Refused)?;
                Text::new()
            }
            _ => self.said.clone(),
        };
        answer(&Said { generation: start::instance().generation, text })
    }

    fn lost(&mut self) {
        for Loss { connection, now } in losses::losses() {
            let Some(name) = self.name_of(connection) else { continue };
            self.note(format_args!("lost {name}, which is {now:?}"));
            if let Some(longest) = self.again {
                self.note(format_args!("{}", Back(name.as_str(), longest)));
            }
        }
    }
}
