//! The project's command line: one file per verb in `verbs/`.

#![forbid(unsafe_code)]

mod arch;
mod command;
mod console;
mod context;
mod gone;
mod guest;
mod image;
mod kernel;
mod machine;
#[cfg(test)]
mod pages;
mod prepare;
mod push;
mod scenario;
mod session;
mod setup;
mod system;
mod toolchain;
mod verbs;
mod wrong;

use std::process::ExitCode;

use clap::Parser;

use verbs::Verb;

/// Builds, boots, tests and measures Escrow: two-phase modules for seL4.
#[derive(Debug, Parser)]
#[command(name = "escrow", bin_name = "./escrow", after_help = verbs::AFTER_HELP)]
struct Command {
    #[command(subcommand)]
    verb: Verb,
}

/// 0: done. 1: it failed, and the message says what to do. 2: the command line is wrong. 141: nobody reads what it prints.
fn main() -> ExitCode {
    gone::quietly(|| match Command::parse().verb.run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("escrow: error: {error:#}");
            ExitCode::FAILURE
        }
    })
}
