//! A program of 1 MiB: all of its data is in its file, so that every page has to be filled when it is loaded.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use module_rt::{Init, InitError, Manifest};

module_rt::program! {
    manifest: Manifest { memory_bytes: 2 << 20, ..Manifest::new("large") },
    main: main,
}

const WORDS: usize = (1 << 20) / 8;
const PATTERN: u64 = 0x0123_4567_89ab_cdef;

static DATA: [u64; WORDS] = [PATTERN; WORDS];

fn main(_: &mut Init) -> Result<(), InitError> {
    // Others run in between: what they wait for is not this loop.
    for page in core::hint::black_box(&DATA).chunks(512) {
        module_rt::yield_now();
        if page.iter().any(|word| *word != PATTERN) {
            return Err(InitError::new(70, format_args!("the data is not what the file has")));
        }
    }
    Ok(())
}
