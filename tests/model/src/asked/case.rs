//! What is checked: which modules there are, what each may, and how often something happens.

use root_task_core::system::SystemManifest;
use stateright::Property;

use super::state::State;
use crate::kept::Store;

/// How many modules there are at a time.
pub const PLACES: usize = 3;

/// Who keeps the services `p` and `q`.
pub const KEEPER: usize = 0;
/// Who offers `agent`, takes what is passed to it, and answers its callers later.
pub const AGENT: usize = 1;
/// Who is a client of both.
pub const GIVER: usize = 2;

/// A module, as it is in the boot archive.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Its name.
    pub name: &'static str,
    /// What it offers, and the hash of the interface of each.
    pub offers: &'static [(&'static str, u64)],
    /// How many connections it can have.
    pub connections: u8,
    /// How long a call may take that does not say, in microseconds, by its manifest.
    pub deadline: u32,
    /// How much memory it may share as a client, in KiB.
    pub kib: u32,
}

/// How often something can happen, in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Left {
    /// Deaths at any moment, of anybody.
    pub deaths: u8,
    /// What an operator does: unload, load again, restart what has failed, revoke, stop.
    pub acts: u8,
    /// Lookups.
    pub lookups: u8,
    /// Connections that cannot be made for want of room.
    pub refusals: u8,
    /// Requests to put connections up.
    pub put_ups: u8,
    /// Requests for memory to share.
    pub opens: u8,
    /// Calls.
    pub calls: u8,
    /// Things that a server puts into its locker by itself.
    pub stows: u8,
    /// Next instances that offer something else than the one before.
    pub changes: u8,
}

impl Left {
    /// Nothing ever happens.
    pub const NOTHING: Left = Left {
        deaths: 0,
        acts: 0,
        lookups: 0,
        refusals: 0,
        put_ups: 0,
        opens: 0,
        calls: 0,
        stows: 0,
        changes: 0,
    };
}

/// A case.
pub struct Case {
    /// What it is called.
    pub title: &'static str,
    /// The programs.
    pub programs: [Program; PLACES],
    /// The system's manifest.
    pub system: SystemManifest,
    /// How often something can happen.
    pub left: Left,
    /// Who is connected to what when it begins.
    pub connected: Vec<(usize, &'static str)>,
    /// The size of the agent's locker: of 2^n slots.
    pub locker_bits: u8,
    /// What must come about in some state, for the rest to mean anything.
    pub reached: Vec<Property<Case>>,
    pub(crate) store: Store,
}

impl Case {
    /// A case in which everybody may look everything up.
    pub fn new(title: &'static str, left: Left) -> Case {
        let keeper =
            Program { name: "keeper", offers: &[("p", 1), ("q", 2)], connections: 1, deadline: 100, kib: 4 };
        let agent = Program { name: "agent", offers: &[("agent", 3)], connections: 2, deadline: 10, kib: 8 };
        let giver = Program { name: "giver", offers: &[], connections: 3, deadline: 20, kib: 8 };
        Case {
            title,
            programs: [keeper, agent, giver],
            system: system(""),
            left,
            connected: vec![(GIVER, "agent"), (GIVER, "p"), (GIVER, "q")],
            locker_bits: 2,
            reached: Vec::new(),
            store: Store::default(),
        }
    }

    /// The system's manifest says who may look up which names.
    pub fn rights(mut self, rights: &str) -> Case {
        self.system = system(rights);
        self
    }

    /// These are connected to that when it begins.
    pub fn connected(mut self, connected: &[(usize, &'static str)]) -> Case {
        self.connected = connected.to_vec();
        self
    }

    /// This must come about in some state.
    pub fn reaches(mut self, what: &'static str, condition: fn(&Case, &State) -> bool) -> Case {
        self.reached.push(Property::sometimes(what, condition));
        self
    }
}

fn system(rights: &str) -> SystemManifest {
    toml::from_str(&format!("name_server = \"n\"\nconsole = \"n\"\nboot = [\"n\"]\n{rights}")).unwrap()
}
