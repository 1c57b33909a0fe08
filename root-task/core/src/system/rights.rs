//! Who may register and look up which names.
//!
//! The name server is told, and asks; the supervisor has the last word: it enters no reservation, makes no connection and
//! ends no wait that the system's manifest does not allow.

use heapless::Vec;
use ipc_proto::badge::asker;
use ipc_proto::name::Name;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::SystemManifest;
use crate::ledger::MAX_SERVICES_PER_MODULE;

/// The most names in a list of those that a module may register: as many as it can have.
pub const MAX_PROVIDED: usize = MAX_SERVICES_PER_MODULE as usize;
/// The most names in a list of those that a module may look up.
pub const MAX_USED: usize = 16;
/// The most modules that have lists of their own.
pub const MAX_RIGHTS: usize = 16;

/// Names that somebody may register, or look up: `"any"`, or a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Names<const N: usize> {
    /// Whatever name.
    Any,
    /// These, and no other.
    Only(Vec<Name, N>),
}

impl<const N: usize> Names<N> {
    /// Whether `name` is one of them.
    pub fn contains(&self, name: &Name) -> bool {
        self.list().is_none_or(|names| names.contains(name))
    }

    /// The list, if it is one.
    pub fn list(&self) -> Option<&[Name]> {
        match self {
            Names::Any => None,
            Names::Only(names) => Some(names),
        }
    }
}

/// What one module may do with names. A key that is left out is what the system's default says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rights {
    /// Whose they are.
    pub module: Name,
    /// Names that it may register. Who waits for one in a list waits for this module, as long as nobody has reserved it:
    /// so a cycle is found earlier.
    #[serde(default)]
    pub provides: Option<Names<MAX_PROVIDED>>,
    /// Names that it may look up. For it, any other one does not exist.
    #[serde(default)]
    pub uses: Option<Names<MAX_USED>>,
}

impl SystemManifest {
    fn rights_of(&self, module: &Name) -> Option<&Rights> {
        self.rights.iter().find(|rights| rights.module == *module)
    }

    fn provided_by(&self, module: &Name) -> &Names<MAX_PROVIDED> {
        self.rights_of(module).and_then(|own| own.provides.as_ref()).unwrap_or(&self.default_provides)
    }

    fn used_by(&self, module: &Name) -> &Names<MAX_USED> {
        self.rights_of(module).and_then(|own| own.uses.as_ref()).unwrap_or(&self.default_uses)
    }

    /// Whether a module may register a name.
    pub fn may_register(&self, module: &Name, name: &Name) -> bool {
        self.provided_by(module).contains(name)
    }

    /// Whether a module may look a name up. If not, the name does not exist for it.
    pub fn may_look_up(&self, module: &Name, name: &Name) -> bool {
        self.used_by(module).contains(name)
    }

    /// What the name server reads in the badge of a module's capability to it: see [`asker`].
    pub fn asks_as(&self, module: &Name) -> u16 {
        let bound = self.provided_by(module).list().is_some() || self.used_by(module).list().is_some();
        let of = |is: bool, bit: u16| if is { bit } else { 0 };
        of(self.operators.contains(module), asker::OPERATOR) | of(bound, asker::BOUND)
    }

    /// The modules of which the manifest says by name that they may register this one.
    pub fn providers_of(&self, name: &Name) -> impl Iterator<Item = &Name> {
        let lists = |rights: &&Rights| {
            rights.provides.as_ref().and_then(Names::list).is_some_and(|names| names.contains(name))
        };
        self.rights.iter().filter(lists).map(|rights| &rights.module)
    }
}

pub(super) const fn any<const N: usize>() -> Names<N> {
    Names::Any
}

/// As a text or a list where a person reads it; otherwise as a list, or nothing.
impl<const N: usize> Serialize for Names<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Names::Any if serializer.is_human_readable() => serializer.serialize_str(ANY),
            Names::Only(names) if serializer.is_human_readable() => names.serialize(serializer),
            names => names.list().serialize(serializer),
        }
    }
}

impl<'de, const N: usize> Deserialize<'de> for Names<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return deserializer.deserialize_any(Written);
        }
        Ok(Option::<Vec<Name, N>>::deserialize(deserializer)?.map_or(Names::Any, Names::Only))
    }
}

const ANY: &str = "any";

/// What a person writes.
struct Written<const N: usize>;

impl<'de, const N: usize> Visitor<'de> for Written<N> {
    type Value = Names<N>;

    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "\"any\", or a list of at most {N} names")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Names<N>, E> {
        if text == ANY {
            Ok(Names::Any)
        } else {
            Err(E::invalid_value(serde::de::Unexpected::Str(text), &self))
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Names<N>, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = list.next_element()? {
            names.push(name).map_err(|_| A::Error::invalid_length(N.saturating_add(1), &self))?;
        }
        Ok(Names::Only(names))
    }
}
