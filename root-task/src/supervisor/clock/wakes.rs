//! Modules that ask to be woken, at their moment.

use ipc_proto::alarm::{Answer, Request};
use ipc_proto::ids::Instance;

use crate::say;
use crate::supervisor::{Response, Supervisor, answer_words};

impl Supervisor {
    /// A module asks to be woken, or not to be, or whether it was.
    pub(in crate::supervisor) fn alarm_asked(&mut self, who: Instance, request: Request) -> Response {
        let now = self.timer.now();
        if let Request::Set { .. } = request
            && !self.can_be_signalled(who)
        {
            return answer_words(Answer::Refused.to_words());
        }
        let answer = self.wakes.ask(&mut self.alarms, who, request, now);
        self.set_timer();
        answer_words(answer.to_words())
    }

    /// Lets a module be signalled: one that has no device and is told of nobody's death is not before it asks for something
    /// that comes as a signal. `false` where that cannot be, which is said on the console.
    pub(in crate::supervisor) fn can_be_signalled(&mut self, who: Instance) -> bool {
        let room = self.room_mut(who.domain);
        let bound = match room.and_then(|room| Some((room.domain.as_mut()?, &room.home))) {
            Some((domain, home)) => domain.let_be_signalled(home),
            None => Ok(()),
        };
        if let Err(error) = bound {
            say!(
                "supervisor: domain {} cannot be signalled ({error:?}), which is a bug of the root task",
                who.domain
            );
        }
        bound.is_ok()
    }

    /// The alarm of a running instance goes off.
    pub(in crate::supervisor) fn wake(&mut self, who: Instance) {
        self.wakes.goes_off(who);
        if let Some(Err(error)) = self.room(who.domain).map(|room| room.home.tell_alarm()) {
            say!(
                "supervisor: domain {} was not woken ({error:?}), which is a bug of the root task",
                who.domain
            );
        }
    }
}
