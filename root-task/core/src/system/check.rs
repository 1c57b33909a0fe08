//! What the types of a system's manifest do not say.

use heapless::Vec;
use ipc_proto::name::Name;

use super::{MAX_AUTOPSIES, MAX_BOOT_ARGS, MAX_GRANTS, MAX_RIGHTS, Names, SystemError, SystemManifest};

impl SystemManifest {
    /// Checks what the types do not say: the name server is loaded first, only boot modules have arguments, no more
    /// dead instances are kept than there are reports, and no list has a name twice.
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
        if self.autopsies > MAX_AUTOPSIES {
            return Err(SystemError::TooManyAutopsies(self.autopsies));
        }
        let granted: Vec<Name, MAX_GRANTS> = self.grants.iter().map(|grant| grant.module).collect();
        let mut with_args: Vec<Name, MAX_BOOT_ARGS> = Vec::new();
        with_args.extend(self.args.iter().map(|args| args.module));
        let with_rights: Vec<Name, MAX_RIGHTS> = self.rights.iter().map(|rights| rights.module).collect();
        for rights in &self.rights {
            no_name_twice("provides", rights.provides.as_ref().and_then(Names::list).unwrap_or_default())?;
            no_name_twice("uses", rights.uses.as_ref().and_then(Names::list).unwrap_or_default())?;
        }
        for (list, names) in [
            ("operators", self.operators.as_slice()),
            ("boot", &self.boot),
            ("survive_faults", &self.survive_faults),
            ("pinned", &self.pinned),
            ("keep_in_use", &self.keep_in_use),
            ("args", &with_args),
            ("grants", &granted),
            ("rights", &with_rights),
            ("default_provides", self.default_provides.list().unwrap_or_default()),
            ("default_uses", self.default_uses.list().unwrap_or_default()),
        ] {
            no_name_twice(list, names)?;
        }
        Ok(())
    }
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
