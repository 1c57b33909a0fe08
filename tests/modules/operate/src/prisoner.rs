//! Interface of `prisoner`, the program that tries what it must not be able to do: the parts of its work, which are its
//! arguments, and what it ends with.

/// Its name.
pub const NAME: &str = "prisoner";
/// Its init ends with this error where it could do something that it must not.
pub const ESCAPED: u32 = 66;
/// Its init ends with this error where a part has no step of that number.
pub const NO_MORE: u32 = 99;

/// Parts that it comes through: whatever it tries is refused, or faults and is survived.
pub const SURVIVED: [&str; 7] = ["own-pages", "near", "edges", "far", "syscalls", "instructions", NAMES];
/// The one in which the name server is asked, so that its memory changes.
pub const NAMES: &str = "names";
/// Parts in steps of which each may be its end, or last for ever: one life for each, which ends after so
/// many nanoseconds.
pub const LETHAL: [(&str, u64); 5] =
    [("invoke", LONG), ("wait", SHORT), ("forge", SHORT), ("end", LONG), ("code", MIDDLE)];

/// How long a step may last that mostly waits for ever, in nanoseconds.
const SHORT: u64 = 400_000;
/// And one that may loop.
const MIDDLE: u64 = 4_000_000;
/// And one that comes to its end, mostly.
const LONG: u64 = 50_000_000;

/// Its copies, which do their work at the same time, and what each of them does: with `live` behind it a prisoner is live
/// while it does.
pub const TOGETHER: [(&str, &str); 10] = [
    ("prisoner-0", "near 0 live"),
    ("prisoner-1", "edges 0 live"),
    ("prisoner-2", "far 512 live"),
    ("prisoner-3", "syscalls 0 live"),
    ("prisoner-4", "instructions 0 live"),
    ("prisoner-5", "invoke 5 live"),
    ("prisoner-6", "invoke 4 live"),
    ("prisoner-7", "invoke 2 live"),
    ("prisoner-8", "names 0 live"),
    ("prisoner-9", "invoke 40 live"),
];
