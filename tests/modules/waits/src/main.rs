//! Waits for names and reserves names, in the order that its arguments say; then it serves, and waits for whatever name it
//! is sent.
//!
//! Arguments; a name with `:2` behind it is meant in version 2:
//!
//! - `wait NAME MS` waits so long for it; where it is not found, init fails.
//! - `soon NAME MS` does the same, and notes how many instructions after the beginning of its publish it was found, where
//!   its provider is this program, too; more than [`MOST`] are an error.
//! - `try NAME MS` goes on where it is not found.
//! - `reserve NAME` reserves it.
//! - `stop NAME` has the thread of a module stopped, wherever it is, and go on; it takes an operator.
//! - `serve MODULE NAME` loads a copy of this program that reserves the name, and goes on; it takes an operator. Nobody
//!   types or prints meanwhile, as the shell would: that shows up in what others measure.
//! - `fail` fails, and `exit` ends this program. `try nobody 1 exit` takes a millisecond, in which everybody else comes to
//!   where it waits: for scenarios, since nobody knows when the next command is typed.
//!
//! What came of the waits it says when it is sent `said`, and not before: a line on the console could come at any moment.
//! When it is sent `NAME MS`, it waits for that name then.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::fmt::{Arguments, Write};
use core::time::Duration;

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::label::{Status, WORDS};
use ipc_proto::name::Name;
use ipc_proto::operator::{self, Act, Since};
use ipc_proto::supervisor::Args;
use ipc_proto::version::{Version, VersionRange};
use module_rt::init::NamesError;
use module_rt::{
    Answer, Client, Connection, Init, InitError, Manifest, Request, Server, WaitError, answer, clock,
    lookup_waiting, request, start,
};

module_rt::module! {
    manifest: Manifest { stack_bytes: 8 * 4096, ..Manifest::new("waits") },
    init: init,
}

/// Four words in; when this instance began its publish comes back in the first.
const PUBLISHED: u16 = WORDS | 0x110;
/// More instructions than there are between the beginning of a publish and the moment when somebody who waited has a
/// capability.
const MOST: u64 = 40_000;

struct Waits {
    /// What came of the waits in its init.
    said: Text,
    published: u64,
}

fn usage() -> InitError {
    InitError::new(
        1,
        format_args!(
            "usage: [wait NAME MS | soon NAME MS | try NAME MS | reserve NAME | stop NAME | serve MODULE NAME | fail | exit] ..."
        ),
    )
}

/// A name, and its version.
fn versioned(word: &str) -> Result<(&str, Version), InitError> {
    match word.split_once(':') {
        Some((name, version)) => Ok((name, Version(version.parse().map_err(|_| usage())?))),
        None => Ok((word, echo::VERSION)),
    }
}

fn wait(word: &str, milliseconds: &str) -> Result<Result<Connection, WaitError>, InitError> {
    let (name, version) = versioned(word)?;
    let longest = Duration::from_millis(milliseconds.parse().map_err(|_| usage())?);
    Ok(lookup_waiting(name, VersionRange::exactly(version), longest))
}

/// Notes how late a name was found, whose provider is this program, too.
fn found_soon(said: &mut Text, name: &str, connection: Connection) -> Result<(), InitError> {
    let now = clock::now();
    let [published, ..] = connection.call_words(PUBLISHED, [0; 4])?;
    let after = now.saturating_sub(published);
    note(said, format_args!("found {name} {after} instructions after its publish began"));
    if after > MOST {
        return Err(InitError::new(
            3,
            format_args!("{name} was found late: {after} instructions, not {MOST}"),
        ));
    }
    Ok(())
}

fn stop(module: &str) -> Result<(), InitError> {
    let name = Name::new(module).map_err(NamesError::Name)?;
    let stop = operator::Request::After { name, act: Act::Pause, nanoseconds: 0, since: Since::Now };
    match module_rt::operator::ask(&stop)? {
        operator::Answer::Done => Ok(()),
        _ => Err(InitError::new(4, format_args!("{name} cannot be stopped"))),
    }
}

fn serve(module: &str, reserved: &str) -> Result<(), InitError> {
    let name = Name::new(module).map_err(NamesError::Name)?;
    let mut args = Args::new();
    // An error means that the arguments are full: then they are not what the program understands, and it says so.
    let _ = args.write_fmt(format_args!("reserve {reserved}"));
    match module_rt::operator::ask(&operator::Request::Load { name, args, hold: false, wait: false })? {
        operator::Answer::Loaded { .. } => Ok(()),
        _ => Err(InitError::new(5, format_args!("{name} cannot be loaded"))),
    }
}

fn note(said: &mut Text, words: Arguments<'_>) {
    // An error means that the text is full: what fitted is told.
    let _ = said.write_fmt(words);
}

fn init(init: &mut Init) -> Result<Waits, InitError> {
    let args = init.args();
    let mut said = Text::new();
    let mut words = args.split(' ').filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        let mut next = || words.next().ok_or_else(usage);
        match word {
            "wait" => {
                let name = next()?;
                wait(name, next()?)??;
                note(&mut said, format_args!("found {name}"));
            }
            "soon" => {
                let name = next()?;
                found_soon(&mut said, name, wait(name, next()?)??)?;
            }
            "try" => {
                let name = next()?;
                match wait(name, next()?)? {
                    Ok(_) => note(&mut said, format_args!("found {name}")),
                    Err(error) => note(&mut said, format_args!("{name}: {error}")),
                }
            }
            "reserve" => {
                let (name, version) = versioned(next()?)?;
                init.reserve(name, version)?;
            }
            "stop" => stop(next()?)?,
            "serve" => serve(next()?, next()?)?,
            "exit" => request::exit(0),
            "fail" => return Err(InitError::new(2, format_args!("the test asked for an error"))),
            _ => return Err(usage()),
        }
    }
    Ok(Waits { said, published: clock::now() })
}

impl Server for Waits {
    fn message(&mut self, _: Client, method: u16, request: Request) -> Result<Answer, Status> {
        if method != echo::SAY {
            return Err(Status::UnknownMethod);
        }
        let asked: Text = request.decode()?;
        let mut text = self.said.clone();
        if asked != "said" {
            let (name, milliseconds) = asked.split_once(' ').ok_or(Status::BadMessage)?;
            text.clear();
            match wait(name, milliseconds).map_err(|_| Status::BadMessage)? {
                Ok(_) => note(&mut text, format_args!("found {name}")),
                Err(error) => note(&mut text, format_args!("{name}: {error}")),
            }
        }
        answer(&Said { generation: start::instance().generation, text })
    }

    fn words(&mut self, _: Client, method: u16, _: [u64; 4]) -> Result<[u64; 4], Status> {
        if method != PUBLISHED {
            return Err(Status::UnknownMethod);
        }
        Ok([self.published, 0, 0, 0])
    }
}
