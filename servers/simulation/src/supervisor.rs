//! What is asked of the supervisor, answered in one turn: by the core's steps, which are those of the target.

use ipc_proto::badge::Badge;
use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::label::{self, Status};
use ipc_proto::operator::{self, State};
use ipc_proto::supervisor::{Answer, Request};
use ipc_proto::{alarm, deferred, losses, passing, private, registrar, waits, window, wire};
use root_task_core::init_clock::InitClock;
use root_task_core::ledger::DeclareError;
use root_task_core::steps::{self, Effects as _};
use serde::{Serialize, de::DeserializeOwned};

use crate::calls::Message;
use crate::failure::Failure;
use crate::how::How;
use crate::kernel::{Fate, status};
use crate::world::{Logged, World};

/// What is asked of the supervisor on the target and is not simulated, by the label of its interface: whoever adds one of
/// them here takes it out of this list.
const NOT_SIMULATED: [(u16, &str); 2] = [
    (private::LABEL, "a private endpoint (`module_rt::private`)"),
    (operator::LABEL, "the operator's interface (`module_rt::operator`)"),
];

const STOW: &str = "a locker for anything but callers (`request::stow`)";

/// An answer of the supervisor's.
pub(crate) fn answer<T: Serialize>(value: &T) -> Message {
    let mut words = [0; wire::MAX_WORDS];
    match wire::encode(value, &mut words) {
        Ok(length) => Message {
            label: label::reply(Status::Ok),
            words: words.get(..length).unwrap_or_default().to_vec(),
        },
        // Every size is bounded by a type, so that no answer is too long.
        Err(_) => status(Status::BadMessage),
    }
}

fn read<T: DeserializeOwned>(message: &Message) -> Result<T, Message> {
    wire::decode(&message.words).map_err(|_| status(Status::BadMessage))
}

/// An answer of four words.
fn answer_words(words: [u64; 4]) -> Message {
    Message { label: label::reply(Status::Ok), words: words.to_vec() }
}

/// Reads a request of four words.
fn read_words<T>(message: &Message, from: fn([u64; 4]) -> Option<T>) -> Result<T, Message> {
    let words = <[u64; 4]>::try_from(message.words.as_slice()).ok();
    words.and_then(from).ok_or_else(|| status(Status::BadMessage))
}

impl World {
    /// A module calls the supervisor.
    pub fn asks_supervisor(&mut self, id: DomainId, message: &Message) {
        let Some(who) = self.running(id).map(|running| running.instance) else { return };
        let label = u16::try_from(message.label).unwrap_or(0);
        if let Some((_, what)) = NOT_SIMULATED.iter().find(|(of, _)| *of == label) {
            let who = self.called(id);
            return self.fails(Failure::NotSimulated { who, what: (*what).to_owned() });
        }
        let answered = match label {
            ipc_proto::supervisor::LABEL => read(message).map(|request| self.module_asks(who, request)),
            registrar::LABEL => read(message).map(|request| self.registrar_asks(who, request)),
            waits::LABEL => read(message).map(|waits::Request::Await| self.awaits_end(who)),
            losses::LABEL => {
                read(message).map(|losses::Request::Take| Some(answer(&self.ledger.take_losses(who))))
            }
            window::LABEL => read(message).map(|request| Some(self.window_asked(who, request))),
            passing::LABEL => read(message).map(|request| Some(self.passing_asked(who, &request))),
            passing::DECLARE => {
                read_words(message, passing::Declaration::from_words).map(|said| self.declared(who, said))
            }
            alarm::LABEL => read_words(message, alarm::Request::from_words)
                .map(|asked| Some(self.alarm_asked(who, asked))),
            deferred::LABEL => read_words(message, deferred::Request::from_words)
                .map(|asked| Some(answer_words(self.hand_out(who, asked).to_words()))),
            // What the target answers to it is not known here.
            _ => {
                let (who, what) = (self.called(id), format!("label {label:#x} of the supervisor"));
                return self.fails(Failure::NotSimulated { who, what });
            }
        };
        if let Some(answer) = answered.unwrap_or_else(Some) {
            self.goes_on(id, answer);
        }
    }

