//! What operators among the test modules ask of the supervisor, with errors that say what was asked.
#![no_std]
#![forbid(unsafe_code)]

pub mod board;
pub mod clockwork;
mod fingerprint;
pub mod give;
pub mod hoard;
pub mod locker;
pub mod loser;
mod modules;
pub mod office;
pub mod pane;
pub mod partitions;
pub mod prisoner;
pub mod random;
pub mod relay;
mod services;
pub mod sleeper;
pub mod taker;
pub mod tally;

use core::fmt::{Arguments, Write};

use heapless::String;
use ipc_proto::ids::{Generation, Instance};
use ipc_proto::name::Name;
use ipc_proto::operator::{Act, Answer, Death, MAX_PRINT, MemoryInfo, Outcome, Request, Since, State};
use ipc_proto::supervisor::Args;
use module_rt::{InitError, operator};

pub use fingerprint::fingerprint;
pub use modules::{generation_of, is_loaded, is_reaped, is_running, state_of};
pub use services::{clients_of, connect, connect_to, is_published, say, waiting, warm_up};

/// What is wrong, as a sentence.
pub type Wrong = String<96>;

/// How often something is tried again that waits for a restart.
const TRIES: u32 = 10_000;

/// A sentence, cut at its bound.
pub fn wrong(words: Arguments<'_>) -> Wrong {
    let mut text = Wrong::new();
    let _ = text.write_fmt(words);
    text
}

/// A name of the scripts.
pub fn name(text: &str) -> Result<Name, InitError> {
    Name::new(text).map_err(|error| InitError::new(20, format_args!("{text}: {error}")))
}

fn ask(request: &Request) -> Result<Answer, InitError> {
    Ok(operator::ask(request)?)
}

/// Prints on the console as it is.
pub fn print(words: Arguments<'_>) -> Result<(), InitError> {
    let mut text = String::<MAX_PRINT>::new();
    let _ = text.write_fmt(words);
    ask(&Request::Print { text }).map(drop)
}

/// Loads a module. `None` where its init did not come to its end.
pub fn load(name: Name) -> Result<Option<Instance>, InitError> {
    load_by(&Request::Load { name, args: Args::new(), hold: false, wait: true })
}

/// Loads a module with arguments; it must become live.
pub fn load_with(name: Name, args: &str) -> Result<Generation, InitError> {
    live(name, try_load_with(name, args)?)
}

/// How the answer ends where a module came to its end before it was live.
const NEVER_LIVE: [&str; 2] = ["nothing was published", "was unloaded before it was live"];

fn load_by(request: &Request) -> Result<Option<Instance>, InitError> {
    match ask(request)? {
        Answer::Loaded { instance, outcome: Outcome::Live } => Ok(Some(instance)),
        Answer::Refused(sentence) if NEVER_LIVE.iter().any(|end| sentence.ends_with(end)) => Ok(None),
        other => Err(InitError::new(21, format_args!("{request:?}: {other:?}"))),
    }
}

/// Loads a module, which must become live.
pub fn load_live(name: Name) -> Result<Generation, InitError> {
    live(name, load(name)?)
}

fn live(name: Name, loaded: Option<Instance>) -> Result<Generation, InitError> {
    let none = || InitError::new(28, format_args!("{name} did not become live"));
    Ok(loaded.ok_or_else(none)?.generation)
}

/// Loads a module with arguments. `None` where its init did not come to its end.
pub fn try_load_with(name: Name, args: &str) -> Result<Option<Instance>, InitError> {
    let too_long = |_| InitError::new(31, format_args!("the arguments of {name} are too long"));
    let args = Args::try_from(args).map_err(too_long)?;
    load_by(&Request::Load { name, args, hold: false, wait: true })
}

/// Kills a module as if it had faulted, and waits until it is live again.
pub fn crash_now(name: Name) -> Result<(), InitError> {
    match ask(&Request::Crash { name })? {
        Answer::Loaded { .. } => Ok(()),
        other => Err(InitError::new(36, format_args!("crash {name}: {other:?}"))),
    }
}

/// Loads a program with arguments, which runs to its end.
pub fn run(name: Name, args: &str) -> Result<(), InitError> {
    let too_long = |_| InitError::new(31, format_args!("the arguments of {name} are too long"));
    let args = Args::try_from(args).map_err(too_long)?;
    match ask(&Request::Load { name, args, hold: false, wait: true })? {
        Answer::Loaded { outcome: Outcome::Exited, .. } => Ok(()),
        other => Err(InitError::new(35, format_args!("run {name}: {other:?}"))),
    }
}

/// The same of one that may be killed meanwhile: `false` then.
pub fn runs_to_its_end(name: Name, args: &str) -> Result<bool, InitError> {
    let too_long = |_| InitError::new(31, format_args!("the arguments of {name} are too long"));
    let args = Args::try_from(args).map_err(too_long)?;
    match ask(&Request::Load { name, args, hold: false, wait: true })? {
        Answer::Loaded { outcome: Outcome::Exited, .. } => Ok(true),
        Answer::Refused(sentence) if NEVER_LIVE.iter().any(|end| sentence.ends_with(end)) => Ok(false),
        other => Err(InitError::new(35, format_args!("run {name}: {other:?}"))),
    }
}

