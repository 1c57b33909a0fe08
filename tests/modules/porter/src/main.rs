//! Is live at once; when another module is loaded, loads a program several times, all of it while that one is there.
//!
//! Arguments: the other module, the program, and how often. An operator that types shows up in what others measure; this
//! one does not.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use module_rt::{Init, InitError, Manifest, Restart, request, yield_now};

module_rt::program! {
    manifest: Manifest { restart: Restart::Never as u8, memory_bytes: 256 * 1024, ..Manifest::new("porter") },
    main: main,
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let args = init.args();
    let usage = || InitError::new(1, format_args!("usage: OTHER PROGRAM TIMES, not `{args}`"));
    let mut words = args.split(' ');
    let (other, program) = (words.next().ok_or_else(usage)?, words.next().ok_or_else(usage)?);
    let times: u32 = words.next().and_then(|word| word.parse().ok()).ok_or_else(usage)?;
    let (other, program) = (operate::name(other)?, operate::name(program)?);
    request::publish();
    while !operate::is_loaded(other)? {
        yield_now();
    }
    for _ in 0..times {
        operate::run(program, "")?;
    }
    if !operate::is_loaded(other)? {
        return Err(InitError::new(2, format_args!("{other} came to its end before the loads did")));
    }
    Ok(())
}
