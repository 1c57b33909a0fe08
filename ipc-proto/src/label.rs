//! What the label of a message means: a method, an answer, or a word from the kernel.
//!
//! Labels 0 to 10 are the kernel's: a reply that carries one of 1 to 10 was not written by a server but is an
//! error of the call itself (seL4 manual 5.0.0, section 2.2 and appendix "Error codes"). Everything of ours
//! starts at [`FIRST`], so the two can never be confused.

use core::num::NonZeroU16;

use crate::ids::Generation;

/// The first label that is ours.
pub const FIRST: u16 = 0x100;

/// Set in the label of a method whose request and answer are exactly four words, so that both stay in
/// processor registers and on the kernel's fastpath.
pub const WORDS: u16 = 0x8000;

/// Set in the label of a reply that is an error of the method's own, beside its [`Code`].
pub const ERROR: u16 = 0x8000;

/// An error of a method's own, as it goes over the wire: never 0, and below [`ERROR`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Code(NonZeroU16);

impl Code {
    /// The code of that number; `None` for 0, and for what has the bit of [`ERROR`].
    pub const fn new(number: u16) -> Option<Code> {
        match NonZeroU16::new(number) {
            Some(number) if number.get() & ERROR == 0 => Some(Code(number)),
            _ => None,
        }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

/// What a reply says about the call itself; the answer proper is in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The method ran; the message is its result.
    Ok,
    /// The request could not be decoded. The client speaks another version or is broken; it was not executed.
    BadMessage,
    /// The service has no such method. It was not executed.
    UnknownMethod,
    /// The server died, or gave the call up, while it had the request: it may have been executed, wholly,
    /// partly or not at all. Look the service up again, and repeat the call if that does no harm.
    Interrupted,
    /// Nobody received the request; it was certainly not executed.
    NotDelivered,
    /// The caller's badge does not permit this request.
    Refused,
    /// The caller's capability was taken back while the request waited; it was certainly not executed.
    Revoked,
    /// The service's module has died too often, and is not started again until somebody sees to it; the request was
    /// certainly not executed. The same capability reaches the service again when it is back.
    Failed,
    /// The server keeps as many calls waiting for their answers as it can; this one was not executed. Try again later.
    Busy,
    /// The server has executed the method, which ends with an error of its own.
    Error(Code),
}

impl Status {
    /// The number in a reply's label.
    pub const fn code(self) -> u16 {
        match self {
            Status::Ok => 0x100,
            Status::BadMessage => 0x101,
            Status::UnknownMethod => 0x102,
            Status::Interrupted => 0x103,
            Status::NotDelivered => 0x104,
            Status::Refused => 0x105,
            Status::Revoked => 0x106,
            Status::Failed => 0x107,
            Status::Busy => 0x108,
            Status::Error(code) => ERROR | code.get(),
        }
    }

    /// The status of a reply's label, if it is one of ours.
    pub const fn from_code(code: u16) -> Option<Status> {
        Some(match code {
            0x100 => Status::Ok,
            0x101 => Status::BadMessage,
            0x102 => Status::UnknownMethod,
            0x103 => Status::Interrupted,
            0x104 => Status::NotDelivered,
            0x105 => Status::Refused,
            0x106 => Status::Revoked,
            0x107 => Status::Failed,
            0x108 => Status::Busy,
            _ if code & ERROR != 0 => match Code::new(code & !ERROR) {
                Some(code) => Status::Error(code),
                None => return None,
            },
            _ => return None,
        })
    }
}

/// The label of a reply: the status and nothing else. seL4 5.0.0 carries 20 bits of a label and cuts the rest off (manual,
/// section 4.1), which is too few for a generation beside it.
pub const fn reply(status: Status) -> u64 {
    status.code() as u64
}

/// The words of an [`Status::Interrupted`] answer from the supervisor: the generation that died, and the one that takes
/// its place, [`Generation::NONE`] where none will.
pub const fn interrupted(died: Generation, next: Generation) -> [u64; 2] {
    [died.0 as u64, next.0 as u64]
}

/// Reads what [`interrupted`] wrote.
pub const fn parse_interrupted([died, next]: [u64; 2]) -> (Generation, Generation) {
    (Generation(died as u32), Generation(next as u32))
}

/// What came back from a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A server, or the supervisor in its place, answered.
    Answer(Status),
    /// The kernel answered: the capability is gone or was never there (labels 1 to 10, `seL4_Error`).
    Kernel(u8),
    /// A label that nobody honest sends.
    Foreign(u64),
}

/// Sorts the label of a reply.
pub const fn parse_reply(label: u64) -> Reply {
    if label >= 1 && label <= 10 {
        return Reply::Kernel(label as u8);
    }
    if label > u16::MAX as u64 {
        return Reply::Foreign(label);
    }
    match Status::from_code(label as u16) {
        Some(status) => Reply::Answer(status),
        None => Reply::Foreign(label),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_come_back() {
        for status in [
            Status::Ok,
            Status::BadMessage,
            Status::UnknownMethod,
            Status::Interrupted,
            Status::NotDelivered,
            Status::Refused,
            Status::Revoked,
            Status::Failed,
            Status::Busy,
            Status::Error(Code::new(1).unwrap()),
            Status::Error(Code::new(0x7fff).unwrap()),
        ] {
            assert_eq!(parse_reply(reply(status)), Reply::Answer(status));
            assert!(status.code() >= FIRST);
        }
    }

    #[test]
    fn kernel_and_foreign_labels_are_told_apart() {
        assert_eq!(parse_reply(0), Reply::Foreign(0));
        for label in 1..=10 {
            assert_eq!(parse_reply(label), Reply::Kernel(label as u8));
        }
        assert_eq!(parse_reply(11), Reply::Foreign(11));
        assert_eq!(parse_reply(0xff), Reply::Foreign(0xff));
        assert_eq!(parse_reply(u64::from(ERROR)), Reply::Foreign(u64::from(ERROR)), "no error is 0");
        assert_eq!(parse_reply(1 << 16 | 0x100), Reply::Foreign(1 << 16 | 0x100));
    }

    #[test]
    fn a_code_below_at_and_above_its_bounds() {
        for (number, is) in [(0, false), (1, true), (0x7fff, true), (0x8000, false), (u16::MAX, false)] {
            assert_eq!(Code::new(number).map(Code::get), is.then_some(number), "{number:#x}");
        }
    }

    #[test]
    fn every_label_of_ours_fits_what_the_kernel_carries() {
        const KERNEL_BITS: u32 = 20;
        assert!(u64::from(u16::MAX) >> KERNEL_BITS == 0, "methods have 16 bits");
        assert!(reply(Status::Failed) >> KERNEL_BITS == 0);
        let both = (Generation(0xdead_beef), Generation(u32::MAX));
        assert_eq!(parse_interrupted(interrupted(both.0, both.1)), both);
    }
}
