//! What is checked: which modules there are, what each does, and how often something happens to them.

use ipc_proto::name::Name;
use root_task_core::restart::Restart;
use root_task_core::system::{Names, Rights, SystemManifest};

use stateright::Property;

use crate::kept::Store;
use crate::state::{Room, State};

/// How many places of the ledger's table a case has: the name server's and three more.
pub const PLACES: usize = 4;

/// What a module's program does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Reserves a name.
    Reserve(Name),
    /// Looks a name up, and waits so many microseconds where it is not there; 0 is not to wait.
    Find(Name, u64),
    /// Fails, where the last lookup has found nothing.
    Need,
    /// Its init has succeeded.
    Publish,
    /// Calls what it has found last, if anything.
    Call,
}

/// A module, as it is in the boot archive.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its name.
    pub name: Name,
    /// When it is started again.
    pub policy: Restart,
    /// What it does; then it serves.
    pub ops: Vec<Op>,
    /// What its later instances do, where that is something else.
    pub again: Option<Vec<Op>>,
}

/// How often something can happen, in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Left {
    /// Deaths at any moment, of anybody.
    pub crashes: u8,
    /// What an operator does: unload, restart, load again.
    pub acts: u8,
    /// What the supervisor cannot do for want of room: make a capability, keep somebody who waits.
    pub refusals: u8,
}

/// A case.
pub struct Case {
    /// What it is called.
    pub title: &'static str,
    /// The programs; the first is the name server's.
    pub programs: Vec<Program>,
    /// The system's manifest, as it is written.
    text: String,
    /// The same, as it is read.
    pub system: SystemManifest,
    /// How often something can happen.
    pub left: Left,
    /// How often each module has been started again before: the next one waits.
    pub restarted: u8,
    /// What must come about in some state, for the rest to mean anything.
    pub reached: Vec<Property<Case>>,
    pub(crate) store: Store,
}

/// A name.
pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// Reserves.
pub fn reserve(text: &str) -> Op {
    Op::Reserve(name(text))
}

/// Looks up.
pub fn find(text: &str) -> Op {
    Op::Find(name(text), 0)
}

/// Looks up and waits.
pub fn wait(text: &str, micros: u64) -> Op {
    Op::Find(name(text), micros)
}

impl Case {
    /// A case of these programs, in which each module may be started again so often.
    pub fn new(title: &'static str, programs: [(&str, &[Op]); 3], restarts: u32, left: Left) -> Case {
        let names =
            Program { name: name("names"), policy: Restart::Always, ops: vec![Op::Publish], again: None };
        let others = programs.map(|(text, ops)| Program {
            name: name(text),
            policy: Restart::OnFailure,
            ops: ops.to_vec(),
            again: None,
        });
        let text = format!(
            "name_server = \"names\"\nconsole = \"names\"\nboot = [\"names\"]\npinned = [\"names\"]\n\
             max_restarts = {restarts}\n"
        );
        Case {
            title,
            programs: std::iter::once(names).chain(others).collect(),
            system: toml::from_str(&text).unwrap(),
            text,
            left,
            restarted: 0,
            reached: Vec::new(),
            store: Store::default(),
        }
    }

    /// What the running instance of a module does.
    pub(crate) fn ops(&self, room: &Room) -> &[Op] {
        let program = &self.programs[room.program];
        match &program.again {
            Some(again) if room.starts > 1 => again,
            _ => &program.ops,
        }
    }

    /// The later instances of this program do something else.
    pub fn then(mut self, of: &str, ops: &[Op]) -> Case {
        let program = self.programs.iter_mut().find(|program| program.name == name(of)).unwrap();
        program.again = Some(ops.to_vec());
        self
    }

    /// The system's manifest says who may do what with which names.
    pub fn rights(mut self, rights: &str) -> Case {
        self.text.push_str(rights);
        self.system = toml::from_str(&self.text).unwrap();
        self
    }

    /// The modules of which the manifest says that they provide a name.
    pub fn expected_of(&self, name: &Name) -> impl Iterator<Item = Name> {
        let lists =
            |rights: &&Rights| matches!(&rights.provides, Some(Names::Only(names)) if names.contains(name));
        self.system.rights.iter().filter(lists).map(|rights| rights.module)
    }

    /// Whether a program may register a name.
    pub fn may_register(&self, program: usize, name: &Name) -> bool {
        self.system.may_register(&self.programs[program].name, name)
    }

    /// Whether a program may look a name up.
    pub fn may_look_up(&self, program: usize, name: &Name) -> bool {
        self.system.may_look_up(&self.programs[program].name, name)
    }

    /// This must come about in some state.
    pub fn reaches(mut self, what: &'static str, condition: fn(&Case, &State) -> bool) -> Case {
        self.reached.push(Property::sometimes(what, condition));
        self
    }
}