/// Has a module made of another file. `false` where it is live again with the one that it had.
pub fn replace(name: Name, file: Name) -> Result<bool, InitError> {
    match ask(&Request::Replace { name, file })? {
        Answer::Loaded { .. } => Ok(true),
        Answer::Refused(sentence) if sentence.contains("with its earlier file it is live again") => Ok(false),
        other => Err(InitError::new(41, format_args!("replace {name} {file}: {other:?}"))),
    }
}

/// Takes back the stop of a module.
pub fn cancel_unload(name: Name) -> Result<(), InitError> {
    match ask(&Request::CancelUnload { name })? {
        Answer::Done => Ok(()),
        other => Err(InitError::new(32, format_args!("cancel the unload of {name}: {other:?}"))),
    }
}

/// Waits until a module is live.
pub fn await_live(name: Name) -> Result<(), InitError> {
    for _ in 0..TRIES {
        if state_of(name)? == Some(State::Live) {
            return Ok(());
        }
        module_rt::yield_now();
    }
    Err(InitError::new(38, format_args!("{name} does not become live")))
}

/// Waits until a module has come to its end and is not loaded any more.
pub fn await_exit(name: Name) -> Result<(), InitError> {
    for _ in 0..TRIES {
        if !is_loaded(name)? {
            return Ok(());
        }
        module_rt::yield_now();
    }
    Err(InitError::new(30, format_args!("{name} does not come to its end")))
}

/// Unloads a module that nobody calls; its memory is whole, or this is an error.
pub fn unload(name: Name) -> Result<(), InitError> {
    unload_by(&Request::Unload { name, now: false }).map(drop)
}

/// Unloads a module, whoever calls it.
pub fn unload_now(name: Name) -> Result<(), InitError> {
    unload_by(&Request::Unload { name, now: true }).map(drop)
}

/// Unloads a module when its call in service is answered, and waits for that.
pub fn unload_in_stages(name: Name) -> Result<(), InitError> {
    match ask(&Request::Unload { name, now: false })? {
        Answer::Unloaded { .. } => Ok(()),
        Answer::Stopping { .. } => await_exit(name),
        other => Err(InitError::new(22, format_args!("unload {name}: {other:?}"))),
    }
}

fn unload_by(request: &Request) -> Result<u64, InitError> {
    match ask(request)? {
        Answer::Unloaded { memory, .. } => Ok(memory),
        other => Err(InitError::new(22, format_args!("{request:?}: {other:?}"))),
    }
}

/// Takes back what the client holds of the module's; it must be so many capabilities.
pub fn revoke(name: Name, client: Name, capabilities: u8) -> Result<(), InitError> {
    match ask(&Request::Revoke { name, client })? {
        Answer::Revoked(taken) if taken == capabilities => Ok(()),
        Answer::Refused(_) if capabilities == 0 => Ok(()),
        other => Err(InitError::new(38, format_args!("revoke {name} {client}: {other:?}"))),
    }
}

/// Every slot of the module's CSpace is as granted, by the kernel's word.
pub fn is_as_granted(name: Name) -> Result<(), InitError> {
    let mut from = Some(0);
    while let Some(start) = from {
        let (page, next) = match ask(&Request::Caps { name, from: start })? {
            Answer::Caps { page, next, .. } => (page, next),
            other => return Err(InitError::new(39, format_args!("caps {name}: {other:?}"))),
        };
        if let Some(slot) = page.iter().find(|slot| !slot.is_as_granted()) {
            return Err(InitError::new(40, format_args!("{name}: {slot:?}")));
        }
        from = next;
    }
    Ok(())
}

/// Has the module killed so much later.
pub fn crash_after(name: Name, nanoseconds: u64, since: Since) -> Result<(), InitError> {
    after(name, Act::Crash, nanoseconds, since)
}

/// Has something done to the module so much later.
pub fn after(name: Name, act: Act, nanoseconds: u64, since: Since) -> Result<(), InitError> {
    match ask(&Request::After { name, act, nanoseconds, since })? {
        Answer::Done => Ok(()),
        other => Err(InitError::new(23, format_args!("{act:?} {name}: {other:?}"))),
    }
}

/// The last death, if it is one of this module that was not known yet.
pub fn new_death(of: Name, known: Option<Death>) -> Result<Option<Death>, InitError> {
    match ask(&Request::LastDeath { name: of })? {
        Answer::LastDeath(death) => Ok(death.filter(|death| Some(*death) != known)),
        other => Err(InitError::new(24, format_args!("the last death: {other:?}"))),
    }
}

/// Memory by the books.
pub fn books() -> Result<MemoryInfo, InitError> {
    match ask(&Request::Memory)? {
        Answer::Memory(books) => Ok(books),
        other => Err(InitError::new(25, format_args!("the books: {other:?}"))),
    }
}

/// Whether kernel and books agree on everything that is free.
pub fn is_whole() -> Result<bool, InitError> {
    prove(false)
}

/// The same, and everything that is free can be made into objects of its whole size.
pub fn is_whole_by_retyping() -> Result<bool, InitError> {
    prove(true)
}

fn prove(retype: bool) -> Result<bool, InitError> {
    match ask(&Request::Audit { retype })? {
        Answer::Proof(proof) => Ok(proof.is_whole()),
        other => Err(InitError::new(26, format_args!("the proof: {other:?}"))),
    }
}
