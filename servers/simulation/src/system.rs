//! A simulated system, as a test sees it.

use std::fmt::Write as _;
use std::time::Duration;

use ipc_proto::ids::{DomainId, Generation};
use ipc_proto::manifest::Device;
use ipc_proto::name::Name;
use ipc_proto::operator::State;
use ipc_proto::supervisor::Args;
use root_task_core::restart::History;
use root_task_core::system::SystemManifest;

use crate::failure::Failure;
use crate::how::How;
use crate::random::Random;
use crate::run::{AT_MOST, Run};
use crate::strikes::{Act, Strikes, Struck};
use crate::world::{Died, Logged, Room, World};
use crate::{Module, grants, names, panics};

/// So many of the last events are told with a failure.
const LAST: usize = 30;
/// Behind a failure: how it came to it.
pub(crate) const BEHIND: &str = "\n  simulated with seed";
/// At a random place something strikes once in so many.
const ONE_IN: usize = 8;

/// A system: the supervisor and the name server, with the target's decisions, and the modules that a test loads.
///
/// Nothing runs before [`System::run`]. What happens then depends on the modules and the seed, and on nothing else.
#[derive(Debug)]
pub struct System {
    seed: u64,
    pub(crate) run: Run,
}

impl System {
    /// A system in which the name server is about to start. The seed decides who goes on, each time when somebody calls
    /// the kernel.
    pub fn new(seed: u64) -> System {
        panics::keep();
        let run = Run {
            world: World::new(),
            random: Random::new(seed),
            strikes: Strikes::default(),
            events: 0,
            at_most: AT_MOST,
        };
        let mut system = System { seed, run };
        system.load(names::module());
        system
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The system's manifest, with the target's defaults: how often a module is started again, which names it may use. To be
    /// changed before the modules are loaded that it is about. [`System::grant`] is for what one module may have.
    pub fn manifest(&mut self) -> &mut SystemManifest {
        &mut self.run.world.system
    }

    /// All runs of this system together may have so many events (kernel calls, turns of the supervisor, jumps of the clock),
    /// and not 100,000.
    pub fn at_most(&mut self, events: u64) {
        self.run.at_most = events;
    }

    /// Loads a module: its first instance starts when the system runs.
    ///
    /// # Panics
    /// Where it would not be loaded on the target, or asks in its manifest for what is not simulated; the message says
    /// what.
    #[track_caller]
    pub fn load(&mut self, module: Module) {
        self.load_with(module, "");
    }

    /// The same, with arguments for its init.
    ///
    /// # Panics
    /// As [`System::load`].
    #[track_caller]
    pub fn load_with(&mut self, module: Module, args: &str) {
        self.admit(module, args, false);
    }

    /// Loads a program of the test's own: what it panics with, an assertion for instance, fails the test.
    ///
    /// # Panics
    /// As [`System::load`].
    #[track_caller]
    pub fn load_of_test(&mut self, module: Module) {
        self.admit(module, "", true);
    }

    #[track_caller]
    fn admit(&mut self, module: Module, args: &str, of_test: bool) {
        if let Err(why) = self.try_to_admit(module.clone(), args, of_test) {
            self.stop(&Failure::Load(format!("{}: {why}", module.name())));
        }
    }

    fn try_to_admit(&mut self, module: Module, args: &str, of_test: bool) -> Result<(), String> {
        let request = module.request().map_err(|error| error.to_string())?;
        let args = Args::try_from(args).map_err(|_| "its arguments are too long".to_owned())?;
        let world = &mut self.run.world;
        let name = request.name;
        let asked = module.cargo_toml().map(|text| grants::asked(name, text)).transpose()?;
        let allowance = world.allow(&name, asked.flatten())?;
        let device = if world.has_made_up(&name) { request.device } else { Device::None };
        allowance.check(&request, device).map_err(|difference| match request.device {
            Device::None => format!(
                "{difference}; [package.metadata.escrow] of its Cargo.toml asks for it, and `System::grant` grants it in a test"
            ),
            _ => format!("{difference}; `System::device` makes a device up for it"),
        })?;
        let id = world.ledger.admit(name, request.connections, false).map_err(|error| error.to_string())?;
        world.ledger.restrict(id, allowance.names, allowance.clients);
        let on_loss = world.system.on_loss_of(&name, request.on_loss);
        world.ledger.fit(id, request.connections, request.departures, on_loss);
        if let Some(room) = world.rooms.get_mut(usize::from(id.0)) {
            *room = Some(Room {
                name,
                module,
                request,
                args,
                of_test,
                history: History::default(),
                running: None,
                death: None,
                awaits: false,
                silenced: false,
                init: None,
                queue: std::collections::VecDeque::new(),
                has_interrupt: false,
                signals: 0,
            });
        }
        world.start(id);
        Ok(())
    }

    /// Runs until every program has ended, and everybody else waits to be called.
    ///
    /// # Panics
    /// With a [`Failure`], the seed, what has struck, and what happened last.
    #[track_caller]
    pub fn run(&mut self) {
        if let Err(failure) = self.run.until_all_rest() {
            self.stop(&failure);
        }
    }

    /// The same for a test that expects a failure.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn try_to_run(&mut self) -> Result<(), Failure> {
        self.run.until_all_rest()
    }

