//! Waits for names and reserves names, in the order that its arguments say; then it serves, and waits for whatever name it
//! is sent.
//!
//! Arguments; a name with `:2` behind it is meant in version 2, one with `:1-2` in version 1 or 2:
//!
//! - `wait NAME MS` waits so long for it; where it is not found, init fails.
//! - `soon NAME MS` does the same, and notes how many instructions after the beginning of its publish it was found, where
//!   its provider is this program, too; more than [`MOST`] are an error.
//! - `try NAME MS` goes on where it is not found.
//! - `speak NAME` looks it up and does not wait; where its provider is this program, too, it calls the service that it has
//!   found, which says in which version it was called.
//! - `reserve NAME` reserves it, in each of its versions.
//! - `stop NAME` has the thread of a module stopped, wherever it is, and go on; it takes an operator.
//! - `serve MODULE NAME` loads a copy of this program that reserves the name, and goes on; it takes an operator. Nobody
//!   types or prints meanwhile, as the shell would: that shows up in what others measure.
//! - `fail` fails, and `exit` ends this program. `try nobody 1 exit` takes a millisecond, in which everybody else comes to
//!   where it waits: for scenarios, since nobody knows when the next command is typed.
//!
//! What came of the waits it says when it is sent `said`, and not before: a line on the console could come at any moment.
//! When it is sent `NAME MS`, it waits for that name then; when it is sent `speak NAME`, it does that.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::fmt::{Arguments, Write};
use core::time::Duration;

use heapless::Vec;
use ipc_proto::echo::{self, Said, Text};
use ipc_proto::label::{Status, WORDS};
use ipc_proto::name::Name;
use ipc_proto::operator::{self, Act, Since};
use ipc_proto::supervisor::Args;
use ipc_proto::version::{MAX_VERSIONS, Version, VersionRange};
use module_rt::init::{NamesError, find};
use module_rt::{
    Answer, Client, Connection, Init, InitError, Manifest, Request, Server, WaitError, answer, clock,
    lookup_waiting, request, start,
};

module_rt::module! {
    manifest: Manifest { stack_bytes: 6 * 4096, ..Manifest::new("waits") },
    init: init,
}

/// Four words in; when this instance began its publish comes back in the first.
const PUBLISHED: u16 = WORDS | 0x110;
/// Four words in; the version of the service that was called comes back in the first.
const VERSION: u16 = WORDS | 0x111;
/// More instructions than there are between the beginning of a publish and the moment when somebody who waited has a
/// capability.
const MOST: u64 = 40_000;

struct Waits {
    /// What came of the waits in its init.
    said: Text,
    published: u64,
    /// The numbers of its services, and their versions.
    reserved: Vec<(u16, Version), MAX_VERSIONS>,
}

fn usage() -> InitError {
    InitError::new(
        1,
        format_args!(
            "usage: [wait NAME MS | soon NAME MS | try NAME MS | speak NAME | reserve NAME | stop NAME | serve MODULE NAME | fail | exit] ..."
        ),
    )
}

/// A name, and its versions.
fn versioned(word: &str) -> Result<(&str, VersionRange), InitError> {
    let Some((name, versions)) = word.split_once(':') else {
        return Ok((word, VersionRange::exactly(echo::VERSION)));
    };
    let version = |text: &str| text.parse().map(Version).map_err(|_| usage());
    let (oldest, newest) = versions.split_once('-').unwrap_or((versions, versions));
    Ok((name, VersionRange { oldest: version(oldest)?, newest: version(newest)? }))
}

/// Calls what it finds, which says in which version it was called: in the one that was found.
fn speak(said: &mut Text, word: &str) -> Result<(), InitError> {
    let (name, versions) = versioned(word)?;
    let found = match find(name, versions) {
        Ok(found) => found,
        Err(error) => {
            note(said, format_args!("{name}: {error}"));
            return Ok(());
        }
    };
    let [version, ..] = found.connection.call_words(VERSION, [0; 4])?;
    if version != u64::from(found.version.0) {
        return Err(InitError::new(
            6,
            format_args!("{name} is {version}, and was found as {}", found.version),
        ));
    }
    note(said, format_args!("{name}: spoke version {version}"));
    Ok(())
}

fn wait(word: &str, milliseconds: &str) -> Result<Result<Connection, WaitError>, InitError> {
    let (name, versions) = versioned(word)?;
    let longest = Duration::from_millis(milliseconds.parse().map_err(|_| usage())?);
    Ok(lookup_waiting(name, versions, longest))
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
    let mut reserved = Vec::new();
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
            "speak" => speak(&mut said, next()?)?,
            "reserve" => {
                let (name, VersionRange { oldest, newest }) = versioned(next()?)?;
                for version in (oldest.0..=newest.0).map(Version) {
                    let service = init.reserve(name, version)?;
                    // There is room: a module can have no more services.
                    let _ = reserved.push((service.index, version));
                }
            }
            "stop" => stop(next()?)?,
            "serve" => serve(next()?, next()?)?,
            "exit" => request::exit(0),
            "fail" => return Err(InitError::new(2, format_args!("the test asked for an error"))),
            _ => return Err(usage()),
        }
    }
    Ok(Waits { said, published: clock::now(), reserved })
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
            if name == "speak" {
                speak(&mut text, milliseconds).map_err(|_| Status::NotDelivered)?;
                return answer(&Said { generation: start::instance().generation, text });
            }
            match wait(name, milliseconds).map_err(|_| Status::BadMessage)? {
                Ok(_) => note(&mut text, format_args!("found {name}")),
                Err(error) => note(&mut text, format_args!("{name}: {error}")),
            }
        }
        answer(&Said { generation: start::instance().generation, text })
    }

    fn words(&mut self, client: Client, method: u16, _: [u64; 4]) -> Result<[u64; 4], Status> {
        let called = self.reserved.iter().find(|(index, _)| Some(*index) == client.service());
        match (method, called) {
            (PUBLISHED, _) => Ok([self.published, 0, 0, 0]),
            (VERSION, Some((_, version))) => Ok([u64::from(version.0), 0, 0, 0]),
            _ => Err(Status::UnknownMethod),
        }
    }
}
