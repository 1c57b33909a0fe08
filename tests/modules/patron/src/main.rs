//! Asks the name server for one thing again and again, whatever becomes of the name server, and notes on the `board` whether
//! each answer was the right one. Several of it, with a role each, are the name server's load in a sweep.
//!
//! Arguments: `board` is that board; `hit`, `miss`, `brief` and `long` are the roles; `supply` reserves `late` and `later`,
//! again and again before it publishes them; `mortal-asks` looks a name up without a pause until it is killed, and
//! `mortal-waits` waits for one.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

mod board;
mod roles;

use core::time::Duration;

use ipc_proto::echo;
use ipc_proto::label::Status;
use ipc_proto::version::VersionRange;
use module_rt::init::NamesError;
use module_rt::{
    CallError, Client, Init, InitError, Manifest, Restart, Server, init, lookup_waiting, request, yield_now,
};
use operate::board::{self as notes, Role};

use board::Board;
use roles::Patron;

module_rt::module! {
    manifest: Manifest { restart: Restart::Never as u8, ..Manifest::new("patron") },
    init: init,
}

/// What `supply` reserves.
const SUPPLIES: [&str; 2] = ["late", "later"];
/// How often it does so before it publishes.
const RESERVED: u32 = 4;
/// How often something is asked again that was answered with `Interrupted`.
const AGAIN: u32 = 3;
/// Longer than any sweep.
pub const LONG: Duration = Duration::from_secs(4_000_000);

/// What a module of this program serves.
enum Served {
    Board(Board),
    Echo,
}

/// The name server has died more often than the stub asks again: whoever sees that asks again.
pub fn insist<T>(mut ask: impl FnMut() -> Result<T, NamesError>) -> Result<T, NamesError> {
    for _ in 0..AGAIN {
        match ask() {
            Err(NamesError::Call(CallError::Interrupted { .. })) => {}
            other => return other,
        }
    }
    ask()
}

fn init(init: &mut Init) -> Result<Served, InitError> {
    let args = init.args();
    match args.as_str() {
        "board" => {
            init.reserve(notes::NAME, notes::VERSION)?;
            return Ok(Served::Board(Board::default()));
        }
        "supply" => return supply(init),
        "mortal-asks" => {
            request::publish();
            // Whoever waits for that is to hear of it before the slice is over.
            yield_now();
            loop {
                let _ = init::lookup(echo::NAME, VersionRange::ANY);
            }
        }
        "mortal-waits" => {
            request::publish();
            loop {
                let _ = lookup_waiting("nowhere", VersionRange::ANY, LONG);
            }
        }
        _ => {}
    }
    let unknown = || InitError::new(80, format_args!("`{args}` is none of this program's roles"));
    let role = Role::ALL.into_iter().find(|role| role.word() == args).ok_or_else(unknown)?;
    let mut patron = Patron::begin(role)?;
    request::publish();
    loop {
        patron.turn();
    }
}

/// Reserves twice what it reserves once, again and again: it is one reservation all the time.
fn supply(init: &mut Init) -> Result<Served, InitError> {
    let mut first = None;
    for _ in 0..RESERVED {
        let [late, later] = SUPPLIES;
        let mut reserve = |name| insist(|| init.reserve(name, echo::VERSION));
        let services = [reserve(late)?, reserve(later)?];
        if *first.get_or_insert(services) != services {
            return Err(InitError::new(
                81,
                format_args!("it has {services:?} now, and reserved {first:?} first"),
            ));
        }
        yield_now();
    }
    Ok(Served::Echo)
}

impl Server for Served {
    fn words(&mut self, _: Client, method: u16, words: [u64; 4]) -> Result<[u64; 4], Status> {
        match (self, method, words) {
            (Served::Board(board), notes::NOTE, [role, wrong, about, _]) => board.note(role, wrong, about),
            (Served::Board(board), notes::READ, [role, ..]) => board.read(role),
            (Served::Board(board), notes::PAUSE, [whether, ..]) => Ok(board.pause(whether != 0)),
            (Served::Board(board), notes::REST, [role, ..]) => board.rest(role),
            (Served::Echo, echo::WORDS, [a, b, c, d]) => Ok([d, c, b, a]),
            _ => Err(Status::UnknownMethod),
        }
    }
}
