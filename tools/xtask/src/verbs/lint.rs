//! `lint`: formatting, clippy and documentation, each crate on the target that it ships for.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Result, bail};
use root_task_core::layout::MODULE_BASE;

use crate::arch::Arch;
use crate::command;
use crate::context::Context;
use crate::guest::{self, members};
use crate::kernel::{self, Flavour};
use crate::setup::{self, apt};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Warnings are errors here. Host-side and pure crates are checked on this machine with their tests,
the bare-metal crates (and the pure ones again) on both bare-metal targets.")]
pub struct Args {}

pub fn run(_: &Args) -> Result<ExitCode> {
    let ctx = super::context()?;
    let tools = Tools::find(&ctx)?;
    setup::ensure(&Arch::ALL)?;
    let _lock = ctx.lock()?;
    let mut checks = vec![
        ("formatting".to_owned(), tools.formatting(&ctx)),
        ("clippy of the host side".to_owned(), tools.host_clippy(&ctx)),
        ("documentation of the host side".to_owned(), tools.host_documentation(&ctx)),
    ];
    for arch in Arch::ALL {
        let prefix = kernel::ensure(&ctx, arch, Flavour::Release)?;
        let packages = members::bare_metal(&ctx, arch)?;
        let target = |verb| Target { arch, prefix: prefix.path(), packages: &packages, verb };
        checks.push((format!("clippy for {}", arch.name()), tools.clippy(&ctx, &target("clippy"))));
        checks
            .push((format!("documentation for {}", arch.name()), tools.documentation(&ctx, &target("doc"))));
    }
    let mut failed = Vec::new();
    for (what, mut check) in checks {
        ctx.step(&what);
        // The next check may find more: go on, and fail at the end.
        if command::output_quiet_when_fresh(&mut check, &what).is_err() {
            failed.push(what);
        }
    }
    if !failed.is_empty() {
        bail!("these checks failed, their messages stand above: {}", failed.join(", "));
    }
    ctx.step("formatting, lints and documentation are clean");
    Ok(ExitCode::SUCCESS)
}

/// The programs that check, of the toolchain that builds the target.
struct Tools {
    fmt: PathBuf,
    clippy: PathBuf,
}

/// One check of the bare-metal crates.
struct Target<'a> {
    arch: Arch,
    prefix: &'a Path,
    packages: &'a [String],
    verb: &'a str,
}

impl Tools {
    fn find(ctx: &Context) -> Result<Self> {
        let bin = ctx.toolchain.sysroot.join("bin");
        let tools = Tools { fmt: bin.join("cargo-fmt"), clippy: bin.join("cargo-clippy") };
        if tools.are_there() {
            return Ok(tools);
        }
        if bin == Path::new("/usr/bin") {
            apt::install(&["rust-web-clippy", "rustfmt-web"])?;
        }
        if !tools.are_there() {
            bail!("your Rust has no clippy or no rustfmt; get them: rustup component add clippy rustfmt");
        }
        Ok(tools)
    }

    fn are_there(&self) -> bool {
        self.fmt.is_file() && self.clippy.is_file()
    }

    fn formatting(&self, ctx: &Context) -> Command {
        let mut fmt = command::clean(&self.fmt);
        fmt.current_dir(&ctx.root).args(["fmt", "--all", "--check"]);
        fmt.env("CARGO", &ctx.toolchain.cargo);
        fmt.env("RUSTFMT", self.fmt.with_file_name("rustfmt"));
        fmt
    }

    fn host_clippy(&self, ctx: &Context) -> Command {
        let mut clippy = self.as_host(ctx, &self.clippy);
        clippy.args(["clippy", "--keep-going", "--all-targets", "--", "--deny", "warnings"]);
        clippy
    }

    fn host_documentation(&self, ctx: &Context) -> Command {
        let mut doc = self.as_host(ctx, &ctx.toolchain.cargo);
        doc.args(["doc", "--no-deps", "--document-private-items"]);
        doc.env("RUSTDOCFLAGS", "--deny=warnings");
        doc
    }

    /// For the default members. Their own folder: this may be another compiler than the one that
    /// built this tool, and would throw away its work.
    fn as_host(&self, ctx: &Context, program: &Path) -> Command {
        let mut command = command::clean(program);
        command.current_dir(&ctx.root).env("CARGO", &ctx.toolchain.cargo);
        command.env("RUSTC", &ctx.toolchain.rustc).env_remove("RUSTUP_TOOLCHAIN");
        command.env("RUSTDOC", ctx.toolchain.rustc.with_file_name("rustdoc"));
        command.env("CARGO_TARGET_DIR", ctx.out.join("lint"));
        command
    }

    fn clippy(&self, ctx: &Context, target: &Target<'_>) -> Command {
        let mut clippy = self.as_target(ctx, target, &self.clippy);
        clippy.args(["--keep-going", "--", "--deny", "warnings"]);
        clippy
    }

    fn documentation(&self, ctx: &Context, target: &Target<'_>) -> Command {
        let mut doc = self.as_target(ctx, target, &ctx.toolchain.cargo);
        doc.args(["--no-deps", "--document-private-items"]).env("RUSTDOCFLAGS", "--deny=warnings");
        doc
    }

    fn as_target(&self, ctx: &Context, target: &Target<'_>, program: &Path) -> Command {
        let folder = ctx.guest_target(&format!("{}-release", target.arch.name()));
        let mut command =
            guest::cargo_through(program, ctx, target.verb, target.arch, target.prefix, &folder, MODULE_BASE);
        for package in target.packages {
            command.args(["--package", package]);
        }
        command
    }
}
