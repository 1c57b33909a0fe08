//! The same driver, with registers that are made up: what the device says, its interrupts, and what no device should do.

use std::cell::RefCell;
use std::rc::Rc;

use ipc_proto::call_error::CallError;
use ipc_proto::interface::Failure;
use ipc_proto::interface::dispatch::{Dispatch, Event};
use ipc_proto::interface::loopback::Loopback;

use wall_clock::chip::{Chip, Registers};
use wall_clock::mc146818::Mc146818;
use wall_clock::pl031::Pl031;
use wall_clock::{LONGEST, WallClockClient, WallClockError, WallClockServer, WallClockState};

/// Half past twelve in the night of a leap day, 2028-02-29 00:30:00, as `date` has it.
const NOW: u64 = 1_835_397_000;

/// What happens at an access, before it: to which register, and what is written.
type Hook = Box<dyn FnMut(&mut [u32; 256], u8, Option<u32>)>;

/// Registers that both driver and test have.
#[derive(Clone)]
struct Fake(Rc<RefCell<Inner>>);

struct Inner {
    registers: [u32; 256],
    hook: Option<Hook>,
    acknowledged: usize,
}

impl Fake {
    fn with(registers: &[(u8, u32)]) -> Fake {
        let fake = Fake(Rc::new(RefCell::new(Inner { registers: [0; 256], hook: None, acknowledged: 0 })));
        fake.set(registers);
        fake
    }

    fn set(&self, registers: &[(u8, u32)]) {
        for (register, value) in registers {
            self.0.borrow_mut().registers[usize::from(*register)] = *value;
        }
    }

    fn get(&self, register: u8) -> u32 {
        self.0.borrow().registers[usize::from(register)]
    }

    fn hook(&self, hook: impl FnMut(&mut [u32; 256], u8, Option<u32>) + 'static) {
        self.0.borrow_mut().hook = Some(Box::new(hook));
    }

    fn access(&self, register: u8, value: Option<u32>) -> u32 {
        let Inner { registers, hook, .. } = &mut *self.0.borrow_mut();
        if let Some(hook) = hook {
            hook(registers, register, value);
        }
        let place = &mut registers[usize::from(register)];
        *place = value.unwrap_or(*place);
        *place
    }
}

impl Registers for Fake {
    fn read(&mut self, register: u8) -> u32 {
        self.access(register, None)
    }

    fn write(&mut self, register: u8, value: u32) {
        self.access(register, Some(value));
    }

    fn acknowledge(&mut self) {
        self.0.borrow_mut().acknowledged += 1;
    }
}

/// A PL031 at this second.
fn pl031(seconds: u64) -> (Fake, Pl031<Fake>) {
    let fake = Fake::with(&[(0x00, u32::try_from(seconds).unwrap())]);
    (fake.clone(), Pl031 { registers: fake })
}

/// An MC146818 at 2028-02-29 00:30, and so many seconds, in BCD.
fn mc146818(seconds: u32) -> (Fake, Mc146818<Fake>) {
    let date = [(0, bcd(seconds)), (2, 0x30), (4, 0), (7, 0x29), (8, 0x02), (9, 0x28), (0x0b, 0x02)];
    let fake = Fake::with(&date);
    (fake.clone(), Mc146818 { registers: fake })
}

fn bcd(number: u32) -> u32 {
    number / 10 * 16 + number % 10
}

type Server<C> = Loopback<WallClockServer<WallClockState<C>>>;

fn server<C: Chip>(chip: C) -> Server<C> {
    Loopback::new(WallClockServer(WallClockState::new(chip)), 0)
}

#[test]
fn a_pl031_says_its_seconds() {
    let (fake, mut chip) = pl031(NOW);
    assert_eq!(chip.now(), Some(NOW));
    fake.set(&[(0x00, u32::MAX)]);
    assert_eq!(chip.now(), Some(u32::MAX.into()));
    fake.set(&[(0x00, 0)]);
    assert_eq!(chip.now(), None, "what was taken back reads as zeroes");
}

