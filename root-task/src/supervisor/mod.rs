//! The supervisor: one event at a time, each ended by an answer, a promise to answer later, or silence.
//!
//! It never calls a module, never waits for one, and sends only on capabilities that it made itself.

mod asked;
mod clock;
mod effects;
mod end;
mod held;
mod life;
mod parking;
mod response;
mod room;
mod waiter;

use heapless::Vec;
use ipc_proto::badge::Holder;
use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::label::Status;
use ipc_proto::name::Name;
use ipc_proto::operator::{self as operator_proto, Act, MAX_DEATHS};
use root_task_core::alarms::Alarms;
use root_task_core::archive::Archive;
use root_task_core::ledger::{Ledger, MAX_MODULES};
use root_task_core::looks::Looks;
use root_task_core::push::Reception;
use root_task_core::system::SystemManifest;
use root_task_core::waits::Waits;
use root_task_core::wakes::Wakes;
use root_task_core::windows::{MAX_WINDOWS, Windows};
use sel4::cap;

use crate::bell::Bell;
use crate::event::{Event, Signals};
use crate::line::Line;
use crate::memory::Memory;
use crate::scratch::Scratch;
use crate::shelf::Shelf;
use crate::timer::Timer;
use crate::window::Panes;
use crate::worker::Worker;

pub use clock::hang::Examiner;
use end::autopsy::Autopsies;
use end::dependents::Orphans;
use end::errands::{Errands, Kind};
pub use held::devices::Device;
use life::replace::Undone;
pub use parking::Parking;
use response::{Response, answer, answer_words, status};
use room::Room;

/// Everything the root task has and knows.
pub struct Supervisor {
    /// Where everybody's requests and faults arrive.
    pub endpoint: cap::Endpoint,
    /// See [`Memory`].
    pub memory: Memory,
    /// See [`Scratch`].
    pub scratch: Scratch,
    /// See [`Bell`].
    pub bell: Bell,
    /// See [`Examiner`].
    examiner: Examiner,
    /// See [`Worker`].
    pub worker: Worker,
    /// See [`Timer`].
    pub timer: Timer,
    /// The console's receiver.
    pub console: Device,
    /// The real-time clock, where somebody is granted it.
    pub clock: Option<Device>,
    /// See [`Ledger`].
    pub ledger: Ledger,
    /// The host's serial line, where the system has one.
    pub line: Option<Line>,
    reception: Reception,
    shelf: Shelf,
    /// The modules' files.
    pub archive: Archive<'static>,
    /// What is granted to whom, and what is loaded at boot.
    pub system: SystemManifest,
    rooms: [Option<Room>; MAX_MODULES],
    parking: Parking,
    /// Dead domains that wait to be reaped when the bell has rung.
    dead: Vec<DomainId, MAX_MODULES>,
    /// Those who are to be ended because of what they have lost.
    orphans: Orphans,
    /// Instances that are being made, the next one first.
    unfinished: Vec<DomainId, MAX_MODULES>,
    /// The kernel's long work, the next first.
    errands: Errands,
    /// What of all this was done last.
    last: Kind,
    /// Why replacements were given up, until the operators who wait for them are told.
    undone: Undone,
    alarms: Alarms,
    wakes: Wakes,
    /// At whose next start to whom what is done, and how long after it.
    at_start: Option<(Name, Name, Act, u64)>,
    /// What was done last of what operators have asked for, and to whom; nothing since the last such request.
    acted: Option<(Name, Act)>,
    /// The last death of each module, the newest last.
    deaths: Vec<operator_proto::Death, MAX_DEATHS>,
    /// How they died.
    autopsies: Autopsies,
    looks: Looks,
    waits: Waits,
    windows: Windows,
    /// What belongs to each of them, by its number.
    panes: [Option<Panes>; MAX_WINDOWS],
}

