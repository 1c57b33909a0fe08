//! Whoever a system's manifest names is in its boot archive: a name that is written wrong would leave the module that was
//! meant with what everybody has. Of a boot module that is not there the root task tells, and boots the others; and a system
//! that nobody types in can leave its console to nobody.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail, ensure};
use ipc_proto::name::Name;
use ipc_proto::operator::{Act, Since};
use root_task_core::system::SystemManifest;
use shell_core::command::{self, Command};

use super::System;
use crate::guest::outside::{Origin, Outside};

/// Keys whose modules can be missing; who has arguments is under `boot`.
const MAY_BE_ABSENT: [&str; 3] = ["boot", "args", "console"];

/// Takes a system's own modules out where modules from elsewhere have their names, and says so.
pub fn make_place(system: &mut System, outside: &[Outside]) {
    let System { modules, differs, .. } = system;
    modules.retain(|module| match outside.iter().find(|one| one.name == *module) {
        Some(one) => {
            differs
                .push(format!("{module} is that of {}, in place of this repository's", shown(&one.origin)));
            false
        }
        None => true,
    });
}

/// Where it is from.
fn shown(origin: &Origin) -> String {
    match origin {
        Origin::Elf(path) => path.clone(),
        Origin::Package(folder) => folder.join("Cargo.toml").display().to_string(),
    }
}

/// The names of the files that the boot archive of a system will have, with these modules from elsewhere.
///
/// # Errors
/// Where two have one name, or the manifest names a module of which there is no file.
pub fn files(system: &System, outside: &[Outside]) -> Result<Vec<String>> {
    for (number, one) in outside.iter().enumerate() {
        if let Some(other) = outside.iter().take(number).find(|other| other.name == one.name) {
            let [first, second] = [other, one].map(|of| shown(&of.origin));
            bail!("two modules from elsewhere are called `{}`: of {first} and of {second}", one.name);
        }
    }
    let modules: Vec<&String> = system.modules.iter().chain(outside.iter().map(|one| &one.name)).collect();
    if let Some(copies) = system.copies.iter().find(|copies| !modules.contains(&&copies.of)) {
        bail!("there are copies of `{}`, which is not among the modules", copies.of);
    }
    let copies = system.copies.iter().flat_map(|copies| &copies.names);
    let files = system.files.iter().map(|file| &file.name);
    let names: Vec<String> = modules.into_iter().chain(copies).chain(files).cloned().collect();
    let mut seen = BTreeSet::new();
    if let Some(name) = names.iter().find(|name| !seen.insert(*name)) {
        bail!("two files of the boot archive are named `{name}`");
    }
    let manifest =
        SystemManifest::decode(&system.encoded).context("what was encoded of the system's manifest")?;
    check(&manifest, &names)?;
    Ok(names)
}

fn check(manifest: &SystemManifest, archive: &[String]) -> Result<()> {
    let named = manifest.modules_named().filter(|(key, _)| !MAY_BE_ABSENT.contains(key));
    for (key, name) in named {
        is_there(&format!("`{key}`"), name, archive)?;
    }
    Ok(())
}

/// Checks the modules that a line names with which something is done later: nobody would be told that the moment has not
/// come. Of other lines the shell answers at once.
///
/// # Errors
/// The first name of which there is no file.
pub fn check_later(line: &str, archive: &[String]) -> Result<()> {
    let Ok(Command::After(after)) = command::parse(line) else { return Ok(()) };
    let since = match after.since {
        Since::NextStart(module) => Some(module),
        Since::Now => None,
    };
    let client = match after.act {
        Act::Revoke(client) => Some(client),
        _ => None,
    };
    for name in since.into_iter().chain([after.name]).chain(client) {
        is_there(&format!("the line `{line}`"), &name, archive)?;
    }
    Ok(())
}

fn is_there(who: &str, name: &Name, archive: &[String]) -> Result<()> {
    let found = archive.iter().any(|file| file == name.as_str());
    ensure!(
        found,
        "{who} names `{name}`, which is not in the boot archive: there are {}",
        archive.join(", ")
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "name_server = \"a\"\nconsole = \"a\"\nboot = [\"a\"]\n";

    #[test]
    fn each_key_names_who_is_there() {
        let checked = |more: &str| {
            check(&toml::from_str(&format!("{SMALL}{more}\n")).unwrap(), &["a".into(), "b".into()])
        };
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
        assert!(check(&toml::from_str(SMALL).unwrap(), &["b".into()]).is_err());
    }

    fn system(contents: &str) -> System {
        super::super::read(&format!("{contents}\n{SMALL}"), &[], &[]).unwrap()
    }

    #[test]
    fn the_archive_has_modules_copies_and_files_each_once() {
        let contents = "modules = [\"a\"]\ncopies = [{ of = \"a\", names = [\"b\", \"c\"] }]\n\
                        files = [{ name = \"d\", path = \"x\" }]";
        assert_eq!(files(&system(contents), &[]).unwrap(), ["a", "b", "c", "d"]);
        for (from, to, told) in [
            ("of = \"a\"", "of = \"e\"", "there are copies of `e`, which is not among the modules"),
            ("\"c\"", "\"a\"", "two files of the boot archive are named `a`"),
            ("name = \"d\"", "name = \"b\"", "two files of the boot archive are named `b`"),
            (
                "modules = [\"a\"]",
                "modules = [\"a\"]\npinned = [\"e\"]",
                "`pinned` names `e`, which is not in the boot archive: there are a, b, c, d",
            ),
        ] {
            let error = files(&system(&contents.replace(from, to)), &[]).unwrap_err();
            assert_eq!(error.to_string(), told);
        }
    }

    fn elsewhere(name: &str, folder: &str) -> Outside {
        Outside { name: name.to_owned(), origin: Origin::Package(folder.into()), asks: None }
    }

    #[test]
    fn who_takes_the_place_of_a_module_of_ours_is_told_with_its_folder() {
        let mut system = system("modules = [\"a\", \"b\"]");
        make_place(&mut system, &[elsewhere("c", "/c"), elsewhere("b", "/x")]);
        assert_eq!(system.modules, ["a"]);
        assert_eq!(system.differs, ["b is that of /x/Cargo.toml, in place of this repository's"]);
    }

    #[test]
    fn two_packages_with_one_modules_name_are_told_with_their_folders() {
        let system = system("modules = [\"a\"]");
        let [one, two] = [elsewhere("b", "/x"), elsewhere("b", "/y")];
        assert_eq!(files(&system, &[one.clone(), elsewhere("c", "/y")]).unwrap(), ["a", "b", "c"]);
        let told = files(&system, &[one, two]).unwrap_err().to_string();
        assert_eq!(told, "two modules from elsewhere are called `b`: of /x/Cargo.toml and of /y/Cargo.toml");
    }

    #[test]
    fn what_is_done_later_is_done_to_somebody() {
        let archive = ["a".into(), "b".into()];
        for line in
            ["after 5 crash a", "after 5 of b revoke a b during call c hi", "crash c", "after", "names"]
        {
            assert!(check_later(line, &archive).is_ok(), "{line}");
        }
        for line in
            ["after 5 crash c", "after 5 of c crash a", "after 5 revoke a c", "after 5 unload c during ps"]
        {
            let told = check_later(line, &archive).unwrap_err().to_string();
            let expected =
                format!("the line `{line}` names `c`, which is not in the boot archive: there are a, b");
            assert_eq!(told, expected);
        }
    }
}
