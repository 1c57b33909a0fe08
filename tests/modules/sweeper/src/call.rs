//! Killed while it has a call, or while others have it: one answer, and one that there can be.

use ipc_proto::echo;
use ipc_proto::ids::Generation;
use ipc_proto::operator::Since;
use module_rt::{CallError, Connection, InitError, clock};
use operate::{self as ask, Wrong, taker, wrong};

use crate::script::{Way, Work};
use crate::sweep::{Round, Sweep};

/// A method that no interface has.
const NO_METHOD: u16 = 0x1ff;

/// Makes the call; whatever is the right end of it is `Ok`.
pub fn make(connection: Connection, way: Way) -> Result<(), CallError> {
    let refused = |outcome: Result<u8, CallError>, right: CallError| match outcome {
        Err(error) if error == right => Ok(()),
        Err(error) => Err(error),
        Ok(_) => Err(CallError::BadAnswer),
    };
    match way {
        Way::Say | Way::First | Way::Stale => match ask::say(connection)?.text.as_str() {
            "cba" => Ok(()),
            _ => Err(CallError::BadAnswer),
        },
        Way::Words => match connection.call_words(echo::WORDS, [1, 2, 3, 4])? {
            [4, 3, 2, 1] => Ok(()),
            _ => Err(CallError::BadAnswer),
        },
        Way::Unknown => refused(connection.call(NO_METHOD, &0_u8), CallError::UnknownMethod),
        Way::Unreadable => refused(connection.call(echo::SAY, &[u64::MAX; 4]), CallError::BadMessage),
    }
}

impl Sweep {
    /// Everything as it is before the call in question.
    pub fn prepare_call(&self, service: &str, way: Way) -> Result<(Connection, Generation), InitError> {
        let generation = ask::load_live(self.victim)?;
        let connection = ask::connect(service)?;
        if way != Way::First {
            ask::warm_up(connection)?;
        }
        if way == Way::Stale {
            self.reload_beside()?;
        }
        Ok((connection, generation))
    }

    pub fn call_once(&mut self, service: &str, way: Way) -> Result<(), InitError> {
        let (connection, _) = self.prepare_call(service, way)?;
        let outcome = make(connection, way);
        // What it had looked up is gone, and it says so.
        if way != Way::Stale || outcome != Err(CallError::NotDelivered) {
            outcome?;
        }
        if self.passed_on()? == Some(0) {
            return Err(InitError::new(19, format_args!("nothing was passed on")));
        }
        ask::unload(self.victim)
    }

    pub fn call(&mut self, service: &str, way: Way, moment: u64) -> Result<Round, InitError> {
        let (connection, generation) = self.prepare_call(service, way)?;
        let start = clock::now();
        ask::crash_after(self.victim, moment, Since::Now)?;
        let answer = make(connection, way);
        let early = self.new_death()?;
        let death = match early {
            Some(death) => death,
            None => self.await_death(start, moment)?,
        };
        let verdict = self
            .judge(answer, way, generation, early.is_some())
            .and_then(|()| self.serves(service, generation));
        ask::unload(self.victim)?;
        let verdict = verdict.and_then(|()| self.nothing_is_passed_on());
        // The next round's victim is another one.
        Ok(if early.is_some() { Round::Struck(death.ip, verdict) } else { Round::Done })
    }

    /// How many capabilities the one who is given some has; `None` where nobody is.
    fn passed_on(&self) -> Result<Option<u64>, InitError> {
        if !self.script.beside.contains(&taker::NAME) {
            return Ok(None);
        }
        let [held, ..] = ask::connect(taker::NAME)?.call_words(taker::HELD, [0; 4])?;
        Ok(Some(held))
    }

    /// What the victim has passed on is gone with it.
    fn nothing_is_passed_on(&self) -> Result<(), Wrong> {
        match self.passed_on() {
            Ok(None | Some(0)) => Ok(()),
            other => Err(wrong(format_args!("the one who was given something has it still: {other:?}"))),
        }
    }

    /// Whether the answer is one that there can be.
    fn judge(
        &self,
        answer: Result<(), CallError>,
        way: Way,
        killed: Generation,
        early: bool,
    ) -> Result<(), Wrong> {
        let direct = matches!(self.script.work, Work::Call(service, _) if service == self.script.victim);
        match answer {
            // The one that was killed had answered, or the next one found the call in the queue.
            Ok(()) => Ok(()),
            Err(CallError::NotDelivered) if way == Way::Stale => Ok(()),
            Err(_) if !early => Err(wrong(format_args!("an error without a death: {answer:?}"))),
            Err(CallError::Interrupted { generation, next })
                if !direct || (generation == killed && generation.next() == Some(next)) =>
            {
                Ok(())
            }
            // What it called in its turn died, or was restarted just then: it says so itself.
            Err(CallError::NotDelivered) if !direct => Ok(()),
            Err(error) => Err(wrong(format_args!("{error:?}"))),
        }
    }
}
