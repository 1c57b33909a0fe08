//! Whether a workspace of somebody else's has the new package's folder among its members: cargo builds neither it nor them then.

use std::env;
use std::fs;
use std::path::Path;

use crate::command;

/// What cargo says of a folder that is a workspace, and a member of another one.
const TWO: &str = "multiple workspace roots";

/// What to do where a workspace above this folder has taken it in, as one does with `members = ["*"]`. The package itself is
/// built: it is a workspace of its own.
pub fn taken_in(folder: &Path) -> Option<String> {
    let above = folder.ancestors().skip(1);
    above.filter(|above| is_workspace(&above.join("Cargo.toml"))).find_map(|above| {
        let manifest = above.join("Cargo.toml");
        let mut cargo = command::clean(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path"]);
        let told = command::output(cargo.arg(&manifest), "asking cargo for the workspace above").err()?;
        let told = told.to_string();
        let is_it = |line: &str| Path::new(line.trim()) == folder;
        if !told.contains(TWO) || !told.lines().any(is_it) {
            return None;
        }
        let (manifest, way) = (manifest.display(), folder.strip_prefix(above).ok()?.display());
        Some(format!(
            "the workspace of {manifest} takes this folder for one of its members, which a module's package cannot be, and \
             cargo builds nothing of that workspace now: put `exclude = [\"{way}\"]` into its [workspace]"
        ))
    })
}

fn is_workspace(manifest: &Path) -> bool {
    let table = fs::read_to_string(manifest).ok().and_then(|text| text.parse::<toml::Table>().ok());
    table.is_some_and(|table| table.contains_key("workspace"))
}
