//! Leaves its ink everywhere: a pattern in every vector register and in its memory. It goes on for ever, and looks each
//! time whether the registers are still its own.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::sync::atomic::{AtomicU64, Ordering};

use module_rt::{Init, InitError, Manifest, Restart, log, request, yield_now};

module_rt::program! {
    manifest: Manifest { restart: Restart::Never as u8, ..Manifest::new("ink") },
    main: main,
}

const PATTERN: u64 = 0xdead_beef_dead_beef;

static POOL: [AtomicU64; 4 * 1024] = [const { AtomicU64::new(0) }; 4 * 1024];

fn main(_: &mut Init) -> Result<(), InitError> {
    POOL.iter().for_each(|word| word.store(PATTERN, Ordering::Relaxed));
    request::publish();
    loop {
        registers::fill(PATTERN);
        yield_now();
        if let Some((index, word)) = registers::read().other_than(PATTERN) {
            log!("word {index} of the vector registers is {word:#x}, which somebody else has put there");
            request::exit(1);
        }
    }
}
