//! Small servers and clients for the tests of the simulation.
#![allow(dead_code, reason = "each test file uses some of it")]
#![allow(clippy::arithmetic_side_effects, reason = "a test counts no further than it runs")]

use std::cell::RefCell;
use std::collections::BTreeMap;

use ipc_proto::label::{Status, WORDS};
use ipc_proto::manifest::Manifest;
use ipc_proto::version::{Version, VersionRange};
use module_rt::simulation::{Module, module};
use module_rt::{Client, Connection, Init, InitError, Restart, Server, WaitError};

/// A method that goes as words.
pub const METHOD: u16 = 0x101 | WORDS;
/// The same, where the server is to do something else.
pub const OTHER: u16 = 0x102 | WORDS;
/// The version of all services here.
pub const VERSION: Version = Version(1);

/// A server that does this with each call of words.
pub struct Serves<F>(pub F);

impl<F: FnMut(Client, u16, [u64; 4]) -> Result<[u64; 4], Status>> Server for Serves<F> {
    fn words(&mut self, client: Client, method: u16, words: [u64; 4]) -> Result<[u64; 4], Status> {
        (self.0)(client, method, words)
    }
}

/// A manifest with this restart policy.
pub fn manifest(name: &str, restart: Restart) -> Manifest {
    Manifest { restart: restart as u8, ..Manifest::new(name) }
}

/// A module of one name, its own, that does this with each call of words.
pub fn serves(
    manifest: Manifest,
    name: &'static str,
    each: impl Fn(u16, [u64; 4]) -> Result<[u64; 4], Status> + Clone + Send + Sync + 'static,
) -> Module {
    module(manifest, move |init| {
        init.reserve(name, VERSION)?;
        let each = each.clone();
        Ok(Serves(move |_, method, words| each(method, words)))
    })
}

/// One that answers with the generation of its instance, and the words' sum.
pub fn adds(name: &'static str, restart: Restart) -> Module {
    serves(manifest(name, restart), name, |_, words| {
        Ok([u64::from(module_rt::start::instance().generation.0), words.iter().sum(), 0, 0])
    })
}

/// The way to a service that is there or will be.
pub fn connect(init: &mut Init, name: &str) -> Result<Connection, WaitError> {
    init.connect(name, VersionRange::ANY)
}

/// An error of a test's program.
pub fn fails(words: &str) -> InitError {
    InitError::new(9, format_args!("{words}"))
}

/// How often something was seen in the runs of a sweep.
#[derive(Default)]
pub struct Seen(RefCell<BTreeMap<&'static str, u32>>);

impl Seen {
    /// It was.
    pub fn note(&self, what: &'static str) {
        *self.0.borrow_mut().entry(what).or_default() += 1;
    }

    /// All of these were; otherwise the sweep says nothing.
    pub fn all(&self, whats: &[&str]) {
        let seen = self.0.borrow();
        assert!(whats.iter().all(|what| seen.contains_key(what)), "{seen:?}");
    }
}
