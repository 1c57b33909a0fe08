//! Takes the real-time clock back from its driver: alive, crashed, unloaded, and when it has passed on what it had.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::fmt::Arguments;

use ipc_proto::echo;
use ipc_proto::method::{Deadline, Method};
use ipc_proto::name::Name;
use ipc_proto::slots;
use ipc_proto::version::VersionRange;
use module_rt::{CallError, Connection, Init, InitError, Manifest, Restart, log};
use operate::clockwork::{ARM, COUNT, GIVE, NAME, VERSION};
use operate::{loser, taker};

module_rt::program! {
    manifest: Manifest { restart: Restart::Never as u8, memory_bytes: 256 * 1024, ..Manifest::new("clocks") },
    main: main,
}

/// What the driver could pass on, and what that is.
const PASSED_ON: [(u64, &str); 4] = [
    (slots::RECEIVE, "what it receives calls on"),
    (slots::IRQ_HANDLER, "the interrupt"),
    #[cfg(target_arch = "x86_64")]
    (slots::IO_PORTS, "the ports"),
    #[cfg(target_arch = "aarch64")]
    (slots::FAULT, "its fault capability"),
    (slots::NOTIFICATION, "the notification"),
];
/// Longer than the clock needs for an interrupt, in microseconds.
const LONG: u32 = 2_100_000;

struct Others {
    clockwork: Name,
    taker: Connection,
    loser: Connection,
}

fn wrong(words: Arguments<'_>) -> InitError {
    InitError::new(70, words)
}

fn ask(driver: Connection, method: u16, slot: u64) -> Result<u64, InitError> {
    let [answer, ..] = driver.call_words(method, [slot, 0, 0, 0])?;
    Ok(answer)
}

impl Others {
    fn driver(&self) -> Result<Connection, InitError> {
        operate::connect_to(NAME, VersionRange::exactly(VERSION))
    }

    /// Waits without keeping the processor: a call that nobody answers, until its deadline.
    fn wait(&self) -> Result<(), InitError> {
        let never = Method::new(loser::KEEP).within(Deadline::micros(LONG));
        match self.loser.call_words(never, [0; 4]) {
            Err(CallError::Interrupted { .. }) => Ok(()),
            other => Err(wrong(format_args!("a call that is never answered gave {other:?}"))),
        }
    }

    fn holds(&self) -> Result<bool, InitError> {
        Ok(ask(self.taker, taker::HELD, 0)? == 1)
    }

    /// The clock's interrupts reach the driver.
    fn ticks(&self) -> Result<(), InitError> {
        let driver = self.driver()?;
        operate::is_as_granted(self.clockwork)?;
        let before = ask(driver, COUNT, 0)?;
        if ask(driver, ARM, 0)? != 1 {
            return Err(wrong(format_args!("the clock cannot be set")));
        }
        self.wait()?;
        match ask(driver, COUNT, 0)? {
            after if after > before => Ok(()),
            after => Err(wrong(format_args!("no interrupt came: {before}, then {after}"))),
        }
    }

    /// They do not, and the driver lives.
    fn is_parted(&self) -> Result<(), InitError> {
        let driver = self.driver()?;
        operate::is_as_granted(self.clockwork)?;
        let before = ask(driver, COUNT, 0)?;
        if ask(driver, ARM, 0)? != 0 {
            return Err(wrong(format_args!(
                "the clock can be set by a driver that does not have it any more"
            )));
        }
        self.wait()?;
        match ask(driver, COUNT, 0)? {
            after if after == before => Ok(()),
            after => Err(wrong(format_args!("an interrupt came all the same: {before}, then {after}"))),
        }
    }
}

fn main(_: &mut Init) -> Result<(), InitError> {
    let clockwork = operate::name(NAME)?;
    operate::load_live(operate::name(loser::NAME)?)?;
    let (taker_name, clock) = (operate::name(taker::NAME)?, operate::name("clock")?);
    operate::load_live(taker_name)?;
    operate::load_live(clockwork)?;
    let others = Others {
        clockwork,
        taker: operate::connect_to(taker::NAME, VersionRange::exactly(echo::VERSION))?,
        loser: operate::connect_to(loser::NAME, VersionRange::exactly(loser::VERSION))?,
    };
    others.ticks()?;
    // Armed when it is taken back: that interrupt does not come either.
    ask(others.driver()?, ARM, 0)?;
    operate::revoke(clock, clockwork, 1)?;
    others.is_parted()?;
    operate::revoke(clock, clockwork, 0)?;
    log!("revoked: no interrupt, no register, and the driver lives");

    operate::crash_now(clockwork)?;
    others.ticks()?;
    log!("its next instance has the clock again");

    for (slot, what) in PASSED_ON {
        for way in ["a revoke", "a crash", "an unload"] {
            ask(others.driver()?, GIVE, slot)?;
            if !others.holds()? {
                return Err(wrong(format_args!("{what} was not passed on")));
            }
            match way {
                "a revoke" if ![slots::FAULT, slots::RECEIVE].contains(&slot) => {
                    operate::revoke(clock, clockwork, 1)?;
                }
                "an unload" => operate::unload_now(clockwork)?,
                _ => operate::crash_now(clockwork)?,
            }
            if others.holds()? {
                return Err(wrong(format_args!("{what}, which was passed on, is still there after {way}")));
            }
            if way == "an unload" {
                operate::load_live(clockwork)?;
            } else if way == "a revoke" {
                operate::crash_now(clockwork)?;
            }
        }
        log!("{what}, passed on: gone after a revoke, a crash, an unload");
    }
    others.ticks()?;
    // Armed when it is unloaded: whoever comes next is not told.
    ask(others.driver()?, ARM, 0)?;
    operate::unload_now(clockwork)?;
    others.wait()?;
    operate::load_live(clockwork)?;
    others.ticks()?;
    log!("unloaded and loaded again: it ticks");
    if operate::is_whole()? { Ok(()) } else { Err(wrong(format_args!("kernel and books differ"))) }
}
