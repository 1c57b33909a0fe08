//! Copies a capability of its own two thousand times, and takes all of the copies back with one revoke, which the kernel
//! does in many pieces: whoever is more important runs in between.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use module_rt::locker::{OWN_ENDPOINT, copy, slot};
use module_rt::{Init, InitError, Manifest, Restart, log, yield_now};
use operate::locker::holds;

module_rt::program! {
    manifest: Manifest {
        restart: Restart::Never as u8, locker_bits: LOCKER_BITS, memory_bytes: 256 * 1024, ..Manifest::new("pruner")
    },
    main: main,
}

const LOCKER_BITS: u8 = 11;
/// Empty, for looking.
const SPARE: u16 = 2;
/// The first copy, and how many there are.
const FIRST: u16 = 3;
const COPIES: u16 = 2000;

fn held() -> usize {
    let place = |index| slot(index, LOCKER_BITS);
    (FIRST..).take(usize::from(COPIES)).filter(|index| holds(&place(*index), &place(SPARE))).count()
}

fn main(_: &mut Init) -> Result<(), InitError> {
    let failed = |what, error| InitError::new(70, format_args!("{what}: {error:?}"));
    for index in (FIRST..).take(usize::from(COPIES)) {
        copy(OWN_ENDPOINT, index, LOCKER_BITS).map_err(|error| failed("a copy", error))?;
    }
    if held() != usize::from(COPIES) {
        return Err(InitError::new(71, format_args!("{} copies, and not {COPIES}", held())));
    }
    yield_now();
    slot(OWN_ENDPOINT, LOCKER_BITS).revoke().map_err(|error| failed("the revoke", error))?;
    match held() {
        0 => log!("{COPIES} copies revoked"),
        left => return Err(InitError::new(72, format_args!("{left} copies are left"))),
    }
    Ok(())
}
