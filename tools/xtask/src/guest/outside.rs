//! Modules that are not in this repository: ELF files, and Cargo packages elsewhere.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use serde::Deserialize;

use super::{Program, Programs, artifacts, cargo_through, strip};
use crate::command;
use crate::context::Context;
use crate::system::asks::{self, Asks};

/// One module from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outside {
    /// Its name in the archive.
    pub name: String,
    /// What it is made of.
    pub origin: Origin,
    /// What its package asks the system to grant it.
    pub asks: Option<Asks>,
}

/// What a module from elsewhere is made of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A file that is taken as it is; `{arch}` in its path is the architecture.
    Elf(String),
    /// The folder of a Cargo package with a program of the module's name.
    Package(PathBuf),
}

/// What cargo says of the package in a folder, or of the packages of a workspace.
pub struct Packages {
    /// The folder's full path.
    folder: PathBuf,
    pub(super) packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
pub(super) struct Package {
    name: String,
    pub(super) manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Package {
    /// The names of its programs.
    pub(super) fn programs(&self) -> impl Iterator<Item = &String> {
        let programs = self.targets.iter().filter(|target| target.kind.iter().any(|kind| kind == "bin"));
        programs.map(|target| &target.name)
    }
}

/// The packages in these folders.
///
/// # Errors
/// Where there is no package in one of them; and where one is named twice.
pub fn packages_in(folders: &[PathBuf]) -> Result<Vec<Packages>> {
    let mut all: Vec<Packages> = Vec::new();
    for given in folders {
        let packages = packages(given)?;
        let is_seen = all.iter().any(|seen| seen.folder == packages.folder);
        ensure!(!is_seen, "--module {} is given twice: leave one out", given.display());
        all.push(packages);
    }
    Ok(all)
}

/// The modules of packages elsewhere: each of their programs is one.
///
/// # Errors
/// Where one has no program, or asks for what no system can grant.
pub fn modules_of(packages: &[Packages]) -> Result<Vec<Outside>> {
    let mut modules = Vec::new();
    for Packages { folder, packages } in packages {
        modules.extend(programs_of(folder, packages)?);
    }
    Ok(modules)
}

/// The programs of these packages, which are in that folder.
fn programs_of(folder: &Path, packages: &[Package]) -> Result<Vec<Outside>> {
    let origin = Origin::Package(folder.to_owned());
    let mut modules = Vec::new();
    for package in packages {
        for name in package.programs() {
            let asks = asks::of(&package.manifest_path, name)?;
            modules.push(Outside { name: name.clone(), origin: origin.clone(), asks });
        }
        let file = &package.manifest_path;
        // One of that name of another package is not granted it.
        if package.programs().all(|program| *program != package.name)
            && let Some(asks) = asks::of(file, &package.name)?
        {
            let (file, name) = (file.display(), &package.name);
            bail!("{file} asks for {}, which its program `{name}` would be granted; it has none", asks.words);
        }
    }
    ensure!(!modules.is_empty(), "the package in {} has no program: give it a src/main.rs", folder.display());
    Ok(modules)
}

/// One module of a package elsewhere: the program of that name, or its only one, or the one that is called as the package.
///
/// # Errors
/// Where there is no such program, or the package asks for what no system can grant.
pub fn module_of(folder: &Path, program: Option<&str>) -> Result<Outside> {
    let Packages { folder, packages } = packages(folder)?;
    let mut modules = programs_of(&folder, &packages)?;
    let names = modules.iter().map(|module| module.name.as_str()).collect::<Vec<_>>().join(", ");
    let wanted = match program {
        Some(program) => program.to_owned(),
        None if modules.len() == 1 => names.clone(),
        None => packages.first().map(|package| package.name.clone()).unwrap_or_default(),
    };
    modules.retain(|module| module.name == wanted);
    modules.pop().with_context(|| {
        format!("the package in {} has no program `{wanted}`; it has: {names}", folder.display())
    })
}

/// The package in a folder, or, where that is a whole workspace's, its packages; and the folder's full path.
fn packages(folder: &Path) -> Result<Packages> {
    let manifest = folder.join("Cargo.toml");
    ensure!(manifest.is_file(), "there is no Cargo.toml in {}", folder.display());
    let folder = folder.canonicalize().with_context(|| format!("the folder {}", folder.display()))?;
    // The one that runs us, which any will do for: nothing is built.
    let mut cargo = command::clean(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let manifest = folder.join("Cargo.toml");
    cargo.args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"]).arg(&manifest);
    let told = command::output(&mut cargo, "asking cargo for the package's programs")?;
    let metadata: Metadata =
        serde_json::from_str(&told).context("cargo metadata says something that it did not use to")?;
    let mut packages = metadata.packages;
    // A member of a workspace is told with all others.
    let here = folder.join("Cargo.toml");
    if packages.iter().any(|package| package.manifest_path == here) {
        packages.retain(|package| package.manifest_path == here);
    }
    Ok(Packages { folder, packages })
}

/// The program of a module: built, or found.
///
/// # Errors
/// Where cargo fails (its messages stand above), or the package has no program of that name.
pub fn program(ctx: &Context, wanted: &Programs<'_>, outside: &Outside) -> Result<Program> {
    match &outside.origin {
        Origin::Elf(path) => {
            let elf = PathBuf::from(path.replace("{arch}", wanted.arch.name()));
            Ok(Program { stripped: elf.clone(), elf })
        }
        Origin::Package(folder) => build(ctx, wanted, &outside.name, folder),
    }
}

fn build(ctx: &Context, wanted: &Programs<'_>, name: &str, package: &Path) -> Result<Program> {
    let Programs { arch, prefix, kernel, base, .. } = wanted;
    let folder = ctx.guest_target(&format!("{}-{kernel}-elsewhere", arch.name()));
    lock(ctx, package)?;
    let mut cargo = cargo_through(&ctx.toolchain.cargo, ctx, "build", *arch, prefix, &folder, *base);
    cargo.args(["--release", "--bins", "--message-format=json-render-diagnostics"]);
    cargo.arg("--manifest-path").arg(package.join("Cargo.toml"));
    for setting in profile(&ctx.root)? {
        cargo.arg("--config").arg(setting);
    }
    let doing = format!("building {name} in {}", package.display());
    let told = command::output_quiet_when_fresh(&mut cargo, &doing).map_err(|error| anyhow!("{error:#}"))?;
    let Some(elf) = artifacts::programs(&told)?.remove(name) else {
        bail!(
            "the package in {} has no program `{name}`; give it that name and a src/main.rs",
            package.display()
        );
    };
    let stripped = folder.join("stripped");
    fs::create_dir_all(&stripped).with_context(|| format!("cannot make {}", stripped.display()))?;
    let stripped = stripped.join(name);
    strip(*arch, &elf, &stripped)?;
    Ok(Program { elf, stripped })
}

/// A package without a lock file gets ours to begin with, so that what it has in common with us is of the same version.
fn lock(ctx: &Context, package: &Path) -> Result<()> {
    let theirs = package.join("Cargo.lock");
    if !theirs.exists() {
        fs::copy(ctx.root.join("Cargo.lock"), &theirs)
            .with_context(|| format!("cannot write {}", theirs.display()))?;
    }
    Ok(())
}

/// Our workspace's release profile, as cargo takes it on its command line: packages elsewhere do not inherit it.
fn profile(root: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(root.join("Cargo.toml")).context("the workspace's Cargo.toml")?;
    let workspace: toml::Table = toml::from_str(&text).context("the workspace's Cargo.toml")?;
    let profile = workspace.get("profile").and_then(|profile| profile.get("release")?.as_table());
    let profile = profile.context("the workspace's Cargo.toml has no profile.release")?;
    Ok(profile.iter().map(|(key, value)| format!("profile.release.{key}={value}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_that_is_called_as_its_package_is_granted_what_that_asks_for() {
        let folder = tempfile::tempdir().unwrap();
        let manifest_path = folder.path().join("Cargo.toml");
        let asks = "[package]\nname = \"driver\"\n[package.metadata.escrow]\nclock = true\n";
        fs::write(&manifest_path, asks).unwrap();
        let package = |programs: &[&str]| Package {
            name: "driver".to_owned(),
            manifest_path: manifest_path.clone(),
            targets: programs
                .iter()
                .map(|name| Target { name: (*name).to_owned(), kind: vec!["bin".into()] })
                .collect(),
        };
        let modules = programs_of(folder.path(), &[package(&["driver", "driver-try"])]).unwrap();
        let asks: Vec<_> =
            modules.iter().map(|module| module.asks.as_ref().map(|asks| &*asks.words)).collect();
        assert_eq!(asks, [Some("clock = true"), None]);
        let told = "asks for clock = true, which its program `driver` would be granted; it has none";
        // Also where another package has such a program, whichever of the two is told first.
        let other = || Package {
            name: "other".to_owned(),
            manifest_path: folder.path().join("other.toml"),
            targets: package(&["driver"]).targets,
        };
        fs::write(folder.path().join("other.toml"), "[package]\nname = \"other\"\n").unwrap();
        let asks_for_nobody = || package(&["driver-try"]);
        for packages in
            [vec![asks_for_nobody()], vec![other(), asks_for_nobody()], vec![asks_for_nobody(), other()]]
        {
            let nobody = programs_of(folder.path(), &packages).unwrap_err().to_string();
            assert!(nobody.ends_with(told), "{nobody}");
        }
    }

    #[test]
    fn a_folder_that_is_named_twice_is_refused_however_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| {
            let place = folder.path().join(name);
            fs::create_dir_all(place.join("src")).unwrap();
            fs::write(place.join("Cargo.toml"), format!("[package]\nname = \"{name}\"\n[workspace]\n"))
                .unwrap();
            fs::write(place.join("src/main.rs"), "fn main() {}\n").unwrap();
            place
        };
        let (one, other) = (place("one"), place("other"));
        let modules = modules_of(&packages_in(&[one.clone(), other.clone()]).unwrap()).unwrap();
        assert_eq!(modules.iter().map(|module| &*module.name).collect::<Vec<_>>(), ["one", "other"]);
        let again = other.join("../one");
        let told = packages_in(&[one, again.clone()]).err().unwrap().to_string();
        assert_eq!(told, format!("--module {} is given twice: leave one out", again.display()));
    }

    #[test]
    fn the_profile_is_given_on_the_command_line() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("Cargo.toml"), "[profile.release]\nlto = 'fat'\ndebug = 2\n").unwrap();
        let mut given = profile(root.path()).unwrap();
        given.sort();
        assert_eq!(given, ["profile.release.debug=2", "profile.release.lto=\"fat\""]);
    }
}
