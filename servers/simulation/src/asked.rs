//! What a thread of a module's hands to the simulated kernel, and what it gets back.

use ipc_proto::wire::MAX_WORDS;

/// How many words of a message go through registers, and not through the message buffer.
pub const IN_REGISTERS: usize = 4;
/// What the kernel answers itself where a slot has nothing in it. So does a call whose thread is being ended: it reaches nobody.
pub(crate) const INVALID_CAPABILITY: u64 = 2;
/// The same where a device does not have a port.
pub(crate) const ILLEGAL_OPERATION: u64 = 3;
/// The same where there is no such slot.
pub(crate) const FAILED_LOOKUP: u64 = 6;
/// The same where a slot is not empty that is to be filled.
pub(crate) const DELETE_FIRST: u64 = 8;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    label: u64,
    length: usize,
}

impl Info {
    /// A message with that label, of so many words: as many as a message can have at most.
    pub fn new(label: u64, length: usize) -> Info {
        Info { label, length: length.min(MAX_WORDS) }
    }

    /// Its label.
    pub fn label(self) -> u64 {
        self.label
    }

    /// How many words it has.
    pub fn length(self) -> usize {
        self.length
    }
}

/// A message and who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// What it is.
    pub info: Info,
    /// The badge of the capability with which it was sent.
    pub badge: u64,
    /// Its first words.
    pub msg: [u64; IN_REGISTERS],
}

/// The label and the words of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Its label.
    pub label: u64,
    /// Its words.
    pub words: Vec<u64>,
}

/// What a driver does with its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads or writes the register that lies so many bytes behind the first one.
    Register(u16, Option<u32>),
    /// Reads or writes this port.
    Port(u16, Option<u8>),
    /// Lets the next interrupt in.
    Acknowledge,
}

/// What a thread asks of the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Calls what a slot holds. The notes say how long it may take.
    Call(u64, Message, [u64; 2]),
    /// Waits for a message at what a slot holds.
    Recv(u64),
    /// Answers the call in hand.
    Reply(Message),
    /// Answers the call in hand, and waits for the next message.
    ReplyRecv(u64, Message),
    /// Sends on what a slot holds, if somebody waits for it there.
    NbSend(u64, Message),
    /// Moves the caller in hand into a slot of the locker, which has 2^n slots.
    SaveCaller(u16, u8),
    /// Uses its device: on the target an access to a register is nothing that the kernel hears of.
    Device(Access),
    /// Nothing: it is in the middle of a copy of shared memory, the last byte of which has this address. It can lose the
    /// processor there like anywhere else on the target.
    Copies(usize),
    /// Lets others run.
    Yield,
    /// What time it is.
    Now,
    /// Is busy for so many nanoseconds, and calls nobody meanwhile.
    Works(u64),
    /// Reads or writes where nothing is: the thread does not go on.
    Fault(&'static str),
    /// Has panicked, with these words and their place: the thread does not go on.
    Panicked(String),
    /// Something that is not simulated: the run ends with that.
    NotSimulated(&'static str),
}

impl Asked {
    /// Whether something can strike here that does not strike at the next one as well: it changes what others see.
    pub(crate) fn is_place(&self) -> bool {
        match self {
            Asked::Call(..)
            | Asked::Recv(_)
            | Asked::Reply(_)
            | Asked::ReplyRecv(..)
            | Asked::NbSend(..)
            | Asked::SaveCaller(..)
            | Asked::Device(_) => true,
            Asked::Copies(_)
            | Asked::Yield
            | Asked::Now
            | Asked::Works(_)
            | Asked::Fault(_)
            | Asked::Panicked(_)
            | Asked::NotSimulated(_) => false,
        }
    }
}

/// How a thread goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goes {
    /// With this message, of whom the badge names.
    On(u64, Message),
    /// It does not: the instance is dead.
    Nowhere,
}
