//! The PC's clock, an MC146818: date and time in registers of their own, and an interrupt after each second.

use crate::chip::{Chip, Registers};

const SECONDS: u8 = 0x00;
const MINUTES: u8 = 0x02;
const HOURS: u8 = 0x04;
const DAY: u8 = 0x07;
const MONTH: u8 = 0x08;
const YEAR: u8 = 0x09;

/// Register A: its highest bit says that the others are about to change.
const A: u8 = 0x0a;
const CHANGING: u32 = 0x80;

/// Register B: whether it interrupts after each second, whether numbers are binary, and whether hours go to 23.
const B: u8 = 0x0b;
const EACH_SECOND: u32 = 0x10;
const BINARY: u32 = 0x04;
const TO_23: u32 = 0x02;

/// Register C says why it has interrupted, and is read to end that.
const C: u8 = 0x0c;

/// How often it is looked before the clock is given up: its registers change for two milliseconds at most.
const LOOKS: u32 = 10_000;

/// The days of each month, but for a leap day.
const DAYS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/// The days from 1970 to 2000.
const TO_2000: u32 = 10_957;

/// An MC146818 with these registers.
#[derive(Debug)]
pub struct Mc146818<R> {
    /// Where they are.
    pub registers: R,
}

impl<R: Registers> Chip for Mc146818<R> {
    fn now(&mut self) -> Option<u64> {
        let mut before = None;
        for _ in 0..LOOKS {
            if self.registers.read(A) & CHANGING != 0 {
                continue;
            }
            let read = [SECONDS, MINUTES, HOURS, DAY, MONTH, YEAR, B].map(|one| self.registers.read(one));
            // A second can have passed between two of them: what was read twice holds.
            if before == Some(read) {
                return seconds(read);
            }
            before = Some(read);
        }
        None
    }

    fn interrupt_at(&mut self, seconds: Option<u64>) {
        let others = self.registers.read(B) & !EACH_SECOND;
        self.registers.write(B, others | if seconds.is_some() { EACH_SECOND } else { 0 });
    }

    fn end_interrupt(&mut self) {
        let _why = self.registers.read(C);
        self.registers.acknowledge();
    }
}

/// The seconds since 1970 of a date from 2000 to 2099, in which each fourth year has a leap day. `None` for what is no date.
fn seconds([seconds, minutes, hours, day, month, year, format]: [u32; 7]) -> Option<u64> {
    let number = |value: u32| match (format & BINARY != 0, value >> 4, value & 0xf) {
        (true, ..) => Some(value),
        (false, tens @ 0..=9, ones @ 0..=9) => Some(tens * 10 + ones),
        _ => None,
    };
    let below = |value: u32, end: u32| number(value).filter(|number| *number < end);
    let hours = match format & TO_23 != 0 {
        true => below(hours, 24)?,
        // 12 is the first of each half of the day; the highest bit is set in the second half.
        false => {
            let of_half = number(hours & 0x7f).filter(|hour| (1..=12).contains(hour))?;
            of_half % 12 + if hours & 0x80 != 0 { 12 } else { 0 }
        }
    };
    let (minutes, seconds, year) = (below(minutes, 60)?, below(seconds, 60)?, below(year, 100)?);
    let (day, month) = (number(day)?.checked_sub(1)?, number(month)?.checked_sub(1)?);
    let month = usize::try_from(month).ok()?;
    let leap_day = u32::from(year % 4 == 0);
    let length = DAYS.get(month)? + if month == 1 { leap_day } else { 0 };
    let months: u32 = DAYS.iter().take(month).sum::<u32>() + if month > 1 { leap_day } else { 0 };
    let days = TO_2000 + year * 365 + year.div_ceil(4) + months + day;
    let of_day = (hours * 60 + minutes) * 60 + seconds;
    (day < length).then_some(u64::from(days) * 86_400 + u64::from(of_day))
}
