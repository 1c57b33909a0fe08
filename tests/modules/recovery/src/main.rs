//! A client of `echo` whose server dies while it is inside a call: how soon it runs again, with which error, and
//! whether a new lookup serves it.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::names::NameFailure;
use ipc_proto::registrar::Refusal;
use ipc_proto::version::VersionRange;
use module_rt::init::{NamesError, lookup};
use module_rt::{CallError, Connection, Init, InitError, Manifest, clock, log};

module_rt::program! {
    manifest: Manifest::new("recovery"),
    main: main,
}

/// The most guest instructions from before the call to after its error. The fault lies in between.
const LIMIT: u64 = 20_000;
/// How often the lookup is repeated while the module is being restarted.
const MAX_LOOKUPS: u32 = 1_000_000;

fn connect() -> Result<Connection, InitError> {
    for _ in 0..MAX_LOOKUPS {
        match lookup(echo::NAME, VersionRange::exactly(echo::VERSION)) {
            Err(NamesError::Refused(NameFailure::Supervisor(Refusal::NotLive))) => module_rt::yield_now(),
            other => return Ok(other?),
        }
    }
    Err(InitError::new(10, format_args!("echo was not restarted")))
}

fn say(echo: Connection) -> Result<Said, CallError> {
    echo.call(echo::SAY, &Text::try_from("hello").unwrap_or_default())
}

fn main(_: &mut Init) -> Result<(), InitError> {
    let echo = connect()?;
    let before = say(echo)?;
    let start = clock::now();
    let died = echo.call_words(echo::DIE, [0; 4]);
    let instructions = clock::now().saturating_sub(start);
    let next = before.generation.next().unwrap_or(before.generation);
    if died != Err(CallError::Interrupted { generation: before.generation, next }) {
        return Err(InitError::new(11, format_args!("the call that died gave {died:?}")));
    }
    log!("running again, with the typed error, {instructions} instructions after the call began");
    if instructions > LIMIT {
        return Err(InitError::new(12, format_args!("that is more than {LIMIT}")));
    }
    let after = say(connect()?)?;
    if after.generation <= before.generation {
        return Err(InitError::new(13, format_args!("generation {} served again", after.generation)));
    }
    log!("served again by generation {}", after.generation);
    Ok(())
}
