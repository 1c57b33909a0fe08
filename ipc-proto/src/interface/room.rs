//! Whether what a method sends has room in a message: asked when it is compiled, and told in a sentence with the numbers.
//!
//! A message has room for [`MAX_BYTES`]. It carries the arguments one behind the other and nothing else, or the answer and
//! nothing else: an error goes in the label, a connection or bulk data as the one word that stands for it among the arguments.
//! How long each can become is known from what its type is made of ([`Shape::MOST`](super::probe::Shape::MOST)), by the
//! `max_size` of postcard's schema. (Postcard's own `MaxSize` is of no use: it is experimental, and of heapless it knows the
//! version 0.7 only.) What goes as words is not asked: that has its four registers.
//!
//! A value that is longer all the same has a type whose schema was written by hand, and says less than it is. The client reads
//! `TooLong` or `BadAnswer` then, as it does of what goes without an interface.

use core::str;

use crate::wire::MAX_BYTES;

/// The longest sentence. More of it is cut off, which takes names of hundreds of letters.
const MAX_SENTENCE: usize = 1024;
/// The most digits of a number.
const MAX_DIGITS: usize = (usize::MAX.ilog10() + 1) as usize;

/// Whether that is a bound, and one that has room.
const fn has_room(most: Option<usize>) -> bool {
    matches!(most, Some(most) if most <= MAX_BYTES)
}

/// Refuses an argument or an answer that alone can be longer than a message: what it is, how many bytes it takes at most, and
/// what to do.
#[track_caller]
pub const fn of_one(what: &str, most: Option<usize>, instead: &str) {
    match most {
        Some(_) if has_room(most) => {}
        Some(bytes) => too_long(what, " takes up to ", bytes, instead),
        None => tell(&[
            what,
            " has no bound, and a message has room for ",
            Number::of(MAX_BYTES).text(),
            " bytes",
        ]),
    }
}

/// The same of arguments together, of which each has room alone: where one has not, that is told of it already.
#[track_caller]
pub const fn of_all(what: &str, each: &[Option<usize>], instead: &str) {
    let (mut rest, mut sum) = (each, 0_usize);
    while let [first, behind @ ..] = rest {
        match *first {
            Some(bytes) if has_room(*first) => sum = sum.saturating_add(bytes),
            _ => return,
        }
        rest = behind;
    }
    if !has_room(Some(sum)) {
        too_long(what, " together take up to ", sum, instead);
    }
}

#[track_caller]
const fn too_long(what: &str, takes: &str, bytes: usize, instead: &str) -> ! {
    let (taken, room) = (Number::of(bytes), Number::of(MAX_BYTES));
    tell(&[what, takes, taken.text(), " bytes, and a message has room for ", room.text(), ": ", instead])
}

/// A number in digits.
struct Number {
    digits: [u8; MAX_DIGITS],
    /// How many of them are none.
    unused: usize,
}

impl Number {
    const fn of(number: usize) -> Number {
        let (mut digits, mut unused, mut rest) = ([b'0'; MAX_DIGITS], MAX_DIGITS, number);
        while let [others @ .., last] = digits.split_at_mut(unused).0 {
            *last = b'0'.saturating_add((rest % 10) as u8);
            unused = others.len();
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        Number { digits, unused }
    }

    const fn text(&self) -> &str {
        match str::from_utf8(self.digits.split_at(self.unused).1) {
            Ok(text) => text,
            Err(_) => "more",
        }
    }
}

/// Stops the compiler with a sentence of these parts.
#[track_caller]
#[allow(clippy::panic, reason = "it is evaluated by the compiler, and is how that is stopped")]
const fn tell(parts: &[&str]) -> ! {
    let (mut sentence, mut used, mut rest) = ([0; MAX_SENTENCE], 0, parts);
    while let [part, others @ ..] = rest {
        let mut bytes = part.as_bytes();
        while let ([byte, more @ ..], [place, ..]) = (bytes, sentence.split_at_mut(used).1) {
            *place = *byte;
            bytes = more;
            used = used.saturating_add(1);
        }
        rest = others;
    }
    match str::from_utf8(sentence.split_at(used).0) {
        Ok(text) => panic!("{}", text),
        Err(_) => panic!("what goes over the wire has no room in a message"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::catch_unwind;

    /// What the compiler would say.
    fn told(asked: impl FnOnce() + std::panic::UnwindSafe) -> Option<String> {
        let told = catch_unwind(asked).err()?;
        Some(told.downcast_ref::<String>().cloned().unwrap_or_else(|| "a text without a number".to_owned()))
    }

    #[test]
    fn below_at_and_above_the_room_of_a_message_alone_and_together() {
        for (bytes, fits) in [(0, true), (959, true), (960, true), (961, false), (usize::MAX, false)] {
            let text = format!("a takes up to {bytes} bytes, and a message has room for 960: less");
            assert_eq!(told(|| of_one("a", Some(bytes), "less")), (!fits).then_some(text));
        }
        let text = "a has no bound, and a message has room for 960 bytes";
        assert_eq!(told(|| of_one("a", None, "less")).as_deref(), Some(text));
        for (last, fits) in [(0, true), (2, true), (3, false)] {
            let text = "a together take up to 961 bytes, and a message has room for 960: less".to_owned();
            let each = [Some(0), Some(478), Some(480), Some(last)];
            assert_eq!(told(move || of_all("a", &each, "less")), (!fits).then_some(text));
        }
        for told_already in [Some(961), None] {
            assert_eq!(told(move || of_all("a", &[Some(9), told_already], "less")), None);
        }
        assert_eq!(told(|| of_all("a", &[], "less")), None);
    }

    #[test]
    fn a_sentence_below_at_and_above_its_bound() {
        for (length, told_of) in [
            (MAX_SENTENCE - 1, MAX_SENTENCE - 1),
            (MAX_SENTENCE, MAX_SENTENCE),
            (MAX_SENTENCE + 1, MAX_SENTENCE),
        ] {
            let name = "x".repeat(length);
            assert_eq!(told(|| tell(&[&name])), Some("x".repeat(told_of)), "{length}");
        }
        // A letter of two bytes of which the second has no room.
        let name = "x".repeat(MAX_SENTENCE - 1);
        assert_eq!(told(|| tell(&[&name, "\u{e4}"])).as_deref(), Some("a text without a number"));
    }
}
