//! Whether a running system grants a module what it asks for; and where it does not, how it would.

use std::path::Path;

use ipc_proto::manifest::Request;
use root_task_core::allowance::Difference;
use root_task_core::system::SystemManifest;
use serde::{Deserialize, Serialize};

use crate::command::quoted;
use crate::system::asks::Asks;

/// What a system grants, as its archive has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grants {
    /// With what packages elsewhere ask for.
    pub booted: Vec<u8>,
    /// Without.
    pub own: Vec<u8>,
}

impl Grants {
    /// How a module of the package in `folder`, which asks for that, is granted what its manifest asks for. `None` where the
    /// running system grants it, so that a refusal has another reason; and where it is pushed under a name that is not its
    /// own.
    pub fn lacking(&self, name: &str, request: &Request, asks: &Asks, folder: &Path) -> Option<String> {
        if name != asks.module() || request.name.as_str() != name {
            return None;
        }
        lacks(&SystemManifest::decode(&self.booted).ok()?, request)?;
        let mut own = SystemManifest::decode(&self.own).ok()?;
        let run = format!("`./escrow run --module {}`", quoted(folder.as_os_str()));
        Some(match asks.grant(&mut own, &[]) {
            Err((_, why)) => format!("{run} would be refused with this system: {why}"),
            Ok(granted) => match lacks(&own, request) {
                None => format!(
                    "{name} asks for {}, which {run} grants a system that it boots: this one was booted without it",
                    asks.words
                ),
                Some(lacks) => {
                    format!("{run} would not grant all of it with this system: {granted}; {lacks}")
                }
            },
        })
    }
}

/// What is too much of what a module asks for.
fn lacks(system: &SystemManifest, request: &Request) -> Option<Difference> {
    system.allowance_of(&request.name).check(request, system.device_of(&request.name)).err()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use ipc_proto::manifest::{Device, OnLoss, Restart};
    use ipc_proto::name::Name;
    use ipc_proto::version::Version;
    use root_task_core::allowance::Allowance;
    use root_task_core::system::MAX_ENCODED;

    use super::*;
    use crate::system::asks;

    fn encoded(system: &SystemManifest) -> Vec<u8> {
        system.encode(&mut [0; MAX_ENCODED]).unwrap().to_vec()
    }

    /// What is told where a module with a locker of 2^3 slots and the clock was refused, its package asks for `table`, and
    /// the system is its `own`, booted with `before` or without any such package.
    fn told(table: &str, own: &dyn Fn(&mut SystemManifest), before: Option<&str>) -> Option<String> {
        let place = tempfile::tempdir().unwrap();
        let asks = |table: &str| {
            let file = place.path().join("Cargo.toml");
            let text = format!("[package]\nname = \"driver\"\n[package.metadata.escrow]\n{table}\n");
            fs::write(&file, text).unwrap();
            asks::of(&file, "driver").unwrap().unwrap()
        };
        let name = Name::new("driver").unwrap();
        let mut system = SystemManifest::plain(Name::new("names").unwrap());
        system.boot.push(system.name_server).unwrap();
        own(&mut system);
        let mut grants = Grants { own: encoded(&system), booted: encoded(&system) };
        if let Some(before) = before {
            asks(before).grant(&mut system, &[]).unwrap();
            grants.booted = encoded(&system);
        }
        let request = Request {
            name,
            version: Version(1),
            restart: Restart::OnFailure,
            priority: 100,
            stack_bytes: 4096,
            memory_bytes: 4096,
            locker_bits: 3,
            device: Device::Clock,
            connections: 0,
            deadline_micros: 1_000_000,
            departures: false,
            program: false,
            on_loss: OnLoss::Ignore,
        };
        let asks = asks(table);
        assert_eq!(
            grants.lacking("other", &request, &asks, Path::new("/a b")),
            None,
            "pushed under another name"
        );
        let told = grants.lacking(name.as_str(), &request, &asks, Path::new("/a b"));
        told.map(|told| told.replace(&place.path().display().to_string(), "/p"))
    }

    const BOTH: &str = "clock = true\nlocker_slots = 8";

    const RUN: &str = "`./escrow run --module '/a b'`";

    #[test]
    fn who_is_granted_what_it_asks_for_was_refused_for_another_reason() {
        assert_eq!(told(BOTH, &|_| (), Some(BOTH)), None);
        // Whoever grants it.
        assert_eq!(told("clock = true", &|system| with_grant(system, 8), Some("clock = true")), None);
    }

    #[test]
    fn a_system_that_was_booted_without_it_is_to_be_booted_with_it() {
        let words = "driver asks for clock = true, locker_slots = 8, which";
        let expected = format!("{words} {RUN} grants a system that it boots: this one was booted without it");
        // Not at all, or with what the package has asked for before.
        for before in [None, Some("locker_slots = 8"), Some("clock = true\nlocker_slots = 4")] {
            assert_eq!(told(BOTH, &|_| (), before).as_deref(), Some(&*expected), "{before:?}");
        }
    }

    #[test]
    fn what_booting_it_with_the_package_would_not_grant_is_told() {
        let told_of = |table, own: &dyn Fn(&mut SystemManifest)| told(table, own, None).unwrap();
        let more = "it asks for more than the system's manifest grants it: a locker of 8 slots, and may have 4 (locker_slots)";
        let held = "locker_slots = 8: the system's own grant for it holds";
        let granted = "driver is granted clock = true: /p/Cargo.toml asks for it; it is not granted";
        assert_eq!(
            told_of(BOTH, &|system| with_grant(system, 4)),
            format!("{RUN} would not grant all of it with this system: {granted} {held}; {more}")
        );
        let less = told_of("clock = true\nlocker_slots = 4", &|_| ());
        assert!(less.ends_with(&format!("locker_slots = 4: /p/Cargo.toml asks for it; {more}")), "{less}");
        let clock = told_of(BOTH, &|system| system.clock = Name::new("b").ok());
        let clock = clock.strip_prefix(RUN).unwrap_or_default();
        let why = " would be refused with this system: driver asks for the clock (/p/Cargo.toml), and ";
        assert!(clock.starts_with(why), "{clock}");
    }

    fn with_grant(system: &mut SystemManifest, locker_slots: u32) {
        let driver = Name::new("driver").unwrap();
        system.grants.push(Allowance { locker_slots, ..Allowance::of_anybody(driver) }).unwrap();
    }
}