/// The seconds after 2028-02-29 00:30:00 that it is when these registers are set.
fn since(registers: &[(u8, u32)]) -> Option<i64> {
    let (fake, mut chip) = mc146818(0);
    fake.set(registers);
    chip.now().map(|now| i64::try_from(now).unwrap() - i64::try_from(NOW).unwrap())
}

#[test]
fn an_mc146818_says_its_date_in_each_format() {
    const DAY: i64 = 86_400;
    for (registers, expected) in [
        (&[][..], 0),
        (&[(0, 0x59), (2, 0x59), (4, 0x23)], DAY - 1 - 30 * 60),
        (&[(7, 0x01), (8, 0x03)], DAY),
        (&[(9, 0x27), (7, 0x28)], -366 * DAY),
        (&[(9, 0x27), (8, 0x12), (7, 0x31)], -60 * DAY),
        // From 1 to 12, with a bit for the afternoon: half past twelve in the night and at noon, half past one, half past eleven.
        (&[(0x0b, 0), (4, 0x12)], 0),
        (&[(0x0b, 0), (4, 0x92)], DAY / 2),
        (&[(0x0b, 0), (4, 0x01)], 3600),
        (&[(0x0b, 0), (4, 0x91)], DAY - 3600),
        // Binary.
        (&[(0x0b, 0x06), (0, 59), (2, 30), (7, 29), (8, 2), (9, 28)], 59),
    ] {
        assert_eq!(since(registers), Some(expected), "{registers:x?}");
    }
    assert_eq!(since(&[(9, 0), (8, 0x01), (7, 0x01), (2, 0)]).map(|s| s + NOW as i64), Some(946_684_800));
}

#[test]
fn what_is_no_date_is_no_time() {
    let values = [0x0a, 0x5a, 0x60, 0x99, 0xa0, 0xff, u32::MAX];
    for (register, taken) in [(0, &[][..]), (2, &[]), (4, &[]), (7, &[]), (8, &[]), (9, &[0x60, 0x99])] {
        for value in values.iter().filter(|value| !taken.contains(*value)) {
            assert_eq!(since(&[(register, *value)]), None, "{register}: {value:x}");
        }
    }
    // No 29th in that year, no 30th in any; no month and no day 0; no hour 0 or 13 where they go from 1 to 12.
    for registers in [
        &[(9, 0x27)][..],
        &[(7, 0x30)],
        &[(7, 0)],
        &[(8, 0)],
        &[(8, 0x13)],
        &[(0x0b, 0), (4, 0)],
        &[(0x0b, 0), (4, 0x13)],
        &[(0x0b, 0x06), (0, 60)],
    ] {
        assert_eq!(since(registers), None, "{registers:x?}");
    }
    let mut taken_back = Mc146818 { registers: Fake::with(&[]) };
    assert_eq!(taken_back.now(), None);
}

#[test]
fn a_date_that_changes_while_it_is_read_is_read_again() {
    let (fake, mut chip) = mc146818(59);
    // The minute is over after its seconds were read.
    fake.hook(|registers, register, _| {
        if register == 2 {
            (registers[0], registers[2]) = (0, 0x31);
        }
    });
    assert_eq!(chip.now(), Some(NOW + 60));
    // It says that it changes, and does not come to an end.
    fake.hook(|_, _, _| ());
    fake.set(&[(0x0a, 0x80)]);
    assert_eq!(chip.now(), None);
    // It never says the same twice.
    fake.set(&[(0x0a, 0)]);
    fake.hook(|registers, register, _| {
        if register == 0 {
            registers[0] = (registers[0] + 1) % 10;
        }
    });
    assert_eq!(chip.now(), None);
}

