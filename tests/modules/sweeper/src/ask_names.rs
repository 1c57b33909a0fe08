//! The name server is killed while it is asked something: the answer is as if it had not been, and nothing is lost.

use ipc_proto::echo;
use ipc_proto::names::{LABEL, NameFailure};
use ipc_proto::operator::Since;
use ipc_proto::slots;
use ipc_proto::version::{Version, VersionRange};
use module_rt::init::{NamesError, list, lookup};
use module_rt::{CallError, Connection, InitError, clock};
use operate::{self as ask, Wrong, wrong};

use crate::script::Question;
use crate::sweep::{Round, Sweep};

/// A module that reserves a name when it is loaded.
const RESERVES: &str = "echo-client";
/// The longest that a question may take, in nanoseconds, with a start of the name server in it: far less than a call's
/// deadline, which would end it, too.
const PROMPT: u64 = 10_000_000;

/// Asks. The right answer is `Ok(true)`, that of a name server that has forgotten everything `Ok(false)`, and the others are
/// errors.
fn ask_it(question: Question) -> Result<bool, NamesError> {
    let found = |name: &str, versions| match lookup(name, versions) {
        Ok(_) => Ok(true),
        Err(NamesError::Refused(NameFailure::NotFound)) => Ok(false),
        Err(error) => Err(error),
    };
    let Version(version) = echo::VERSION;
    match question {
        Question::Lookup => found(echo::NAME, VersionRange::exactly(echo::VERSION)),
        Question::Version => {
            match found(echo::NAME, VersionRange::exactly(Version(version.saturating_add(1)))) {
                Err(NamesError::Refused(NameFailure::Version { .. })) => Ok(true),
                other => other,
            }
        }
        Question::Missing | Question::Gone => found(RESERVES, VersionRange::ANY).map(|found| !found),
        Question::List => list(0).map(|names| !names.is_empty()),
        Question::Unreadable => {
            let names = Connection::in_slot(slots::NAMES);
            match names.call::<_, u8>(LABEL, &[u64::MAX; 4]) {
                Err(CallError::BadMessage) => Ok(true),
                Err(error) => Err(NamesError::Call(error)),
                Ok(_) => Err(NamesError::Call(CallError::BadAnswer)),
            }
        }
        Question::Reserve => {
            let loads = |_| NamesError::Call(CallError::BadAnswer);
            ask::name(RESERVES).and_then(ask::load).map(|loaded| loaded.is_some()).map_err(loads)
        }
        Question::Again => {
            let loads = |_| NamesError::Call(CallError::BadAnswer);
            ask::name(echo::NAME).and_then(ask::crash_now).map(|()| true).map_err(loads)
        }
    }
}

impl Sweep {
    fn prepare_question(&self, question: Question) -> Result<(), InitError> {
        if question == Question::Gone {
            let name = ask::name(RESERVES)?;
            ask::load_live(name)?;
            ask::unload(name)?;
        }
        Ok(())
    }

    pub fn ask_once(&mut self, question: Question) -> Result<(), InitError> {
        self.prepare_question(question)?;
        if !ask_it(question)? {
            return Err(InitError::new(
                19,
                format_args!("{question:?} was answered as if all was forgotten"),
            ));
        }
        self.clear_up()
    }

    fn clear_up(&self) -> Result<(), InitError> {
        let name = ask::name(RESERVES)?;
        if ask::is_loaded(name)? {
            ask::unload(name)?;
        }
        Ok(())
    }

    pub fn ask(&mut self, question: Question, moment: u64) -> Result<Round, InitError> {
        self.prepare_question(question)?;
        let before = ask::generation_of(self.victim)?;
        // The load itself is long, and the name server is asked when the module has started.
        let since = match question {
            Question::Reserve => Since::NextStart(ask::name(RESERVES)?),
            Question::Again => Since::NextStart(ask::name(echo::NAME)?),
            _ => Since::Now,
        };
        ask::crash_after(self.victim, moment, since)?;
        let asked = clock::now();
        let answer = ask_it(question);
        let took = clock::now().saturating_sub(asked);
        let early = self.new_death()?;
        let death = match early {
            Some(death) => death,
            None => self.await_death(clock::now(), moment)?,
        };
        ask::await_live(self.victim)?;
        let interrupted =
            CallError::Interrupted { generation: before, next: before.next().unwrap_or(before) };
        let verdict: Result<(), Wrong> = match answer {
            _ if took > PROMPT => Err(wrong(format_args!("answered after {took} ns"))),
            Ok(true) => Ok(()),
            // It is not the stub's, which asks again.
            Err(NamesError::Call(error)) if question == Question::Unreadable && error == interrupted => {
                Ok(())
            }
            other => Err(wrong(format_args!("{other:?}"))),
        };
        self.clear_up()?;
        let verdict = verdict.and_then(|()| self.serves(echo::NAME, before));
        Ok(if early.is_some() { Round::Struck(death.ip, verdict) } else { Round::Done })
    }
}
