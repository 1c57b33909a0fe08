//! What a module may have: what the system's manifest grants it, or else what the module's own package asks for in its
//! Cargo.toml.

use ipc_proto::name::Name;
use root_task_core::allowance::Allowance;
use root_task_core::system::MAX_GRANTS;
use serde::Deserialize as _;
use toml::{Table, Value};

use crate::System;
use crate::panics;
use crate::world::World;

/// The table that asks, of a Cargo.toml.
const TABLE: &str = "[package.metadata.escrow]";
/// Its key that is no grant: a device is made up, [`System::device`].
const CLOCK: &str = "clock";
/// Its key that asks for nothing: a test gives a program its arguments itself.
const TEST_ARGS: &str = "test_args";

/// What a package asks for its module, the program that is called as the package is; `None` where it asks for nothing.
///
/// # Errors
/// In words: what is wrong in that table.
pub(crate) fn asked(module: Name, cargo_toml: &str) -> Result<Option<Allowance>, String> {
    let file: Table = cargo_toml.parse().map_err(|error| format!("its Cargo.toml: {error}"))?;
    let package = file.get("package").and_then(Value::as_table);
    if package.and_then(|package| package.get("name")?.as_str()) != Some(module.as_str()) {
        return Ok(None);
    }
    let escrow = package.and_then(|package| package.get("metadata")?.get("escrow")?.as_table());
    let Some(mut asked) = escrow.cloned() else { return Ok(None) };
    asked.remove(CLOCK);
    asked.remove(TEST_ARGS);
    if asked.is_empty() {
        return Ok(None);
    }
    asked.insert("module".to_owned(), module.as_str().into());
    let grant =
        Allowance::deserialize(asked).map_err(|error| format!("{TABLE} of its Cargo.toml: {error}"))?;
    grant.check_numbers().map_err(|error| format!("{TABLE} of its Cargo.toml: {error}"))?;
    Ok(Some(grant))
}

impl World {
    fn granted_mut(&mut self, module: &Name) -> Option<&mut Allowance> {
        self.system.grants.iter_mut().find(|grant| grant.module == *module)
    }

    /// What a module may have whose package asks for that. Without a grant it is a locker of the size that it asks for.
    ///
    /// # Errors
    /// In words: there are as many grants as a system can have.
    pub fn allow(&mut self, module: &Name, asked: Option<Allowance>) -> Result<Allowance, String> {
        match (self.granted_mut(module), asked) {
            (Some(granted), _) => return Ok(granted.clone()),
            (None, Some(asked)) => self.grants(asked)?,
            (None, None) => {
                return Ok(Allowance { locker_slots: u32::MAX, ..self.system.allowance_of(module) });
            }
        }
        Ok(self.system.allowance_of(module))
    }

    fn grants(&mut self, grant: Allowance) -> Result<(), String> {
        self.system.grants.push(grant).map_err(|_| format!("a system has {MAX_GRANTS} grants at most"))
    }
}

impl System {
    /// Grants a module more than any may have, or less, as the `grants` of a system's manifest do. It holds for loads after this,
    /// and in place of what the module's package asks for (`[package.metadata.escrow]` of its Cargo.toml), which is granted
    /// where this says nothing.
    ///
    /// ```
    /// use module_rt::simulation::System;
    ///
    /// let mut system = System::new(7);
    /// system.grant("pub-sub", |grant| grant.memory_kib = 256);
    /// ```
    ///
    /// # Panics
    /// Where that is no name of a module, a number is one that no system can grant, or there are as many grants as a system
    /// can have.
    #[track_caller]
    pub fn grant(&mut self, module: &str, change: impl FnOnce(&mut Allowance)) {
        let world = &mut self.run.world;
        let granted = Name::new(module).map_err(|error| error.to_string()).and_then(|name| {
            if world.granted_mut(&name).is_none() {
                world.grants(Allowance::of_anybody(name))?;
            }
            let Some(grant) = world.granted_mut(&name) else { return Ok(()) };
            change(grant);
            // Whose it is stands in the call.
            grant.module = name;
            grant.check_numbers().map_err(|error| error.to_string())
        });
        if let Err(why) = granted {
            panics::fail_test(format!("{module}: {why}"));
        }
    }
}
