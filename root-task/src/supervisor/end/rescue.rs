//! Answers the calls that their server will not answer: those to a dead server, and those that last too long.
//!
//! The kernel tells nobody who waits for an answer, and where a server has lost a caller no reply capability reaches it.
//! But a thread inside a call stands on it: its registers say which capability it calls, and the ledger says whose
//! service that is. So the supervisor
//!
//! 1. takes everything out of the server's endpoint: those callers were **queued**, nobody has received their calls;
//! 2. lets each of the others execute one more instruction, in case it was just about to call: then it is queued now;
//! 3. has the call of whoever still stands on it **return**: the thread is stopped, which deletes its reply capability
//!    wherever the server keeps it, and its registers are written as if the answer had come;
//! 4. lets those that were queued call again, in their order, or answers them, too.
//!
//! Nothing is sent on a capability of a module's choice, and nothing waits for a module.
//! Sources: seL4 manual 5.0.0, sections 4.2 (endpoints) and 6.1 (threads); the kernel's `cancelIPC` and `restart`.

use heapless::Vec;
use ipc_proto::badge::Badge;
use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::label::{self, Status};
use ipc_proto::operator::MAX_SERVED;
use ipc_proto::slots;
use root_task_core::ledger::MAX_MODULES;
use sel4::{MessageInfoBuilder, SYSCALL_INSTRUCTION, UserContext, cap};

use crate::arch::SUPERVISOR_PRIORITY;
use crate::event::Signals;
use crate::say;
use crate::supervisor::Supervisor;

/// Domains, at most each once.
pub type Domains = Vec<DomainId, MAX_MODULES>;

/// A call that a module's thread stands on.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Whom it calls.
    pub server: DomainId,
    /// On which slot of its CSpace.
    pub slot: u64,
    /// The notes that the client has left: see `ipc_proto::method`.
    pub notes: [u64; 2],
}

/// Calls that were received and are answered in their server's place.
#[derive(Clone, Debug, Default)]
pub struct Served {
    /// The clients of the first of them, and the labels.
    pub calls: Vec<(Instance, u16), MAX_SERVED>,
    /// How many more there were.
    pub more: u8,
}

/// What becomes of a call that its server will not answer.
#[derive(Clone, Copy, Debug)]
pub struct Fate {
    /// Which generation had it, and which one takes its place: for those that may have been executed.
    pub interrupted: (Generation, Generation),
    /// For those that nobody has received; `None` where they stay where they are, for the next instance.
    pub queued: Option<Status>,
}

impl Served {
    fn note(&mut self, client: Instance, label: u64) {
        if self.calls.push((client, u16::try_from(label).unwrap_or(u16::MAX))).is_err() {
            self.more = self.more.saturating_add(1);
        }
    }
}

impl Standing {
    /// Whether it is a call on a connection, and not one to the name server on the capability that everybody has.
    pub fn is_connection(&self) -> bool {
        self.slot != slots::NAMES
    }
}

impl Supervisor {
    /// The call that a running module stands on, if it stands on one to a service or to the name server. Nothing
    /// changes. A thread that is about to make the call looks the same as one inside it.
    pub(in crate::supervisor) fn standing(&self, client: DomainId) -> Option<Standing> {
        let room = self.room(client)?;
        let domain = room.domain.as_ref().filter(|domain| self.ledger.is_running(domain.instance))?;
        let registers = domain.tcb().tcb_read_registers(false, UserContext::SYSCALL_WORDS).ok()?;
        if registers.syscall_number() != sel4::sys::SYS_CALL
            || !room.code.has(registers.pc(), &SYSCALL_INSTRUCTION)
        {
            return None;
        }
        let slot = registers.syscall_cap();
        let server = match slot {
            slots::NAMES => self.ledger.find(&self.system.name_server)?,
            slot => self.ledger.server_of(client, slot)?,
        };
        Some(Standing { server, slot, notes: registers.call_notes() })
    }

