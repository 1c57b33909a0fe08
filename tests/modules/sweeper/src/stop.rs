//! Unloaded in two stages during a call, or that is taken back: the call is served, or was never begun. Unloaded in one,
//! also in its start: the call is cut off, and nothing was ever visible.

use ipc_proto::ids::Generation;
use ipc_proto::operator::{Act, Since};
use module_rt::{CallError, InitError, clock};
use operate::{self as ask, Wrong, wrong};

use crate::call::make;
use crate::script::Way;
use crate::sweep::{Round, Sweep};

/// How much later than the stop it is taken back, in nanoseconds, times 1 to [`CANCELS`], in turns. Counted from an
/// earlier request: the first are in vain, the next come while the call is in service, the last when all is over.
const CANCEL: u64 = 1000;
const CANCELS: u64 = 24;

impl Sweep {
    pub fn stop(&mut self, service: &str, way: Way, moment: u64) -> Result<Round, InitError> {
        let (connection, generation) = self.prepare_call(service, way)?;
        let cancel = self.script.act == Act::CancelUnload;
        let start = clock::now();
        let later = moment.saturating_add(CANCEL.saturating_mul((moment % CANCELS).saturating_add(1)));
        if cancel {
            ask::after(self.victim, Act::CancelUnload, later, Since::Now)?;
        }
        let act = if cancel { Act::Unload } else { self.script.act };
        ask::after(self.victim, act, moment, Since::Now)?;
        let answer = make(connection, way);
        let answered = clock::now();
        self.pass(start, later);
        let stays = ask::is_loaded(self.victim)?;
        let verdict: Result<(), Wrong> = match answer {
            Ok(()) => Ok(()),
            // Not begun, and the server is gone.
            Err(CallError::NotDelivered | CallError::Gone) if !stays => Ok(()),
            // Cut off, and nobody takes its place.
            Err(CallError::Interrupted { generation: had, next: Generation::NONE })
                if !stays && act == Act::UnloadNow && had == generation =>
            {
                Ok(())
            }
            Err(error) => Err(wrong(format_args!(
                "{error:?}, and the server {}",
                if stays { "stays" } else { "is gone" }
            ))),
        };
        let verdict = verdict.and_then(|()| match (stays, cancel) {
            // Nothing was lost: not the instance either.
            (true, true) => match ask::generation_of(self.victim) {
                Ok(now) if now == generation => self.serves(service, generation),
                now => Err(wrong(format_args!("taken back, and it is generation {now:?} now"))),
            },
            (true, false) => Err(wrong(format_args!("it was not unloaded"))),
            (false, _) => Ok(()),
        });
        if stays {
            ask::unload(self.victim)?;
        }
        let late = answered > start.saturating_add(moment) && answer.is_ok();
        let done = !late && answer.is_ok() && moment > LONGEST;
        Ok(if done { Round::Done } else { Round::Struck(0, verdict) })
    }

    pub fn destroy_init(&mut self, moment: u64) -> Result<Round, InitError> {
        ask::after(self.victim, self.script.act, moment, Since::NextStart(self.victim))?;
        let start = clock::now();
        let was_live = ask::load(self.victim)?.is_some();
        if was_live {
            self.pass(start, moment);
        }
        let verdict = match (ask::is_loaded(self.victim)?, ask::is_published(self.script.victim)?) {
            (false, false) => Ok(()),
            (loaded, seen) => Err(wrong(format_args!("unloaded: still loaded: {loaded}, visible: {seen}"))),
        };
        Ok(if was_live && moment > LONGEST { Round::Done } else { Round::Struck(0, verdict) })
    }
}

/// No call of these scripts, and no init, lasts so many nanoseconds.
pub const LONGEST: u64 = 25_000;
