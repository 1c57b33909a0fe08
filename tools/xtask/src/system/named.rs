//! Whoever a system's manifest names is in its boot archive: a name that is written wrong would leave the module that was
//! meant with what everybody has. Of a boot module that is not there the root task tells, and boots the others; and a system
//! that nobody types in can leave its console to nobody.

use anyhow::{Result, bail};
use root_task_core::system::SystemManifest;

/// Checks it; `archive` are the names of the files there.
///
/// # Errors
/// The first name of which there is no file, and the key that has it.
pub fn check(manifest: &SystemManifest, archive: &[&str]) -> Result<()> {
    let grants: Vec<_> = manifest.grants.iter().map(|grant| grant.module).collect();
    let rights: Vec<_> = manifest.rights.iter().map(|rights| rights.module).collect();
    for (key, names) in [
        ("name_server", std::slice::from_ref(&manifest.name_server)),
        ("clock", manifest.clock.as_slice()),
        ("operators", &manifest.operators),
        ("pinned", &manifest.pinned),
        ("keep_in_use", &manifest.keep_in_use),
        ("survive_faults", &manifest.survive_faults),
        ("grants", &grants),
        ("rights", &rights),
    ] {
        if let Some(name) = names.iter().find(|name| !archive.contains(&name.as_str())) {
            bail!(
                "`{key}` names `{name}`, which is not in the boot archive: there are {}",
                archive.join(", ")
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "name_server = \"a\"\nconsole = \"a\"\nboot = [\"a\"]\n";

    #[test]
    fn each_key_names_who_is_there() {
        let checked = |more: &str| check(&toml::from_str(&format!("{SMALL}{more}\n")).unwrap(), &["a", "b"]);
        for key in ["operators", "pinned", "keep_in_use", "survive_faults"] {
            assert!(checked(&format!("{key} = [\"b\", \"a\"]")).is_ok(), "{key}");
            let told = checked(&format!("{key} = [\"b\", \"aa\"]")).unwrap_err().to_string();
            assert_eq!(told, format!("`{key}` names `aa`, which is not in the boot archive: there are a, b"));
        }
        for key in ["grants", "rights"] {
            assert!(checked(&format!("{key} = [{{ module = \"b\" }}]")).is_ok(), "{key}");
            let told = checked(&format!("{key} = [{{ module = \"aa\" }}]")).unwrap_err().to_string();
            assert!(told.starts_with(&format!("`{key}` names `aa`")), "{told}");
        }
        assert!(checked("clock = \"aa\"").unwrap_err().to_string().starts_with("`clock` names `aa`"));
        assert!(check(&toml::from_str(SMALL).unwrap(), &["b"]).is_err());
    }
}
