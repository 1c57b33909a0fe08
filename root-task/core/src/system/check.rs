//! What the types of a system's manifest do not say.

use ipc_proto::name::Name;

use super::{Names, SystemError, SystemManifest};

impl SystemManifest {
    /// Checks what the types do not say: the name server is loaded first, only boot modules have arguments, no module has
    /// two devices, each number is one that there can be, and no list has a name twice.
    ///
    /// # Errors
    /// [`SystemError`].
    pub fn check(&self) -> Result<(), SystemError> {
        if self.boot.first() != Some(&self.name_server) {
            return Err(SystemError::NameServerNotFirst(self.name_server));
        }
        if let Some(args) = self.args.iter().find(|args| !self.boot.contains(&args.module)) {
            return Err(SystemError::ArgsForNobody(args.module));
        }
        if self.clock == Some(self.console) {
            return Err(SystemError::TwoDevices(self.console));
        }
        self.check_numbers()?;
        for (at, (list, name)) in self.modules_named().enumerate() {
            if self.modules_named().take(at).any(|earlier| earlier == (list, name)) {
                return Err(SystemError::Twice { list, name: *name });
            }
        }
        for rights in &self.rights {
            no_name_twice("provides", rights.provides.as_ref().and_then(Names::list).unwrap_or_default())?;
            no_name_twice("uses", rights.uses.as_ref().and_then(Names::list).unwrap_or_default())?;
        }
        no_name_twice("default_provides", self.default_provides.list().unwrap_or_default())?;
        no_name_twice("default_uses", self.default_uses.list().unwrap_or_default())
    }

    /// Every module that the manifest names, with the key that does.
    pub fn modules_named(&self) -> impl Iterator<Item = (&'static str, &Name)> {
        of("name_server", core::slice::from_ref(&self.name_server))
            .chain(of("console", core::slice::from_ref(&self.console)))
            .chain(of("clock", self.clock.as_slice()))
            .chain(of("operators", &self.operators))
            .chain(of("boot", &self.boot))
            .chain(self.args.iter().map(|args| ("args", &args.module)))
            .chain(of("survive_faults", &self.survive_faults))
            .chain(of("pinned", &self.pinned))
            .chain(of("keep_in_use", &self.keep_in_use))
            .chain(self.grants.iter().map(|grant| ("grants", &grant.module)))
            .chain(self.rights.iter().map(|rights| ("rights", &rights.module)))
    }
}

fn of<'a>(key: &'static str, names: &'a [Name]) -> impl Iterator<Item = (&'static str, &'a Name)> {
    names.iter().map(move |name| (key, name))
}

fn no_name_twice(list: &'static str, names: &[Name]) -> Result<(), SystemError> {
    let mut rest = names;
    while let [name, others @ ..] = rest {
        if others.contains(name) {
            return Err(SystemError::Twice { list, name: *name });
        }
        rest = others;
    }
    Ok(())
}
