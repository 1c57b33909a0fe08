//! This client's capability is taken back at any moment of a call: one answer, and a new capability serves.

use ipc_proto::operator::{Act, Since};
use module_rt::{CallError, InitError, clock};
use operate::{self as ask, Wrong, wrong};

use crate::call::make;
use crate::script::Way;
use crate::stop::LONGEST;
use crate::sweep::{Round, Sweep};

impl Sweep {
    pub fn revoked(&mut self, service: &str, way: Way, moment: u64) -> Result<Round, InitError> {
        let (connection, generation) = self.prepare_call(service, way)?;
        let start = clock::now();
        ask::after(self.victim, Act::Revoke(ask::name("sweeper")?), moment, Since::Now)?;
        let answer = make(connection, way);
        self.pass(start, moment);
        let again = make(connection, way);
        let verdict: Result<(), Wrong> = match (answer, again) {
            // Answered before, or not begun, or not received, or cut off; and then the capability is gone.
            (Ok(()) | Err(CallError::Gone | CallError::Revoked), Err(CallError::Gone)) => Ok(()),
            (Err(CallError::Interrupted { generation: had, next }), Err(CallError::Gone))
                if had == generation && next == generation =>
            {
                Ok(())
            }
            other => Err(wrong(format_args!("{other:?}"))),
        };
        let verdict = verdict.and_then(|()| match ask::generation_of(self.victim) {
            Ok(now) if now == generation => self.serves(service, generation),
            now => Err(wrong(format_args!("the server is generation {now:?} now"))),
        });
        ask::unload(self.victim)?;
        let done = answer.is_ok() && moment > LONGEST;
        Ok(if done { Round::Done } else { Round::Struck(0, verdict) })
    }
}
