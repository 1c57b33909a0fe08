//! Interface `wall-clock`, and a server of it that drives the machine's real-time clock.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

pub mod chip;
pub mod mc146818;
pub mod pl031;
pub mod waiting;

use ipc_proto::ids::Instance;
use ipc_proto::interface::dispatch::{Event, Events};
use ipc_proto::interface::{Client, Reply, interface, wire_error};

use chip::Chip;
use waiting::Waiting;

/// How many seconds a client can wait for at most. The method's deadline is longer: until then the client waits.
pub const LONGEST: u64 = 60;
/// The locker that callers are kept in has 2^n slots; the runtime needs two of them itself. One caller more than there is
/// room for is answered that the server is busy.
pub const LOCKER_BITS: u8 = 3;
/// So many can wait at a time.
pub const WAITERS: usize = (1 << LOCKER_BITS) - 2;

/// What can go wrong.
#[wire_error]
pub enum WallClockError {
    /// What the device says is no time; or it was set back, or taken from the driver.
    NoTime = 1,
    /// That is longer than anybody can wait.
    TooLong = 2,
}

/// Tells the time, and when it has come. No call changes anything: where the server dies, its next instance is asked again.
#[interface(name = "wall-clock", version = 1, error = WallClockError)]
pub trait WallClock {
    /// Says what time it is.
    ///
    /// # Request
    /// Nothing.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// Seconds since 1970 began.
    ///
    /// # Errors
    /// `NoTime`.
    #[method(idempotent)]
    fn now(&mut self) -> Result<u64, WallClockError>;

    /// Comes back when it is that time. It is answered from the device's interrupt; meanwhile others are served.
    ///
    /// # Request
    /// Seconds since 1970 began. A time that has passed is answered at once.
    ///
    /// # Preconditions
    /// It is not more than a minute from now.
    ///
    /// # Response
    /// What time it is then.
    ///
    /// # Errors
    /// `NoTime`, `TooLong`.
    ///
    /// Where the device is taken from the driver meanwhile, nothing wakes that any more: the call ends at its deadline.
    #[method(idempotent, deferred, deadline_us = 70_000_000)]
    fn wait_until(&mut self, client: Client, seconds: u64, reply: Reply<u64, WallClockError>);
}

/// The server. Who waits while it dies asks its next instance, without noticing.
#[derive(Debug)]
pub struct WallClockState<C> {
    chip: C,
    /// Whose call it is, and what answers it.
    waiting: Waiting<(Client, Reply<u64, WallClockError>), WAITERS>,
}

impl<C: Chip> WallClockState<C> {
    /// Of this clock, whatever an instance before has left it at.
    pub fn new(mut chip: C) -> WallClockState<C> {
        chip.interrupt_at(None);
        // One may have come when nobody listened.
        chip.end_interrupt();
        WallClockState { chip, waiting: Waiting::nobody() }
    }

    /// Whose client has died.
    fn forget(&mut self, client: Instance) {
        let has_died = |caller: &Client| caller.holder().is_some_and(|holder| holder.domain == client.domain);
        // The reply is dropped, which gives the slot back.
        while self.waiting.take(|_, (caller, _)| has_died(caller)).is_some() {}
        self.answer();
    }

    /// Answers everybody whose time has come, and has the device interrupt for the next one.
    fn answer(&mut self) {
        // Each round but the last answers somebody, where the device is what it should be.
        for _ in 0..=WAITERS {
            let now = self.chip.now();
            // Nobody waits for longer: such a time is one before the clock was set back.
            let reachable = now.and_then(|now| now.checked_add(LONGEST)).unwrap_or(0);
            let is_due = |until: u64| now.is_none_or(|now| until <= now) || until > reachable;
            while let Some((until, (_, reply))) = self.waiting.take(|until, _| is_due(until)) {
                let in_time = now.as_ref().filter(|now| until <= **now);
                // Nobody reads it where the client has died meanwhile.
                reply.answer(in_time.ok_or(WallClockError::NoTime));
            }
            let next = self.waiting.next();
            self.chip.interrupt_at(next);
            // It can be that second by now: then nothing interrupts any more.
            if next.is_none_or(|next| self.chip.now().is_some_and(|now| now < next)) {
                return;
            }
        }
    }
}

impl<C: Chip> WallClock for WallClockState<C> {
    fn now(&mut self) -> Result<u64, WallClockError> {
        self.chip.now().ok_or(WallClockError::NoTime)
    }

    fn wait_until(&mut self, client: Client, seconds: u64, reply: Reply<u64, WallClockError>) {
        match self.chip.now() {
            None => {
                reply.answer(Err(WallClockError::NoTime));
            }
            Some(now) if seconds > now.saturating_add(LONGEST) => {
                reply.answer(Err(WallClockError::TooLong));
            }
            // There is room: the locker has as much. Otherwise the reply would be dropped, and its client told so.
            Some(_) => {
                let _ = self.waiting.add(seconds, (client, reply));
                self.answer();
            }
        }
    }
}

impl<C: Chip> Events for WallClockState<C> {
    /// Who has died waits no more: without this its place, and its slot of the locker, would be taken until its time.
    const DEPARTED: Option<fn(&mut Self, Instance)> = Some(Self::forget);

    fn event(&mut self, event: Event) {
        if event == Event::Interrupt {
            // Also one that nobody waits for: without this no further one would come.
            self.chip.end_interrupt();
            self.answer();
        }
    }
}
