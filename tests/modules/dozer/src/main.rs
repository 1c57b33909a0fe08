//! A client of `sleeper` that sleeps in between and says how often that one was woken. With `flood` it sets more alarms than
//! it may send messages.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::time::Duration;

use ipc_proto::version::VersionRange;
use module_rt::{Connection, Init, InitError, Manifest, alarm, clock, log};
use operate::sleeper::{AGAIN, CANCEL, COUNT, DIE, LATE, NAME, SET, VERSION};

module_rt::program! {
    manifest: Manifest::new("dozer"),
    main: run,
}

/// How much longer than it was to be a sleep may take where nobody else runs, in nanoseconds.
const LATER: u64 = 100_000;
/// As many requests as a module may send in ten periods.
const FLOOD: u32 = 20_000;

fn sleep(micros: u64) -> Result<(), InitError> {
    let (began, asked) = (clock::now(), micros.saturating_mul(1000));
    alarm::sleep(Duration::from_micros(micros))?;
    let slept = clock::now().saturating_sub(began);
    if slept < asked || slept > asked.saturating_add(LATER) {
        return Err(InitError::new(1, format_args!("slept {slept} ns instead of {asked}")));
    }
    Ok(())
}

struct Sleeper(Connection);

impl Sleeper {
    fn ask(&self, method: u16, words: [u64; 3]) -> Result<[u64; 4], InitError> {
        let [first, second, third] = words;
        Ok(self.0.call_words(method, [first, second, third, 0])?)
    }

    fn tell(&self, what: &str) -> Result<(), InitError> {
        let [woken, generation, ..] = self.ask(COUNT, [0; 3])?;
        log!("{what}: generation {generation} was woken {woken} times");
        Ok(())
    }
}

fn run(init: &mut Init) -> Result<(), InitError> {
    if init.args() == "flood" {
        for _ in 0..FLOOD {
            alarm::after(Duration::ZERO)?;
        }
        return Ok(());
    }
    sleep(2000)?;
    sleep(0)?;
    log!("slept");
    let sleeper = Sleeper(init.connect(NAME, VersionRange::exactly(VERSION))?);
    sleeper.ask(SET, [3000, 0, 0])?;
    sleep(1000)?;
    sleeper.tell("before its time")?;
    sleep(3000)?;
    sleeper.tell("after it")?;
    sleeper.ask(SET, [1000, 0, 0])?;
    sleeper.ask(SET, [5000, 0, 0])?;
    sleep(3000)?;
    sleeper.tell("set anew, before its time")?;
    sleep(3000)?;
    sleeper.tell("after it")?;
    sleeper.ask(SET, [1000, 0, 0])?;
    let [was, ..] = sleeper.ask(CANCEL, [0; 3])?;
    let [still, ..] = sleeper.ask(CANCEL, [0; 3])?;
    sleep(3000)?;
    sleeper.tell("taken back")?;
    log!("it was set: {was}, and then: {still}");
    sleeper.ask(AGAIN, [1000, 2000, 5000])?;
    sleep(1000)?;
    sleeper.tell("gone off in a call, and set anew there")?;
    sleep(5000)?;
    sleeper.tell("after its time")?;
    let [was, ..] = sleeper.ask(LATE, [1000, 2000, 0])?;
    sleep(1000)?;
    sleeper.tell("gone off in a call, and taken back there")?;
    log!("it was set: {was}");
    sleeper.ask(SET, [u64::MAX, 0, 0])?;
    sleep(3000)?;
    sleeper.tell("in 500,000 years")?;
    let died = sleeper.ask(DIE, [4000, 2000, 0]).is_err();
    sleep(5000)?;
    sleeper.tell("dead before its time")?;
    let too = sleeper.ask(DIE, [1000, 2000, 0]).is_err();
    sleep(5000)?;
    sleeper.tell("dead after it")?;
    log!("died: {died}, {too}");
    Ok(())
}
