//! Measures in guest instructions what a call, a module's life and an unload cost, beside the raw kernel's own cost of
//! the same, in the same boot.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

mod rows;

use ipc_proto::operator::{MAX_PRINT, Request};
use module_rt::{Init, InitError, Manifest, clock, operator};

module_rt::program! {
    manifest: Manifest {
        locker_bits: rows::LOCKER_BITS,
        memory_bytes: 256 * 1024,
        ..Manifest::new("bench")
    },
    main: main,
}

/// How often each row is measured; the median counts.
const SAMPLES: usize = 15;

/// The median of [`SAMPLES`] measurements of `work`, in guest instructions.
fn median(mut work: impl FnMut() -> Result<u64, InitError>) -> Result<u64, InitError> {
    let mut samples = [0; SAMPLES];
    for sample in &mut samples {
        *sample = work()?;
    }
    samples.sort_unstable();
    Ok(samples.get(SAMPLES / 2).copied().unwrap_or_default())
}

/// The instructions that `work` takes.
fn timed(work: impl FnOnce() -> Result<(), InitError>) -> Result<u64, InitError> {
    let start = clock::now();
    work()?;
    Ok(clock::now().saturating_sub(start))
}

/// Tells the host a row, in a mark that only an operator can print.
fn report(name: &str, instructions: u64, raw: Option<u64>) -> Result<(), InitError> {
    let mut text = heapless::String::<MAX_PRINT>::new();
    let written = match raw {
        Some(raw) => {
            core::fmt::write(&mut text, format_args!("\x1b]7780;bench;{name};{instructions};{raw}\x07"))
        }
        None => core::fmt::write(&mut text, format_args!("\x1b]7780;bench;{name};{instructions};-\x07")),
    };
    written.map_err(|_| InitError::new(50, format_args!("the row {name} is too long")))?;
    operator::ask(&Request::Print { text })?;
    Ok(())
}

fn main(_: &mut Init) -> Result<(), InitError> {
    let nothing = rows::call_nothing()?;
    report("call/raw/0", nothing, Some(nothing))?;
    let (call, raw) = rows::call_words()?;
    report("call/words/4", call, Some(raw))?;
    let (with, without) = rows::call_with_a_deadline()?;
    report("call/deadline", with, Some(without))?;
    report("bulk/page", rows::bulk_page()?, None)?;
    report("lookup", rows::lookup_again()?, None)?;
    report("examine/idle", rows::examine_idle()?, None)?;
    report("cycle/echo", rows::cycle()?, None)?;
    let (unload, raw) = rows::unload_with_1000_capabilities()?;
    report("unload/caps/1000", unload, Some(raw))
}
