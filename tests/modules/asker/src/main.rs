//! An honest module that asks the supervisor, the name server and `echo` for something, again and again, and says how long
//! it has waited at most, and how long others kept the processor from it at most.
//!
//! Arguments: how often each is asked, and the longest time in microseconds that the supervisor, the name server and
//! `echo` may take, and others may have the processor for; with more, it fails. Behind them: with `live` it is live while it
//! asks, so that whoever has loaded it can do something else; with `but-one` the longest wait of each kind is told and not
//! judged, as where others are busy as well its slice can end, or somebody be answered before it, at any moment.
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

/// The longest times that a thing has taken so far, in nanoseconds.
#[derive(Clone, Copy, Default)]
struct Waits {
    longest: u64,
    next: u64,
}

impl Waits {
    fn time(&mut self, ask: impl FnOnce() -> Result<(), InitError>) -> Result<(), InitError> {
        let began = clock::now();
        ask()?;
        let waited = clock::now().saturating_sub(began);
        self.next = self.next.max(waited.min(self.longest));
        self.longest = self.longest.max(waited);
        Ok(())
    }
}

fn usage() -> InitError {
    InitError::new(
        1,
        format_args!("usage: TIMES SUPERVISOR NAMES ECHO OTHERS [live] [but-one], in microseconds"),
    )
}

fn main(given: &mut Init) -> Result<(), InitError> {
    let args = given.args();
    let mut words = args.split(' ');
    let mut number = || words.next().and_then(|word| word.parse::<u64>().ok()).ok_or_else(usage);
    let turns = number()?;
    let limits = [number()?, number()?, number()?, number()?];
    let (mut live, mut but_one) = (false, false);
    for word in words {
        match word {
            "live" => live = true,
            "but-one" => but_one = true,
            _ => return Err(usage()),
        }
    }
    let echo = init::lookup(echo::NAME, VersionRange::exactly(echo::VERSION))?;
    let [mut supervisor, mut names, mut service, mut others] = [Waits::default(); 4];
    if live {
        request::publish();
    }
    for _ in 0..turns {
        supervisor.time(|| {
            let _ = request::args();
            Ok(())
        })?;
        names.time(|| Ok(init::lookup(echo::NAME, VersionRange::ANY).map(drop)?))?;
        service.time(|| Ok(echo.call_words(echo::WORDS, [0; 4]).map(drop)?))?;
        others.time(|| {
            yield_now();
            Ok(())
        })?;
    }
    let waited = [supervisor, names, service, others];
    let [of_supervisor, of_names, of_service, for_others] = waited.map(|waits| waits.longest / 1000);
    log!(
        "waited at most: supervisor {of_supervisor} us, name server {of_names} us, echo {of_service} us; for others \
         {for_others} us"
    );
    let judged = waited.map(|waits| if but_one { waits.next } else { waits.longest } / 1000);
    if judged.iter().zip(limits).any(|(waited, limit)| *waited > limit) {
        return Err(InitError::new(71, format_args!("{judged:?} us is longer than {limits:?} us")));
    }
    Ok(())
}
