//! What the host's tool asks over the serial line: a module's file comes, and is loaded, or takes the place of another.

use ipc_proto::ids::Instance;
use ipc_proto::name::{Name, NameError};
use ipc_proto::operator::{Answer, Outcome, Sentence, State};
use ipc_proto::push::{self, Reply, Request};
use ipc_proto::supervisor::Args;
use root_task_core::alarms::What;
use root_task_core::push::{Delivery, Place, Step};

use super::operator::sentence;
use crate::file::File;
use crate::line::TURN;
use crate::memory::OutOf;
use crate::say;
use crate::shelf::{MAX_PLACES, NoPlace};
use crate::supervisor::Supervisor;
use crate::supervisor::waiter::{Asker, Pushed};

/// How long the line is left alone after a turn, at least, in nanoseconds.
const PAUSE: u64 = 50_000;
/// How many times as long as the turn took it is left alone: then a flood costs a part of everybody's time, and no more.
const REST: u64 = 3;

impl Place for Supervisor {
    fn open(&mut self, bytes: u32) -> Result<(), Sentence> {
        loop {
            match self.shelf.open(&mut self.memory, bytes) {
                Ok(()) => return Ok(()),
                // A dead instance that is kept for its report can hold a file, and memory.
                Err(NoPlace::Full | NoPlace::OutOf(OutOf::Memory(_))) if self.thaw_oldest() => {}
                Err(NoPlace::Full) => {
                    return Err(sentence(format_args!(
                        "{MAX_PLACES} pushed files are in use, as many as there can be: unload a module that was pushed"
                    )));
                }
                Err(NoPlace::OutOf(what)) => {
                    return Err(sentence(format_args!("no place for the file: {what}")));
                }
            }
        }
    }

    fn write(&mut self, at: u32, piece: &[u8]) {
        self.shelf.write(at, piece);
    }

    fn give_up(&mut self) {
        self.shelf.give_up();
    }
}

impl Supervisor {
    /// Something has come over the line, or it may have since the last turn.
    pub(in crate::supervisor) fn line_rang(&mut self) {
        let began = self.timer.now();
        let mut bytes = [0; TURN];
        let count = self.line.as_mut().map_or(0, |line| line.read(&mut bytes));
        for byte in bytes.iter().take(count) {
            if let Some(request) = self.line.as_mut().and_then(|line| line.take(*byte)) {
                self.line_asks(request);
            }
        }
        if count > 0 || self.line.as_mut().is_some_and(|line| !line.listen()) {
            let now = self.timer.now();
            let pause = now.saturating_sub(began).saturating_mul(REST).max(PAUSE);
            // There is room: it is one of the supervisor's own.
            let _ = self.alarms.set(What::Line, now.saturating_add(pause));
            self.set_timer();
        }
    }

    fn line_asks(&mut self, request: Request) {
        let mut reception = core::mem::take(&mut self.reception);
        let step = reception.take(request, self);
        self.reception = reception;
        match step {
            Step::Answer(reply) => self.reply(&reply),
            Step::Refuse(name, reply) => {
                tell(&name, &reply);
                self.reply(&reply);
            }
            Step::Load(delivery) => self.delivered(delivery),
        }
    }

    fn reply(&mut self, reply: &Reply) {
        if let Some(line) = self.line.as_mut() {
            line.send(reply);
        }
    }

    /// A whole file is there.
    fn delivered(&mut self, delivery: Delivery) {
        let Delivery { transfer, name, sum } = delivery;
        let pushed = Pushed { transfer, name, replaces: self.ledger.find(&name).is_some() };
        let begun = match self.pushed_file(sum) {
            Ok(file) => {
                say!("[{name}] is pushed: {}, {} bytes", file.name, file.len());
                self.take_pushed(delivery, pushed, file)
            }
            Err(error) => Err(sentence(format_args!("{error}"))),
        };
        match begun {
            Ok(()) => self.reply(&Reply::Working { transfer }),
            Err(why) => self.is_settled(pushed, &Reply::Refused { transfer, why }),
        }
    }

    fn pushed_file(&mut self, sum: u32) -> Result<File, NameError> {
        let name = push::file_name(sum)?;
        // There is a place: the file has just been written to it.
        self.shelf.close().map(|book| File::pushed(name, book)).ok_or(NameError::Empty)
    }

    fn take_pushed(&mut self, delivery: Delivery, pushed: Pushed, file: File) -> Result<(), Sentence> {
        let (name, asker) = (delivery.name, Asker::Push(pushed));
        if pushed.replaces {
            return self.replace_by(&name, file, asker);
        }
        let instance = self.load_of(name, file, Args::new(), false)?;
        self.while_it_waits(instance.domain, asker, |_| ())
    }

    /// What an operator would be told has come of a pushed file that was begun with: the tool is told.
    pub(in crate::supervisor) fn has_come_of(&mut self, pushed: Pushed, answer: &Answer) {
        let Pushed { transfer, name, replaces } = pushed;
        let reply = match answer {
            Answer::Loaded { outcome: Outcome::Exited, .. } | Answer::Done => Reply::Ended { transfer },
            Answer::Loaded { instance, .. } => {
                Reply::Live { transfer, instance: *instance, replaced: replaces }
            }
            // The earlier one has ended for it.
            Answer::Refused(why) if replaces => {
                Reply::Undone { transfer, again: self.live(&name), why: why.clone() }
            }
            Answer::Refused(why) => Reply::Refused { transfer, why: why.clone() },
            // No other answer is given to those who load and replace.
            _ => Reply::Unknown { transfer },
        };
        self.is_settled(pushed, &reply);
    }

    fn is_settled(&mut self, pushed: Pushed, reply: &Reply) {
        tell(&pushed.name, reply);
        if self.reception.finish(pushed.transfer, reply) {
            self.reply(reply);
        }
    }

    /// The module's instance, where it is live.
    fn live(&self, name: &Name) -> Option<Instance> {
        let id = self.ledger.find(name).filter(|id| self.state(*id) == Some(State::Live))?;
        self.ledger.newest(id)
    }
}

/// Tells of a push that came to nothing, for who is at the console. Of others it is told by what becomes of the module.
fn tell(name: &Name, reply: &Reply) {
    match reply {
        Reply::Refused { why, .. } => say!("[{name}] was pushed and is refused: {why}"),
        Reply::Undone { why, .. } => say!("[{name}] was pushed and is not live of that: {why}"),
        _ => {}
    }
}