    /// Everybody who stands on a call to `server`.
    pub(in crate::supervisor) fn callers_of(&self, server: DomainId) -> Domains {
        let serves_all = self.ledger.find(&self.system.name_server) == Some(server);
        let could = |client: DomainId| serves_all || self.ledger.is_client_of(client, server);
        let stands = |client| self.standing(client).is_some_and(|call| call.server == server);
        let others = self.ledger.iter().map(|(client, _)| client).filter(|client| *client != server);
        others.filter(|client| could(*client) && stands(*client)).collect()
    }

    /// Answers `callers`, who stand on calls to the same endpoint of `server`, and nobody else. The server does not run
    /// meanwhile. Gives those that it had received.
    pub(in crate::supervisor) fn answer_callers(
        &mut self,
        server: DomainId,
        callers: &Domains,
        fate: Fate,
    ) -> Served {
        let mut served = Served::default();
        let Some(first) = callers.first() else { return served };
        let Some(endpoint) = self.endpoint_of(*first, server) else { return served };
        // The kernel remembers one caller, and those who are taken out of the endpoint take that place.
        self.parking.park();
        let mut drain =
            Drain { endpoint, callers, fate, answered: Vec::new(), waiting: Vec::new(), signals: None };
        drain.empty();
        for client in callers {
            if drain.has(*client) {
                continue;
            }
            if let Err(error) = self.about_to_call(*client) {
                say!(
                    "supervisor: domain {client} cannot be looked at ({error:?}), which is a bug of the root task"
                );
            }
            drain.empty();
            if drain.has(*client) {
                continue;
            }
            match self.forge_return(*client, fate.interrupted) {
                Ok(label) => {
                    self.lose_window_of_call(*client, server);
                    served.note(self.running_instance(*client), label);
                }
                Err(error) => say!(
                    "supervisor: domain {client} was not answered ({error:?}), which is a bug of the root task"
                ),
            }
        }
        let Drain { waiting, signals, .. } = drain;
        for client in waiting {
            if let Some(domain) = self.room(client).and_then(|room| room.domain.as_ref()) {
                // It makes its call again. Fails only for a capability that is not a thread, which this one is.
                let _ = domain.tcb().tcb_resume();
            }
        }
        if let Some(signals) = signals {
            self.signal_again(signals);
        }
        served
    }

    /// Answers whoever waits at an endpoint, each on the reply capability that came with the call.
    pub(in crate::supervisor) fn turn_away(&mut self, endpoint: cap::Endpoint) {
        self.parking.park();
        let mut signals = None;
        for _ in 0..MAX_MODULES.saturating_mul(2) {
            let received = endpoint.nb_recv_with_mrs(());
            if received.badge == 0 {
                break;
            }
            match Signals::decode(received.badge) {
                Some(came) => signals = Some(came.and(signals)),
                None => {
                    let info =
                        MessageInfoBuilder::default().label(label::reply(Status::NotDelivered)).build();
                    sel4::reply_with_mrs(info, []);
                }
            }
        }
        if let Some(signals) = signals {
            self.signal_again(signals);
        }
    }

    /// Lets a thread that stands on a call make it, if it has not: it runs before everybody else until it waits, which
    /// is at once.
    fn about_to_call(&self, client: DomainId) -> sel4::Result<()> {
        let Some(room) = self.room(client) else { return Ok(()) };
        let Some(domain) = room.domain.as_ref() else { return Ok(()) };
        let authority = sel4::init_thread::slot::TCB.cap();
        domain.tcb().tcb_set_priority(authority, SUPERVISOR_PRIORITY)?;
        sel4::r#yield();
        domain.tcb().tcb_set_priority(authority, self.priority_of(client))
    }

    /// Makes the call that a thread stands on return `Interrupted`. Gives the label of the call.
    fn forge_return(&self, client: DomainId, (had, next): (Generation, Generation)) -> sel4::Result<u64> {
        let domain = self.room(client).and_then(|room| room.domain.as_ref());
        let domain = domain.ok_or(sel4::Error::InvalidCapability)?;
        let mut registers = domain.tcb().tcb_read_all_registers(true)?;
        let label = registers.syscall_info().label();
        let [had, next] = label::interrupted(had, next);
        let info = MessageInfoBuilder::default().label(label::reply(Status::Interrupted)).length(2).build();
        registers.finish_syscall(info, 0, [had, next, 0, 0]);
        domain.tcb().tcb_write_all_registers(true, &registers).map(|()| label)
    }

