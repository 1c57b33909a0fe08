//! The compiler's flags for on-target programs, and why each is there.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::context::Context;

/// Sets what cargo and rustc read from the environment, whatever the person's own environment has:
/// two machines, and two clones on one, are to build the same bytes. The programs begin at `base`.
pub fn set_environment(cargo: &mut Command, ctx: &Context, target: &Path, base: u64) {
    for theirs in ["RUSTFLAGS", "CARGO_BUILD_TARGET", "CARGO_BUILD_RUSTFLAGS", "RUSTC_WRAPPER"] {
        cargo.env_remove(theirs);
    }
    let toolchain = &ctx.toolchain;
    cargo.env("RUSTC", &toolchain.rustc);
    cargo.env("RUSTDOC", toolchain.rustc.with_file_name("rustdoc"));
    // Only rustup reads it, and the toolchain that we chose need not be the one that runs us.
    cargo.env_remove("RUSTUP_TOOLCHAIN");
    // The unit separator, unlike a blank, can be in no path that we would want to build in.
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags(ctx, target, base).join("\x1f"));
}

fn flags(ctx: &Context, target: &Path, base: u64) -> Vec<String> {
    let mut flags = vec![
        // Programs are linked to fixed addresses: there is nobody to relocate them.
        "-Crelocation-model=static".to_owned(),
        // A fault report walks the stack.
        "-Cforce-frame-pointers=yes".to_owned(),
    ];
    // On x86_64 the target's own code model stays, the kernel's: its addresses are sign-extended 32-bit ones, and below
    // 2 GiB, where all our programs are, that is as good as the small model. The core library as rustup has it is of
    // that model, and fat LTO refuses to mix two.
    // Where a module's address space begins (`root_task_core::layout`). The loader's own script overrides it.
    flags.push(format!("-Clink-arg=--image-base={base:#x}"));
    // Nothing is relocated, so nothing can be made read-only later: it would only take a page more.
    flags.push("-Clink-arg=-znorelro".to_owned());
    // A segment is a run of whole pages with rights of its own, in memory and in the file.
    flags.push("-Clink-arg=-zseparate-loadable-segments".to_owned());
    flags.push("-Clink-arg=-zmax-page-size=4096".to_owned());
    if let Some(linker) = &ctx.toolchain.linker {
        flags.push(format!("-Clinker={}", linker.display()));
        // Debian names its linker so that rustc cannot tell which kind it is.
        flags.push("-Clinker-flavor=ld.lld".to_owned());
    }
    // No path of this machine in the programs. The last match wins: the most special comes last.
    let mut remap = |from: &Path, to: &str| {
        flags.push(format!("--remap-path-prefix={}={to}", from.display()));
    };
    remap(&cargo_home(), "/cargo");
    remap(&ctx.toolchain.sysroot.join("lib/rustlib/src/rust"), "/rust");
    remap(&ctx.root, "/escrow");
    remap(target, "/target");
    flags
}

/// Where cargo keeps the sources of registry crates.
fn cargo_home() -> PathBuf {
    if let Some(home) = std::env::var_os("CARGO_HOME") {
        return PathBuf::from(home);
    }
    let home = std::env::var_os("HOME").unwrap_or_else(|| "/".into());
    PathBuf::from(home).join(".cargo")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Toolchain;

    fn context(linker: Option<&str>) -> Context {
        Context {
            root: "/home/a/escrow".into(),
            out: "/home/a/escrow/target/escrow".into(),
            toolchain: Toolchain {
                cargo: "/usr/bin/cargo".into(),
                rustc: "/usr/bin/rustc".into(),
                build_std: true,
                linker: linker.map(PathBuf::from),
                sysroot: "/usr".into(),
                version: "rustc 1.96.0".into(),
            },
        }
    }

    #[test]
    fn every_path_of_the_machine_is_renamed_and_the_most_special_last() {
        let flags = flags(&context(None), Path::new("/home/a/escrow/target/guest"), 0x40_0000);
        let renamed: Vec<_> = flags.iter().filter(|flag| flag.starts_with("--remap")).collect();
        assert_eq!(renamed.len(), 4);
        assert!(renamed[2].ends_with("/home/a/escrow=/escrow"));
        assert!(renamed[3].ends_with("/home/a/escrow/target/guest=/target"));
        assert!(!flags.iter().any(|flag| flag.contains("linker")));
    }

    #[test]
    fn a_linker_is_named_only_where_rustc_has_none() {
        let flags = flags(&context(Some("/usr/bin/ld.lld")), Path::new("/t"), 0x40_0000);
        assert!(flags.contains(&"-Clinker=/usr/bin/ld.lld".to_owned()));
    }
}