impl Supervisor {
    /// Everything in its place, and nothing loaded.
    #[allow(clippy::too_many_arguments, reason = "called once, by boot, with everything that boot has made")]
    pub fn new(
        endpoint: cap::Endpoint,
        memory: Memory,
        parking: Parking,
        scratch: Scratch,
        bell: Bell,
        examiner: Examiner,
        worker: Worker,
        timer: Timer,
        console: Device,
        clock: Option<Device>,
        line: Option<Line>,
        archive: Archive<'static>,
        system: SystemManifest,
    ) -> Supervisor {
        Supervisor {
            endpoint,
            memory,
            scratch,
            bell,
            examiner,
            worker,
            timer,
            console,
            clock,
            line,
            reception: Reception::new(),
            shelf: Shelf::new(),
            ledger: Ledger::new(),
            archive,
            system,
            rooms: [const { None }; MAX_MODULES],
            parking,
            dead: Vec::new(),
            orphans: Vec::new(),
            unfinished: Vec::new(),
            errands: Errands::new(),
            last: Kind::Reap,
            undone: Undone::new(),
            alarms: Alarms::new(),
            wakes: Wakes::new(),
            at_start: None,
            acted: None,
            deaths: Vec::new(),
            autopsies: Autopsies::new(),
            looks: Looks::default(),
            waits: Waits::new(),
            windows: Windows::new(),
            panes: [const { None }; MAX_WINDOWS],
        }
    }

    fn room(&self, domain: DomainId) -> Option<&Room> {
        self.rooms.get(usize::from(domain.0))?.as_ref()
    }

    fn room_mut(&mut self, domain: DomainId) -> Option<&mut Room> {
        self.rooms.get_mut(usize::from(domain.0))?.as_mut()
    }

    fn signalled(&mut self, signals: Signals) -> Response {
        // Before the timer: where both have come, the bell was heard in time.
        if signals.examiner {
            self.examiner_rang();
        }
        if signals.timer {
            self.timer_rang();
        }
        if signals.worker {
            self.worked();
        }
        if signals.bell {
            self.bell_rang();
        }
        if signals.line {
            self.line_rang();
        }
        Response::Later
    }

    /// Serves for ever.
    pub fn run(&mut self) -> ! {
        self.look_at_calls();
        self.set_timer();
        let mut response = Response::Later;
        loop {
            let (info, badge) = match response {
                Response::Answer(info) if !self.parking.answer(info) => self.endpoint.reply_recv(info, ()),
                _ => self.endpoint.recv(()),
            };
            self.parking.leave();
            response = self.handle(Event::decode(info, badge));
        }
    }

    fn handle(&mut self, event: Event) -> Response {
        let stale = || status(Status::Refused);
        match event {
            Event::Signals(signals) => self.signalled(signals),
            Event::Fault(who, fault) => self.count(who).map_or_else(stale, |who| self.faulted(who, fault)),
            Event::Module(who, request) => {
                self.count(who).map_or_else(stale, |who| self.module_asks(who, request))
            }
            Event::Alarm(who, request) => {
                self.count(who).map_or_else(stale, |who| self.alarm_asked(who, request))
            }
            Event::Deferred(who, request) => {
                self.count(who).map_or_else(stale, |who| self.hand_out(who, request))
            }
            Event::Window(who, request) => {
                self.count(who).map_or_else(stale, |who| self.window_asked(who, request))
            }
            Event::Private(who, request) => {
                self.count(who).map_or_else(stale, |who| self.private_asked(who, request))
            }
            Event::Passing(who, request) => {
                self.count(who).map_or_else(stale, |who| self.passing_asked(who, &request))
            }
            Event::Declared(who, said) => self.count(who).map_or_else(stale, |who| self.declared(who, said)),
            Event::Await(who) => self.count(who).map_or_else(stale, |who| self.await_name(who)),
            Event::Losses(who) => {
                self.count(who).map_or_else(stale, |who| answer(&self.ledger.take_losses(who)))
            }
            Event::Registrar(who, request) => {
                self.count(who).map_or_else(stale, |who| self.registrar_asks(who, request))
            }
            Event::Operator(who, request) => {
                self.count(who).map_or_else(stale, |who| self.operator_asks(who, request))
            }
            Event::Failed(who) => self.count(who).map_or_else(stale, |_| status(Status::Failed)),
            Event::Unreadable(who, why) => {
                let _ = who.and_then(|who| self.count(who));
                status(why)
            }
        }
    }

    /// The running instance that a message comes from, which is counted; `None` where the badge is stale.
    fn count(&mut self, who: Holder) -> Option<Instance> {
        let who = self.ledger.resolve(who)?;
        self.count_message(who);
        Some(who)
    }
}
