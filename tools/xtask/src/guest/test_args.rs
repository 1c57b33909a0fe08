//! What `test --module` gives a package's programs when it loads them: `test_args` of its `[package.metadata.escrow]`.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::outside::{Package, Packages};
use crate::system::asks;

/// The arguments of the programs of these packages that have some.
///
/// # Errors
/// Where one of these files gives arguments to a program that its package has not, or what is none.
pub fn of(folders: &[Packages]) -> Result<BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for package in folders.iter().flat_map(|folder| &folder.packages) {
        all.extend(of_package(package)?);
    }
    Ok(all)
}

fn of_package(package: &Package) -> Result<BTreeMap<String, String>> {
    let given = asks::test_args(&package.manifest_path)?;
    if let Some(name) = given.keys().find(|name| package.programs().all(|program| program != *name)) {
        let programs = package.programs().map(String::as_str).collect::<Vec<_>>().join(", ");
        bail!(
            "{}: {} is for a program `{name}`, and the package has: {programs}",
            package.manifest_path.display(),
            asks::TEST_ARGS
        );
    }
    Ok(given)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::outside;
    use super::*;

    fn told(metadata: &str) -> Result<BTreeMap<String, String>> {
        let folder = tempfile::tempdir().unwrap();
        let manifest = folder.path().join("Cargo.toml");
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("src/main.rs"), "fn main() {}\n").unwrap();
        fs::write(manifest, format!("[package]\nname = \"fill\"\n[workspace]\n{metadata}\n")).unwrap();
        of(&outside::packages_in(&[folder.path().to_owned()])?)
    }

    #[test]
    fn each_program_has_its_own() {
        let more = "[[bin]]\nname = \"fill\"\npath = \"src/main.rs\"\n[[bin]]\nname = \"more\"\npath = \"src/main.rs\"\n";
        let given = "[package.metadata.escrow]\ntest_args = { fill = \"64 a=b\" }\n";
        let fill = BTreeMap::from([("fill".to_owned(), "64 a=b".to_owned())]);
        assert_eq!(told(&format!("{more}{given}")).unwrap(), fill);
        assert_eq!(told("[package.metadata.escrow]\nclock = true").unwrap(), BTreeMap::new());
        assert_eq!(told("").unwrap(), BTreeMap::new());
    }

    #[test]
    fn what_is_none_is_refused() {
        for (table, why) in [
            ("test_args = { full = \"64\" }", "test_args is for a program `full`, and the package has: fill"),
            ("test_args = \"64\"", ":5: test_args: invalid type: string \"64\", expected a map"),
            ("\ntest_args.fill = 64", ":6: invalid type: integer `64`, expected a string"),
            (
                "test_args.fill = \"\"",
                "test_args of `fill` is no line of arguments: give what stands behind `load fill`",
            ),
            ("test_args.fill = \"a\\nhalt\"", "test_args of `fill` is no line of arguments"),
        ] {
            let refused = told(&format!("[package.metadata.escrow]\n{table}")).unwrap_err().to_string();
            assert!(refused.contains(why) && refused.contains("Cargo.toml:"), "{table}: {refused}");
        }
    }
}
