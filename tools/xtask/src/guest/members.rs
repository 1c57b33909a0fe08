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
}

/// The members that are built for this architecture only: those that plain cargo leaves alone.
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
        if !on_the_host && !for_another {
            names.push(package.name);
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_members_and_the_other_architectures_loader_are_left_out() {
        let told = r#"{"packages": [{"id": "1", "name": "ipc-proto"}, {"id": "2", "name": "echo"},
            {"id": "3", "name": "loader"}], "workspace_default_members": ["1"], "version": 1}"#;
        assert_eq!(choose(told, Arch::Aarch64).unwrap(), ["echo", "loader"]);
        assert_eq!(choose(told, Arch::X86_64).unwrap(), ["echo"]);
    }
}
