//! Kills a module at one moment of its work after the other, and checks after each kill what must hold. Some scripts
//! stop it instead, or take that back, or have it pause.
//!
//! Arguments: `SCRIPT FIRST STEP LAST`, moments in nanoseconds of the guest's clock; it ends earlier when the work is
//! done before the moment. `SCRIPT trace` does the work once, and nothing else. It reports on the console in marks that
//! `./escrow sweep` reads.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

mod ask_names;
mod bulk;
mod call;
mod count;
mod crowd;
mod init;
mod revoked;
mod scenes;
mod script;
mod stop;
mod sweep;

use module_rt::{Init, InitError, Manifest};
use operate as ask;
use script::SCRIPTS;
use sweep::{Round, Sweep};

module_rt::program! {
    manifest: Manifest { memory_bytes: 512 * 1024, stack_bytes: 8 * 4096, ..Manifest::new("sweeper") },
    main: main,
}

/// After so many kills it says how far it is.
const TELL_EVERY: u64 = 4096;

fn main(init: &mut Init) -> Result<(), InitError> {
    let outcome = sweep(init.args().as_str());
    let code = u8::from(outcome.is_err());
    if let Err(error) = &outcome {
        ask::print(format_args!("sweeper: error {}: {}\n", error.code, error.reason))?;
    }
    ask::print(format_args!("\x1b]7780;halt;{code}\x07"))?;
    outcome
}

fn sweep(args: &str) -> Result<(), InitError> {
    let usage = || InitError::new(10, format_args!("usage: SCRIPT FIRST STEP LAST, or SCRIPT trace"));
    let mut words = args.split(' ');
    let script = words.next().and_then(|name| SCRIPTS.iter().find(|script| script.name == name));
    let script = script.ok_or_else(usage)?;
    let mut sweep = Sweep::set_up(script)?;
    let mut number = || words.next().and_then(|word| word.parse::<u64>().ok());
    if args.ends_with(" trace") {
        return Ok(());
    }
    let (Some(first), Some(step), Some(last)) = (number(), number().filter(|step| *step > 0), number())
    else {
        return Err(usage());
    };
    let mut moment = first;
    let mut kills = 0_u64;
    while moment <= last {
        if kills % TELL_EVERY == TELL_EVERY - 1 {
            ask::print(format_args!("sweep: {}: at {moment} ns of the work\n", script.name))?;
        }
        kills = kills.saturating_add(1);
        match sweep.round(moment)? {
            Round::Done => break,
            Round::Struck(ip, verdict) => {
                let verdict = match &verdict {
                    Ok(()) => "ok",
                    Err(wrong) => wrong.as_str(),
                };
                ask::print(format_args!("\x1b]7780;kill;{moment};{ip:x};{verdict}\x07"))?;
            }
        }
        moment = moment.saturating_add(step);
    }
    Ok(())
}
