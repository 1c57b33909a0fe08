//! The worst module that we can write: it tries everything that a program can, and says where it could do something that
//! it must not be able to do.
//!
//! Arguments: a part of the work (`operate::prisoner` lists them) and a number: which step of it, or how coarse. With `live`
//! behind them it is live meanwhile.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

mod kernel;
mod memory;
mod processor;

use core::fmt::Arguments;

use module_rt::{Init, InitError, Manifest, Restart, log, request};
use operate::prisoner::{ESCAPED, NAME, NO_MORE};

module_rt::program! {
    manifest: Manifest { restart: Restart::Never as u8, locker_bits: LOCKER_BITS, connections: 4, ..Manifest::new(NAME) },
    main: main,
}

/// Its locker has 2^n slots.
const LOCKER_BITS: u8 = 4;

/// It could do what it must not.
fn escaped(how: Arguments<'_>) -> InitError {
    InitError::new(ESCAPED, how)
}

/// A part has no step of this number.
fn no_more(step: u64) -> InitError {
    InitError::new(NO_MORE, format_args!("there is no step {step}"))
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let args = init.args();
    let (args, live) = args.strip_suffix(" live").map_or((args.as_str(), false), |args| (args, true));
    if live {
        request::publish();
    }
    let (part, number) = args.split_once(' ').unwrap_or((args, "0"));
    let number = number.parse().map_err(|_| InitError::new(1, format_args!("usage: PART [NUMBER]")))?;
    let tried = match part {
        "syscalls" => kernel::syscalls()?,
        "invoke" => kernel::invoke(number)?,
        "names" => kernel::ask_names(),
        "wait" => kernel::wait(number)?,
        "forge" => kernel::forge(number)?,
        "near" => memory::near()?,
        "edges" => memory::edges()?,
        "far" => memory::far(number)?,
        "own-pages" => memory::own_pages()?,
        "instructions" => processor::instructions()?,
        "code" => processor::code(number)?,
        "end" => processor::end(number)?,
        "fault" => processor::fault(number)?,
        other => return Err(InitError::new(2, format_args!("no such part: {other}"))),
    };
    log!("{args}: {tried} tried");
    Ok(())
}
