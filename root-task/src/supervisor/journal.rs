//! The log's lines: what modules write, how they die, and what the supervisor says of them; and an operator's look at it.

use core::cell::RefCell;
use core::fmt::{self, Write};

use heapless::Vec;
use ipc_proto::ids::{DomainId, Generation};
use ipc_proto::name::Name;
use ipc_proto::operator::{LogAnswer, Logged};
use ipc_proto::supervisor::Line;
use root_task_core::log::{self, Log};

use super::{Response, Supervisor, answer};
use crate::say;

struct Shelf(RefCell<Log>);

// SAFETY: the root task has one thread that keeps a log (the threads of bell and worker never come here).
unsafe impl Sync for Shelf {}

/// Not in the supervisor itself, which is moved into place on a stack that is no larger than eight of these.
static LOG: Shelf = Shelf(RefCell::new(Log::new()));

/// Text, cut at the bound of a line.
struct Cut(Line);

impl Write for Cut {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| self.0.push(character).map_err(|_| fmt::Error))
    }
}

/// Words as a line.
pub(super) fn line(words: fmt::Arguments<'_>) -> Line {
    let mut line = Cut(Line::new());
    // An error means that the line is full: what fitted is kept.
    let _ = line.write_fmt(words);
    line.0
}

impl Supervisor {
    fn with_log(&self, what: impl FnOnce(&mut Log, &dyn Fn(&Name) -> bool)) {
        // Nobody else has it in hand: nothing in here comes back to the log.
        if let Ok(mut log) = LOG.0.try_borrow_mut() {
            what(&mut log, &|name| self.ledger.find(name).is_some());
        }
    }

    /// Keeps a line that a module has written.
    pub(super) fn keep_line(&self, name: Name, generation: Generation, text: &str) {
        self.keep(name, generation, true, text);
    }

    /// Counts a line that a module has written and that is left out.
    pub(super) fn keep_count(&self, name: Name) {
        self.with_log(|log, is_loaded| log.leave_out(name, is_loaded));
    }

    /// Keeps a line about an instance, in the supervisor's words.
    pub(super) fn keep_words(&self, name: Name, generation: Generation, words: fmt::Arguments<'_>) {
        self.keep(name, generation, false, &line(words));
    }

    fn keep(&self, name: Name, generation: Generation, own: bool, text: &str) {
        let micros = self.timer.now() / 1000;
        self.with_log(|log, is_loaded| {
            log.put(&log::Line { name, generation, micros, own, text }, is_loaded);
        });
    }

    /// Says something of a running module on the console, and keeps it.
    pub(super) fn tell_of(&self, id: DomainId, words: fmt::Arguments<'_>) {
        let Some(module) = self.ledger.module(id) else { return };
        say!("supervisor: {} {words}", module.name);
        self.keep_words(module.name, module.generation, words);
    }

    /// What an operator sees of the log, from this line on.
    pub(super) fn log_from(&self, module: Option<&Name>, from: u64) -> Response {
        let mut page = Vec::new();
        let (mut from, mut end, mut known) = (from, 0, true);
        self.with_log(|log, is_loaded| {
            end = log.end();
            known = module.is_none_or(|module| log.knows(module) || is_loaded(module));
            while !page.is_full()
                && let Some(entry) = log.next(module, from)
            {
                let log::Line { name, generation, micros, own, text } = entry.line;
                let (sequence, number) = (entry.sequence, entry.number);
                from = sequence.saturating_add(1);
                // The log has cut it already.
                let text = Line::try_from(text).unwrap_or_default();
                let line = Logged { module: name, generation, sequence, number, micros, own, text };
                // There is room: that was just asked.
                let _ = page.push(line);
            }
        });
        answer(&if known { LogAnswer::Page { page, end } } else { LogAnswer::Unknown })
    }
}