/// A client waits for two seconds; the device interrupts after each, or once, and goes on to the next one by `tick`.
fn is_answered_from_the_interrupt<C: Chip>(
    fake: Fake,
    chip: C,
    tick: impl Fn(&Fake, u32) + 'static,
    on: fn(&Fake) -> bool,
) {
    let (device, mut seconds) = (fake.clone(), 0);
    let server = server(chip).meanwhile(move |server| {
        assert!(on(&device), "nothing would interrupt");
        seconds += 1;
        tick(&device, seconds);
        server.event(Event::Interrupt);
    });
    let client = WallClockClient::new(&server);
    assert!(!on(&fake), "nobody waits");
    assert_eq!(client.wait_until(NOW + 2), Ok(NOW + 2));
    assert!(!on(&fake), "nobody waits any more");
    // One before anybody waited, and the two.
    assert_eq!(fake.0.borrow().acknowledged, 3);
    assert_eq!(client.now(), Ok(NOW + 2));
    // A time that has come needs no interrupt.
    assert_eq!(client.wait_until(NOW + 2), Ok(NOW + 2));
    assert_eq!(fake.0.borrow().acknowledged, 3);
    // One that comes for nobody lets the next one in.
    server.server().event(Event::Interrupt);
    assert_eq!(fake.0.borrow().acknowledged, 4);
}

#[test]
fn an_interrupt_answers_who_waits() {
    let (fake, chip) = pl031(NOW);
    // As an instance before has left it.
    fake.set(&[(0x10, 1)]);
    let tick = |fake: &Fake, seconds: u32| fake.set(&[(0x00, u32::try_from(NOW).unwrap() + seconds)]);
    is_answered_from_the_interrupt(fake, chip, tick, |fake| fake.get(0x10) == 1);
    let (fake, chip) = mc146818(0);
    fake.set(&[(0x0b, 0x12)]);
    let tick = |fake: &Fake, seconds: u32| fake.set(&[(0, bcd(seconds))]);
    is_answered_from_the_interrupt(fake, chip, tick, |fake| fake.get(0x0b) == 0x12);
}

#[test]
fn nobody_waits_for_longer_than_a_minute() {
    let (_, chip) = pl031(NOW);
    let server = server(chip);
    let client = WallClockClient::new(&server);
    let too_long = Err(Failure::Service(WallClockError::TooLong));
    for seconds in [NOW + LONGEST + 1, u64::MAX] {
        assert_eq!(client.wait_until(seconds), too_long);
    }
    // Nothing happens: the call is taken back, as at its deadline.
    let taken_back = client.wait_until(NOW + LONGEST);
    assert!(matches!(taken_back, Err(Failure::Call(CallError::Interrupted { .. }))), "{taken_back:?}");
    for seconds in [0, NOW] {
        assert_eq!(client.wait_until(seconds), Ok(NOW));
    }
}

#[test]
fn a_second_that_comes_while_the_device_is_told_of_it_is_not_missed() {
    let (fake, chip) = pl031(NOW);
    fake.hook(|registers, register, value| {
        if register == 0x04 {
            registers[0] = value.unwrap_or(0);
        }
    });
    let server = server(chip);
    assert_eq!(WallClockClient::new(&server).wait_until(NOW + 1), Ok(NOW + 1));
}

#[test]
fn who_waits_is_told_when_the_device_is_gone_or_set_back() {
    for seconds in [0, 1, u32::try_from(NOW - LONGEST).unwrap()] {
        let (fake, chip) = pl031(NOW);
        let server = server(chip).meanwhile(move |server| {
            fake.set(&[(0x00, seconds)]);
            server.event(Event::Interrupt);
        });
        let client = WallClockClient::new(&server);
        assert_eq!(client.wait_until(NOW + 1), Err(Failure::Service(WallClockError::NoTime)), "{seconds}");
    }
}

/// It says that the time has come whenever it was told to interrupt then, and then that it has not.
#[test]
fn a_device_that_goes_to_and_fro_has_nobody_else_wait() {
    let (fake, chip) = pl031(NOW);
    let mut was_told = false;
    fake.hook(move |registers, register, _| {
        if register == 0x00 {
            registers[0] = u32::try_from(NOW).unwrap() + if was_told { 50 } else { 0 };
        }
        was_told = register == 0x04 || was_told && register != 0x00;
    });
    let server = server(chip);
    let client = WallClockClient::new(&server);
    // The call has come back to the serve loop, and is taken back at its deadline.
    assert!(matches!(client.wait_until(NOW + 50), Err(Failure::Call(CallError::Interrupted { .. }))));
    assert_eq!(client.now(), Ok(NOW));
}