    /// Stops a thread and lets it go on. A stopped thread makes the call again that it was inside; so one that somebody
    /// has received is answered instead, and one to the supervisor is left alone: nobody is inside one for long, but while
    /// it waits for a name or is held, and what it waits for it would miss.
    pub(in crate::supervisor) fn pause(&mut self, id: DomainId) {
        let Some(domain) = self.room(id).and_then(|room| room.domain.as_ref()) else { return };
        let (tcb, registers) =
            (domain.tcb(), domain.tcb().tcb_read_registers(false, UserContext::SYSCALL_WORDS));
        if let Some(call) = self.standing(id) {
            let generation = self.running_generation(call.server);
            let fate = Fate { interrupted: (generation, generation), queued: None };
            self.answer_callers(call.server, &[id].into_iter().collect(), fate);
        } else if !registers.is_ok_and(|registers| registers.syscall_number() == sel4::sys::SYS_CALL) {
            // Both fail only for a capability that is not a thread, which this one is.
            let _ = tcb.tcb_suspend();
            let _ = tcb.tcb_resume();
        }
    }

    /// Signals that came while an endpoint was emptied come again, in their turn.
    fn signal_again(&self, signals: Signals) {
        // All of them: one that is forgotten here is one that never comes again.
        let Signals { bell, timer, worker, examiner, line } = signals;
        if bell {
            self.bell.answer();
        }
        if timer {
            self.timer.signal_again();
        }
        if worker {
            self.worker.signal_again();
        }
        if examiner {
            self.examiner.signal_again();
        }
        if let (true, Some(line)) = (line, &self.line) {
            line.signal_again();
        }
    }

    fn running_instance(&self, domain: DomainId) -> Instance {
        Instance { domain, generation: self.running_generation(domain) }
    }

    /// The generation of the running instance of `server`; `NONE` where none runs.
    pub(in crate::supervisor) fn running_generation(&self, server: DomainId) -> Generation {
        let generation = self.ledger.module(server).map_or(Generation::NONE, |module| module.generation);
        let runs = self.ledger.is_running(Instance { domain: server, generation });
        if runs { generation } else { Generation::NONE }
    }
}

/// An endpoint that is being emptied.
struct Drain<'a> {
    endpoint: cap::Endpoint,
    callers: &'a Domains,
    fate: Fate,
    /// Were queued, and are answered.
    answered: Domains,
    /// Were queued, and are to call again.
    waiting: Domains,
    signals: Option<Signals>,
}

impl Drain<'_> {
    /// Takes out everything that waits.
    fn empty(&mut self) {
        // Each module has one thread, so that there are no more callers than modules; and a few signals.
        for _ in 0..MAX_MODULES.saturating_mul(2) {
            let received = self.endpoint.nb_recv_with_mrs(());
            if received.badge == 0 {
                return;
            }
            if let Some(signals) = Signals::decode(received.badge) {
                self.signals = Some(signals.and(self.signals));
            } else if let Some(badge) = Badge::from_word(received.badge) {
                self.take(badge.holder.domain);
            }
        }
    }

    /// The caller in hand is `client`.
    fn take(&mut self, client: DomainId) {
        let list = match self.fate.queued {
            Some(status) if self.callers.contains(&client) => {
                sel4::reply_with_mrs(MessageInfoBuilder::default().label(label::reply(status)).build(), []);
                &mut self.answered
            }
            _ => &mut self.waiting,
        };
        // There is room: a module has one thread.
        let _ = list.push(client);
    }

    fn has(&self, client: DomainId) -> bool {
        self.answered.contains(&client) || self.waiting.contains(&client)
    }
}
