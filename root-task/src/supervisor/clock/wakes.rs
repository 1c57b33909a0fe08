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
            && let Err(error) = self.let_be_signalled(who)
        {
            say!(
                "supervisor: domain {} cannot be woken ({error:?}), which is a bug of the root task",
                who.domain
            );
            return answer_words(Answer::Refused.to_words());
        }
        let answer = self.wakes.ask(&mut self.alarms, who, request, now);
        self.set_timer();
        answer_words(answer.to_words())
    }

    /// A module that has no device and is told of nobody's death is not signalled before it asks for that.
    fn let_be_signalled(&mut self, who: Instance) -> sel4::Result<()> {
        let room = self.rooms.get_mut(usize::from(who.domain.0)).and_then(Option::as_mut);
        match room.and_then(|room| Some((room.domain.as_mut()?, &room.home))) {
            Some((domain, home)) => domain.let_be_signalled(home),
            None => Ok(()),
        }
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
