//! The source tree that is compiled: the pristine source, our overlay over it, then our patches.

use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use diffy::patch_set::{FileOperation, ParseOptions, PatchKind, PatchSet};

/// The patches of `kernel-config/patches/`, in the order in which they are applied, without those
/// named in `without` (file names without `.patch`).
///
/// # Errors
/// Where `without` names a patch that does not exist.
pub fn patches(folder: &Path, without: &[&str]) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry.with_context(|| format!("cannot list {}", folder.display()))?.path();
        if path.extension().is_some_and(|extension| extension == "patch") {
            all.push(path);
        }
    }
    all.sort();
    let known: Vec<String> = all.iter().map(|path| stem(path)).collect();
    for name in without {
        ensure!(
            known.iter().any(|stem| stem == name),
            "there is no kernel patch `{name}`; there are: {}",
            known.join(", ")
        );
    }
    all.retain(|path| !without.contains(&stem(path).as_str()));
    Ok(all)
}

/// The name of a patch: its file's name without `.patch`.
pub fn stem(patch: &Path) -> String {
    patch.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Copies a folder with all that is in it, over what is already there. Files keep their mode.
///
/// # Errors
/// Where something cannot be read or written; the message names it.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))? {
        let entry = entry.with_context(|| format!("cannot list {}", from.display()))?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().with_context(|| format!("cannot see {}", path.display()))?;
        if kind.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target)
                .with_context(|| format!("cannot copy {} to {}", path.display(), target.display()))?;
        }
    }
    Ok(())
}

/// Applies one patch file to the tree.
///
/// # Errors
/// Where a hunk does not fit, which means that patch and source do not belong together.
pub fn apply(patch: &Path, tree: &Path) -> Result<()> {
    let text =
        fs::read_to_string(patch).with_context(|| format!("cannot read the patch {}", patch.display()))?;
    for part in PatchSet::parse(&text, ParseOptions::unidiff()) {
        let part = part.with_context(|| format!("{} is no unified diff", patch.display()))?;
        let FileOperation::Modify { original, modified } = part.operation().strip_prefix(1) else {
            bail!("{}: new files belong into the overlay, not into a patch", patch.display());
        };
        ensure!(original == modified, "{}: a patch does not rename files", patch.display());
        let relative = Path::new(modified.as_ref());
        ensure!(
            relative.components().all(|part| matches!(part, Component::Normal(_))),
            "{}: the path {modified} leads out of the kernel's source",
            patch.display()
        );
        let PatchKind::Text(change) = part.patch() else {
            bail!("{}: the change of {modified} is not text", patch.display());
        };
        let path = tree.join(relative);
        let old = fs::read_to_string(&path)
            .with_context(|| format!("{} changes {modified}, which cannot be read", patch.display()))?;
        let new = diffy::apply(&old, change)
            .with_context(|| format!("{} does not fit {modified} of this kernel", patch.display()))?;
        fs::write(&path, new).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str =
        "Why it is so.\n\n--- a/x/y.c\n+++ b/x/y.c\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n";

    fn tree(content: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("x")).unwrap();
        fs::write(folder.path().join("x/y.c"), content).unwrap();
        folder
    }

    fn apply_text(text: &str, tree: &Path) -> Result<()> {
        let patch = tree.join("some.patch");
        fs::write(&patch, text).unwrap();
        apply(&patch, tree)
    }

    #[test]
    fn a_patch_changes_its_file() {
        let tree = tree("one\ntwo\nthree\n");
        apply_text(PATCH, tree.path()).unwrap();
        assert_eq!(fs::read_to_string(tree.path().join("x/y.c")).unwrap(), "one\n2\nthree\n");
    }

    #[test]
    fn a_patch_that_does_not_fit_is_named_with_its_file() {
        let tree = tree("one\nthree\n");
        let error = format!("{:#}", apply_text(PATCH, tree.path()).unwrap_err());
        assert!(error.contains("some.patch does not fit x/y.c"), "{error}");
    }

    #[test]
    fn a_patch_stays_inside_the_tree_and_changes_something() {
        let tree = tree("one\n");
        let error = apply_text(&PATCH.replace("x/y.c", "../y.c"), tree.path()).unwrap_err();
        assert!(error.to_string().contains("leads out"), "{error}");
        for nothing in ["", "only words\n"] {
            let error = apply_text(nothing, tree.path()).unwrap_err();
            assert!(error.to_string().contains("is no unified diff"), "{error}");
        }
    }

    #[test]
    fn a_patch_to_leave_out_must_exist() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kernel-config/patches");
        let all = patches(&folder, &[]).unwrap();
        let fewer = patches(&folder, &["01-aarch64-fpu-owner"]).unwrap();
        assert_eq!(fewer.len() + 1, all.len());
        let error = patches(&folder, &["99-nothing"]).unwrap_err().to_string();
        assert!(error.contains("no kernel patch `99-nothing`"), "{error}");
    }
}
