//! `build`: everything that `run` does before it boots.

use std::process::ExitCode;

use anyhow::Result;

use crate::arch::Arch;
use crate::prepare::{Request, prepare};
use crate::system;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The architecture to build for; both where it is left out
    #[arg(long, value_enum)]
    arch: Option<Arch>,
    /// The system to build: `default`, or the name of a file in tests/systems
    #[arg(long, value_name = "NAME", default_value = system::DEFAULT)]
    system: String,
    /// Against the debug kernel
    #[arg(long)]
    debug: bool,
}

pub fn run(args: &Args) -> Result<ExitCode> {
    let ctx = super::context()?;
    let archs = args.arch.map_or(Arch::ALL.to_vec(), |arch| vec![arch]);
    let requests: Vec<_> =
        archs.into_iter().map(|arch| Request::plain(arch, args.debug, &args.system)).collect();
    for boot in prepare(&ctx, &requests)? {
        println!("{}", boot.folder.display());
    }
    Ok(ExitCode::SUCCESS)
}
