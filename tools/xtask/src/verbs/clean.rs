//! `clean`: deletes what the other verbs have built in this clone.

use std::fs;
use std::io::ErrorKind;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::context;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Deletes target/escrow: kernels, programs, images, what failed tests left. The host tool's own build
stays; `cargo clean` deletes that too.")]
pub struct Args {}

pub fn run(_: &Args) -> Result<ExitCode> {
    let out = context::out(&context::find_root()?);
    match fs::remove_dir_all(&out) {
        Ok(()) => context::step(&format!("deleted {}", out.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            context::step(&format!("nothing to delete: {} is not there", out.display()));
        }
        Err(error) => return Err(error).with_context(|| format!("deleting {}", out.display())),
    }
    Ok(ExitCode::SUCCESS)
}
