//! The log's lines: what modules write, how they die, and what the supervisor says of them; and an operator's look at it.

use core::cell::RefCell;
use core::fmt::{self, Write};

use heapless::Vec;
use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, LastLine, LogAnswer, Logged, MAX_LINES};
use ipc_proto::supervisor::Line;
use root_task_core::followers::Followers;
use root_task_core::log::{self, Log};

use super::operator::refused;
use crate::say;
use crate::supervisor::{Response, Supervisor, answer};

struct Shelf<T>(RefCell<T>);

// SAFETY: the root task has one thread that keeps a log (the threads of bell and worker never come here).
unsafe impl<T> Sync for Shelf<T> {}

/// Not in the supervisor itself, which is moved into place on a stack that is no larger than eight of these.
static LOG: Shelf<Log> = Shelf(RefCell::new(Log::new()));
/// Beside it: who logs has the supervisor in hand for reading only.
static FOLLOWERS: Shelf<Followers> = Shelf(RefCell::new(Followers::new()));

/// Text, cut at the bound of a line.
struct Cut(Line);

impl Write for Cut {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| self.0.push(character).map_err(|_| fmt::Error))
    }
}

/// Words as a line.
pub(in crate::supervisor) fn line(words: fmt::Arguments<'_>) -> Line {
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
    pub(in crate::supervisor) fn keep_line(&self, name: Name, generation: Generation, text: &str) {
        self.keep(name, generation, true, text);
    }

    /// Counts a line that a module has written and that is left out.
    pub(in crate::supervisor) fn keep_count(&self, name: Name) {
        self.with_log(|log, is_loaded| log.leave_out(name, is_loaded));
    }

    /// Keeps a line about an instance, in the supervisor's words.
    pub(in crate::supervisor) fn keep_words(
        &self,
        name: Name,
        generation: Generation,
        words: fmt::Arguments<'_>,
    ) {
        self.keep(name, generation, false, &line(words));
    }

    fn keep(&self, name: Name, generation: Generation, own: bool, text: &str) {
        let micros = self.timer.now() / 1000;
        let mut sequence = 0;
        self.with_log(|log, is_loaded| {
            sequence = log.end();
            log.put(&log::Line { name, generation, micros, own, text }, is_loaded);
        });
        if let Ok(mut followers) = FOLLOWERS.0.try_borrow_mut() {
            for who in followers.line(&name, sequence) {
                self.tell_follower(who);
            }
        }
    }

    fn tell_follower(&self, who: Instance) {
        let room = self.room(who.domain).filter(|_| self.ledger.is_running(who));
        if let Some(Err(error)) = room.map(|room| room.home.tell_logged()) {
            say!(
                "supervisor: domain {} was not told of a line ({error:?}), which is a bug of the root task",
                who.domain
            );
        }
    }

    /// An operator wants to be signalled when there is a line of this module, or of any, from this one on: once, at once
    /// where there is one.
    pub(in crate::supervisor) fn follow(
        &mut self,
        who: Instance,
        module: Option<Name>,
        from: u64,
    ) -> Response {
        if !self.can_be_signalled(who) {
            return refused(format_args!("a line could not be signalled, which is a bug of the root task"));
        }
        let mut there = false;
        self.with_log(|log, _| there = log.next(module.as_ref(), from).is_some());
        if there {
            self.tell_follower(who);
            return answer(&Answer::Done);
        }
        let followed = FOLLOWERS
            .0
            .try_borrow_mut()
            .map(|mut followers| followers.follow(who, module, from, |other| self.ledger.is_running(other)));
        match followed {
            Ok(Ok(())) => answer(&Answer::Done),
            _ => refused(format_args!("as many operators follow the log as can: end one of them")),
        }
    }

    /// Says something of a running module on the console, and keeps it.
    pub(in crate::supervisor) fn tell_of(&self, id: DomainId, words: fmt::Arguments<'_>) {
        let Some(module) = self.ledger.module(id) else { return };
        say!("supervisor: {} {words}", module.name);
        self.keep_words(module.name, module.generation, words);
    }

    /// Where the log's next line will be.
    pub(in crate::supervisor) fn end_of_log(&self) -> u64 {
        let mut end = 0;
        self.with_log(|log, _| end = log.end());
        end
    }

    /// The last lines of a module from this place in the log on.
    pub(in crate::supervisor) fn last_lines(&self, name: &Name, from: u64) -> Vec<LastLine, MAX_LINES> {
        let mut kept = Vec::new();
        self.with_log(|log, _| {
            let lines = log.last::<MAX_LINES>(name, from);
            kept.extend(lines.iter().map(|line| LastLine {
                micros: line.micros,
                own: line.own,
                // The log has cut it already.
                text: Line::try_from(line.text).unwrap_or_default(),
            }));
        });
        kept
    }

    /// What an operator sees of the log, from this line on.
    pub(in crate::supervisor) fn log_from(&self, module: Option<&Name>, from: u64) -> Response {
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