    /// `None` where it is answered later, or never.
    fn module_asks(&mut self, who: Instance, request: Request) -> Option<Message> {
        let id = who.domain;
        match request {
            Request::Publish => {
                steps::publish(self, who);
                let name = self.called(id);
                self.tell(format!("{name} is live"));
                Some(answer(&Answer::Done))
            }
            Request::InitFailed { code, reason } => {
                self.dies(id, How::InitFailed { code, reason: reason.as_str().to_owned() });
                None
            }
            Request::Exit { code } => {
                self.dies(id, How::Exited(code));
                None
            }
            Request::Panicked { reason } => {
                self.dies(id, How::Panicked(reason.as_str().to_owned()));
                None
            }
            Request::Log { line } => {
                let module = self.room(id).map(|room| room.name.as_str().to_owned()).unwrap_or_default();
                let text = line.as_str().to_owned();
                self.logged.push(Logged { module, generation: who.generation, text });
                Some(answer(&Answer::Done))
            }
            Request::Args => {
                let args = self.room(id).map(|room| room.args.clone());
                Some(answer(&args.map_or(Answer::Refused, Answer::Args)))
            }
            Request::Departed => Some(answer(&Answer::Departed(self.ledger.take_departures(id)))),
            Request::Revoke { client } => Some(self.revoke(who, client)),
            Request::Stow { .. } => {
                let who = self.called(id);
                self.fails(Failure::NotSimulated { who, what: STOW.to_owned() });
                None
            }
        }
    }

    fn registrar_asks(&mut self, who: Instance, request: registrar::Request) -> Option<Message> {
        if self.name_server() != Some(who.domain) {
            return Some(status(Status::Refused));
        }
        if let registrar::Request::Entries { from } = request {
            return Some(answer(&steps::entries(&self.ledger, from)));
        }
        let owner = match &request {
            registrar::Request::Enter { owner, .. } => {
                Badge::from_word(*owner).map(|badge| badge.holder.domain)
            }
            _ => None,
        };
        let result = steps::registrar(self, request);
        if let (Some(owner), Ok(registrar::Answer::Entered(_))) = (owner, &result) {
            self.init_reserves(owner);
        }
        Some(answer(&result.unwrap_or_else(registrar::Answer::Refused)))
    }

    /// A module asks to be woken, or not to be, or whether it was.
    fn alarm_asked(&mut self, who: Instance, request: alarm::Request) -> Message {
        answer_words(self.wakes.ask(&mut self.alarms, who, request, self.now).to_words())
    }

    fn passing_asked(&mut self, who: Instance, request: &passing::Request) -> Message {
        answer(&steps::pass(self, who, request).unwrap_or_else(passing::Answer::Refused))
    }

    fn declared(&mut self, who: Instance, said: passing::Declaration) -> Option<Message> {
        match self.ledger.declare(who, said.service, said.interface) {
            Ok(()) => Some(answer_words([0; 4])),
            Err(DeclareError::NotReserved) => Some(status(Status::Refused)),
            Err(error @ DeclareError::Known { .. }) => {
                self.dies(who.domain, How::InitFailed { code: 1, reason: error.to_string() });
                None
            }
        }
    }

    fn awaits_end(&mut self, who: Instance) -> Option<Message> {
        steps::ask(self, who).map(|ended| answer(&ended))
    }

    /// A module's init begins: a program's only has to end where it reserves a name.
    pub fn begin_init(&mut self, id: DomainId) {
        let now = self.now;
        let Some(name) = self.room(id).map(|room| room.name) else { return };
        let allowance = self.system.allowance_of(&name);
        if let Some(room) = self.room_mut(id) {
            room.init = Some(InitClock::begin(now, allowance.init_ms, allowance.wait_ms));
        }
    }

    fn init_reserves(&mut self, id: DomainId) {
        if self.room(id).is_some_and(|room| room.init.is_none() && room.request.program) {
            self.begin_init(id);
        }
    }

    /// The clock of an init, where it has one and has not ended.
    pub fn init_due(&self, id: DomainId) -> Option<u64> {
        (self.state(id) == Some(State::Starting)).then_some(())?;
        self.room(id)?.init.map(|clock| clock.due())
    }

    /// A server takes the capabilities of one of its clients back.
    fn revoke(&mut self, server: Instance, badge: u64) -> Message {
        let client = self.ledger.client_of(badge);
        let taken = client.map_or(0, |client| self.revoke_from(client.domain, server.domain));
        answer(&if taken == 0 { Answer::Refused } else { Answer::Done })
    }

    /// Takes every capability back that a client holds to services of a server. Gives how many it held.
    pub fn revoke_from(&mut self, client: DomainId, server: DomainId) -> usize {
        let leads_there = |slot: u64| self.ledger.server_of(client, slot) == Some(server);
        let connections = self.ledger.connections_of(client).map(|(slot, _)| slot);
        let held: Vec<u8> = connections.filter(|slot| leads_there(u64::from(*slot))).collect();
        if self.standing(client).is_some_and(|call| leads_there(call.slot)) {
            let generation = self.running_generation(server);
            let fate = Fate { interrupted: (generation, generation), queued: Some(Status::Revoked) };
            self.answer_callers(server, &[client], fate);
        }
        for slot in &held {
            self.take_connection(client, *slot);
        }
        held.len()
    }

    /// Takes all connections of a client back.
    pub fn revoke_all_from(&mut self, client: DomainId) {
        for server in self.ids() {
            self.revoke_from(client, server);
        }
    }
}
