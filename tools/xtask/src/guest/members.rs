//! Which members of the workspace are bare-metal programs and libraries.

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::LOADER;
use crate::arch::Arch;
use crate::command;
use crate::context::Context;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_default_members: Vec<String>,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `dev` or `build`; none where the package itself links it.
    kind: Option<String>,
}

/// What every module links.
const RUNTIME: &str = "module-rt";
/// What modules link that ask for it.
const PARTS: [&str; 1] = ["module-heap"];

impl Package {
    /// Whether it is a module, or what modules link: that ships for the target, also where plain cargo builds it.
    fn is_of_a_module(&self) -> bool {
        let links = |dependency: &Dependency| dependency.name == RUNTIME && dependency.kind.is_none();
        self.name == RUNTIME || PARTS.contains(&self.name.as_str()) || self.dependencies.iter().any(links)
    }
}

/// The members that ship for this architecture: those that plain cargo leaves alone, and all modules.
///
/// # Errors
/// Where cargo cannot read the workspace.
pub fn bare_metal(ctx: &Context, arch: Arch) -> Result<Vec<String>> {
    let mut cargo = command::clean(&ctx.toolchain.cargo);
    cargo.current_dir(&ctx.root).args(["metadata", "--no-deps", "--format-version", "1"]);
    let told = command::output(&mut cargo, "asking cargo for the workspace's members")?;
    choose(&told, arch)
}

fn choose(told: &str, arch: Arch) -> Result<Vec<String>> {
    let metadata: Metadata =
        serde_json::from_str(told).context("cargo metadata says something that it did not use to")?;
    let mut names = Vec::new();
    for package in metadata.packages {
        let on_the_host = metadata.workspace_default_members.contains(&package.id);
        let for_another = package.name == LOADER && arch != Arch::Aarch64;
        if (!on_the_host || package.is_of_a_module()) && !for_another {
            names.push(package.name);
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_members_that_are_no_modules_and_the_other_architectures_loader_are_left_out() {
        let told = r#"{"packages": [{"id": "1", "name": "ipc-proto", "dependencies": []},
            {"id": "2", "name": "hanger", "dependencies": []}, {"id": "3", "name": "loader", "dependencies": []},
            {"id": "4", "name": "echo", "dependencies": [{"name": "module-rt", "kind": null}]},
            {"id": "5", "name": "module-rt", "dependencies": []},
            {"id": "6", "name": "simulation", "dependencies": [{"name": "module-rt", "kind": "dev"}]},
            {"id": "7", "name": "module-heap", "dependencies": []}],
            "workspace_default_members": ["1", "4", "5", "6", "7"], "version": 1}"#;
        let both = ["echo", "module-rt", "module-heap"];
        assert_eq!(choose(told, Arch::Aarch64).unwrap(), [&["hanger", "loader"][..], &both].concat());
        assert_eq!(choose(told, Arch::X86_64).unwrap(), [&["hanger"][..], &both].concat());
    }
}