    /// Runs for so long by the virtual clock, and stops there, whoever waits for what. Where nobody has anything to do any more it
    /// stops before.
    ///
    /// # Panics
    /// As [`System::run`], but not since somebody waits.
    #[track_caller]
    pub fn run_for(&mut self, time: Duration) {
        let time = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        if let Err(failure) = self.run.until(self.now().saturating_add(time)) {
            self.stop(&failure);
        }
    }

    /// The module is struck so often at most, at kernel calls of the seed's choice.
    pub fn deaths(&mut self, of: &str, at_most: u32) {
        self.run.strikes.plan_at_random(Act::Death, of, at_most, ONE_IN);
    }

    /// The module is struck at exactly this place: see [`Struck`]. [`crate::Sweep`] goes through all of them.
    pub fn strike(&mut self, act: Act, of: &str, place: u32) {
        self.run.strikes.plan(act, of, place);
    }

    /// What has struck so far.
    pub fn struck(&self) -> &[Struck] {
        self.run.strikes.struck()
    }

    /// How many places a module has come to so far.
    pub fn places_of(&self, module: &str) -> u32 {
        self.run.strikes.places_of(module)
    }

    /// How many events there were so far.
    pub fn events(&self) -> u64 {
        self.run.events
    }

    /// The virtual clock, in nanoseconds.
    pub fn now(&self) -> u64 {
        self.run.world.now
    }

    /// The state of a module; `None` where it is not loaded.
    pub fn state(&self, module: &str) -> Option<State> {
        let id = self.run.world.ledger.find(&Name::new(module).ok()?)?;
        self.run.world.state(id)
    }

    /// The newest instance of a module; [`Generation::NONE`] where it is not loaded.
    pub fn generation(&self, module: &str) -> Generation {
        let id = Name::new(module).ok().and_then(|name| self.run.world.ledger.find(&name));
        id.and_then(|id| self.run.world.newest(id)).map_or(Generation::NONE, |newest| newest.generation)
    }

    /// What modules have logged.
    pub fn logged(&self) -> &[Logged] {
        &self.run.world.logged
    }

    /// What one module has logged, over all of its instances.
    pub fn lines_of(&self, module: &str) -> Vec<&str> {
        let own = self.run.world.logged.iter().filter(|line| line.module == module);
        own.map(|line| line.text.as_str()).collect()
    }

    /// Which instances have died, and how: also the programs that have come to their end.
    pub fn died(&self) -> &[Died] {
        &self.run.world.died
    }

    /// How the last instance of a module that has died did; for a program, how it came to its end.
    pub fn how_died(&self, module: &str) -> Option<&How> {
        self.died().iter().rev().find(|died| died.module == module).map(|died| &died.how)
    }

    /// Everything that has happened, a line for each event: the same for the same seed.
    pub fn story(&self) -> String {
        self.run.world.story.join("\n")
    }

    #[track_caller]
    pub(crate) fn find(&self, module: &str) -> DomainId {
        let id = Name::new(module).ok().and_then(|name| self.run.world.ledger.find(&name));
        match id {
            Some(id) => id,
            None => panics::fail_test(format!("{module} is not loaded, or has come to its end")),
        }
    }

    /// Fails the test.
    #[track_caller]
    fn stop(&self, failure: &Failure) -> ! {
        let mut words = format!("{failure}{BEHIND} {}", self.seed);
        for struck in self.run.strikes.struck() {
            let _ = write!(words, "\n  with {struck}");
        }
        let story = &self.run.world.story;
        let last = story.get(story.len().saturating_sub(LAST)..).unwrap_or_default();
        if !last.is_empty() {
            let _ = write!(words, "\n  what happened last:\n{}", last.join("\n"));
        }
        panics::fail_test(words)
    }
}
