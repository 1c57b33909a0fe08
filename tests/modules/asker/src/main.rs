//! An honest module that asks the supervisor, the name server and `echo` for something, again and again, and says how long
//! it has waited at most, and how long others kept the processor from it at most.
//!
//! Arguments: how often each is asked, and the longest time in microseconds that the supervisor, the name server and
//! `echo` may take, and others may have the processor for; with more, it fails. With `live` behind them it is live while it
//! asks, so that whoever has loaded it can do something else.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo;
use ipc_proto::version::VersionRange;
use module_rt::{Init, InitError, Manifest, Restart, clock, init, log, request, yield_now};

module_rt::program! {
    manifest: Manifest { restart: Restart::Never as u8, ..Manifest::new("asker") },
    main: main,
}

/// The longest time that a thing has taken so far, in nanoseconds.
fn time(longest: &mut u64, ask: impl FnOnce() -> Result<(), InitError>) -> Result<(), InitError> {
    let began = clock::now();
    ask()?;
    *longest = (*longest).max(clock::now().saturating_sub(began));
    Ok(())
}

fn usage() -> InitError {
    InitError::new(1, format_args!("usage: TIMES SUPERVISOR NAMES ECHO OTHERS [live], in microseconds"))
}

fn main(given: &mut Init) -> Result<(), InitError> {
    let args = given.args();
    let mut words = args.split(' ');
    let mut number = || words.next().and_then(|word| word.parse::<u64>().ok()).ok_or_else(usage);
    let turns = number()?;
    let limits = [number()?, number()?, number()?, number()?];
    let live = words.next() == Some("live");
    let echo = init::lookup(echo::NAME, VersionRange::exactly(echo::VERSION))?;
    let [mut supervisor, mut names, mut service, mut others] = [0; 4];
    if live {
        request::publish();
    }
    for _ in 0..turns {
        time(&mut supervisor, || {
            let _ = request::args();
            Ok(())
        })?;
        time(&mut names, || Ok(init::lookup(echo::NAME, VersionRange::ANY).map(drop)?))?;
        time(&mut service, || Ok(echo.call_words(echo::WORDS, [0; 4]).map(drop)?))?;
        time(&mut others, || {
            yield_now();
            Ok(())
        })?;
    }
    let waited = [supervisor, names, service, others].map(|nanoseconds| nanoseconds / 1000);
    let [of_supervisor, of_names, of_service, for_others] = waited;
    log!(
        "waited at most: supervisor {of_supervisor} us, name server {of_names} us, echo {of_service} us; for others \
         {for_others} us"
    );
    if waited.iter().zip(limits).any(|(waited, limit)| *waited > limit) {
        return Err(InitError::new(71, format_args!("that is longer than {limits:?} us")));
    }
    Ok(())
}
