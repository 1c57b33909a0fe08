//! Loads one module after the other until there is no more room, and sees that a dead instance that is kept for its report
//! is given back for the first load that would not have fitted, and for none before.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use heapless::String;
use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Outcome, Request};
use ipc_proto::supervisor::Args;
use module_rt::{Init, InitError, Manifest, log, operator};
use operate::{await_live, books, crash_now, load_with, name};

module_rt::program! {
    manifest: Manifest { memory_bytes: 256 * 1024, ..Manifest::new("crammer") },
    main: main,
}

/// Large ones, then small ones.
const LARGE: u8 = 15;
const SMALL: u8 = 12;

/// What is loaded next.
fn next(number: u8) -> Result<Name, InitError> {
    let mut text = String::<16>::new();
    let (kind, number) = match number.checked_sub(LARGE) {
        None => ("bulk", number),
        Some(number) => ("blunder", number),
    };
    // It fits.
    let _ = core::fmt::write(&mut text, format_args!("{kind}-{number}"));
    name(&text)
}

fn main(_: &mut Init) -> Result<(), InitError> {
    // Two: a load takes slots in two runs.
    for victim in ["blunder", "blunder-12"] {
        let (victim, before) = (name(victim)?, books()?);
        load_with(victim, "quiet")?;
        crash_now(victim)?;
        await_live(victim)?;
        if books()?.kept_bytes <= before.kept_bytes {
            return Err(InitError::new(70, format_args!("what died of {victim} is not kept")));
        }
    }
    for number in 0..LARGE.saturating_add(SMALL) {
        let (name, before) = (next(number)?, books()?);
        let args = Args::try_from("quiet").unwrap_or_default();
        let load = Request::Load { name, args, hold: false, wait: true };
        match operator::ask(&load)? {
            Answer::Loaded { outcome: Outcome::Live, .. } => {}
            Answer::Refused(why) => {
                let kept = before.kept_bytes;
                return Err(InitError::new(70, format_args!("with {kept} bytes kept: {why}")));
            }
            _ => return Err(InitError::new(70, format_args!("{name} did not become live"))),
        }
        let after = books()?;
        if after.kept_bytes < before.kept_bytes {
            let needed = after.used_slots.saturating_sub(before.used_slots);
            if before.free_slots >= needed.saturating_mul(2) {
                return Err(InitError::new(
                    70,
                    format_args!("{} slots were free, and {needed} needed", before.free_slots),
                ));
            }
            log!("given back for {name}: {needed} slots were needed, and {} free", before.free_slots);
            return Ok(());
        }
    }
    Err(InitError::new(70, format_args!("there is room for more")))
}
