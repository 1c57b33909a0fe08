//! A server that never ends one of its calls, and makes that very call to another one on a connection that it is passed. Two
//! programs are made of it, which differ in their manifests' deadlines.
#![no_std]
#![forbid(unsafe_code)]

use core::time::Duration;

use ipc_proto::label::{Status, WORDS};
use ipc_proto::passing::Token;
use ipc_proto::version::{Version, VersionRange};
use module_rt::passing::{give_back, take_connection};
use module_rt::{CallError, Client, Connection, Init, InitError, Server, clock, lookup_waiting};

/// The version of the service, which has its module's name.
pub const VERSION: Version = Version(1);
/// The call that does not end.
pub const STALL: u16 = 0x101 | WORDS;
/// Take what the caller has put up under this token, and make that call on it. The answer is how many nanoseconds that has
/// lasted, and whether it was interrupted.
pub const WAIT: u16 = 0x102 | WORDS;

/// The server.
#[derive(Debug)]
pub struct Idler;

/// Offers it under the module's own name.
///
/// # Errors
/// Where somebody else has that name.
pub fn init(init: &mut Init, name: &str) -> Result<Idler, InitError> {
    init.reserve(name, VERSION)?;
    Ok(Idler)
}

/// Makes the call that does not end; gives how many nanoseconds it has lasted, and whether it was interrupted.
pub fn waits(on: Connection) -> [u64; 4] {
    let began = clock::now();
    let outcome = on.call_words(STALL, [0; 4]);
    let lasted = clock::now().saturating_sub(began);
    [lasted, u64::from(matches!(outcome, Err(CallError::Interrupted { .. }))), 0, 0]
}

impl Server for Idler {
    fn words(&mut self, client: Client, method: u16, [token, ..]: [u64; 4]) -> Result<[u64; 4], Status> {
        match method {
            STALL => loop {
                // Nobody has that name: it is idle, and others run.
                let _ = lookup_waiting("nobody", VersionRange::ANY, Duration::from_millis(40));
            },
            WAIT => {
                let taken = take_connection(client, Token(token), VersionRange::ANY, None);
                let taken = taken.map_err(|_| Status::Refused)?;
                let answer = waits(taken);
                give_back(taken);
                Ok(answer)
            }
            _ => Err(Status::UnknownMethod),
        }
    }
}
