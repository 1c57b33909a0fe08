//! Looks for what others have left: in its registers at its first instruction, in its memory, and in its vector registers
//! whenever another one has run. Ends well where there is nothing.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::sync::atomic::{AtomicU64, Ordering};

use module_rt::{Init, InitError, Manifest, Restart, yield_now};
use registers::{Vectors, at_start};

module_rt::program! {
    manifest: Manifest { restart: Restart::Never as u8, ..Manifest::new("blank") },
    main: main,
}

const PATTERN: u64 = 0x0123_4567_89ab_cdef;
/// How often the others run meanwhile.
const TURNS: u32 = 2000;

static POOL: [AtomicU64; 4 * 1024] = [const { AtomicU64::new(0) }; 4 * 1024];

fn main(_: &mut Init) -> Result<(), InitError> {
    if let Some((name, value)) = at_start().dirty() {
        return Err(InitError::new(80, format_args!("{name} was {value:#x} at the first instruction")));
    }
    if let Some((index, word)) = at_start().vectors.other_than(0) {
        let told =
            format_args!("word {index} of the vector registers was {word:#x} at the first instruction");
        return Err(InitError::new(81, told));
    }
    if !at_start().vectors.is_fresh() {
        return Err(InitError::new(82, format_args!("the vector unit was not as it is at a start")));
    }
    let words = POOL.iter().map(|word| word.load(Ordering::Relaxed));
    if let Some((index, word)) = words.enumerate().find(|(_, word)| *word != 0) {
        return Err(InitError::new(83, format_args!("word {index} of fresh memory was {word:#x}")));
    }
    for turn in 0..TURNS {
        registers::fill(PATTERN);
        yield_now();
        let now: Vectors = registers::read();
        if let Some((index, word)) = now.other_than(PATTERN) {
            let told = format_args!("turn {turn}: word {index} of the vector registers is {word:#x}");
            return Err(InitError::new(84, told));
        }
    }
    Ok(())
}
