//! A module's kernel calls, as its runtime makes them on this machine: each is handed to the simulated kernel, which lets
//! the module's thread go on when it is answered, or never.

use std::cell::{Cell, RefCell};
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;

use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::interface::bulk::meanwhile;
use ipc_proto::wire::MAX_WORDS;

pub use crate::asked::{Access, Asked, Goes, IN_REGISTERS, Info, Message, Received};

use crate::asked::{ILLEGAL_OPERATION, INVALID_CAPABILITY};

/// The payload with which the thread of a dead instance unwinds.
#[derive(Clone, Copy, Debug)]
pub struct Ended;

/// A thread's way to the kernel.
#[derive(Debug)]
pub struct Way {
    /// Which instance it is.
    pub instance: Instance,
    /// What it asks.
    pub ask: Sender<Asked>,
    /// How it goes on, and when.
    pub goes: Receiver<(Goes, u64)>,
}

thread_local! {
    static WAY: RefCell<Option<Way>> = const { RefCell::new(None) };
    static BUFFER: RefCell<[u64; MAX_WORDS]> = const { RefCell::new([0; MAX_WORDS]) };
    static ENDED: Cell<bool> = const { Cell::new(false) };
    static TICKS: Cell<u64> = const { Cell::new(0) };
}

/// From now on the calls of this thread are those of an instance.
pub fn become_instance(way: Way) {
    meanwhile::set(copies);
    WAY.set(Some(way));
}

/// Whether this thread is an instance's.
pub fn is_instance() -> bool {
    WAY.with_borrow(Option::is_some)
}

/// Which instance this thread is.
pub fn instance() -> Instance {
    let nobody = Instance { domain: DomainId(0), generation: Generation::NONE };
    WAY.with_borrow(|way| way.as_ref().map_or(nobody, |way| way.instance))
}

/// Asks the kernel, and waits until this thread goes on.
#[allow(clippy::panic, reason = "there is no kernel to ask, and nothing to return: a bug of the test")]
fn ask(asked: Asked) -> (u64, Message) {
    if ENDED.get() {
        // What a destructor asks while the thread unwinds: on the target none of it runs.
        return (0, Message { label: INVALID_CAPABILITY, words: Vec::new() });
    }
    let goes = WAY.with_borrow(|way| {
        let way = way.as_ref()?;
        // Where the simulation is over, nobody answers.
        Some(way.ask.send(asked).ok().and_then(|()| way.goes.recv().ok()).unwrap_or((Goes::Nowhere, 0)))
    });
    match goes {
        Some((Goes::On(badge, message), now)) => {
            TICKS.set(now);
            (badge, message)
        }
        Some((Goes::Nowhere, _)) => {
            ENDED.set(true);
            resume_unwind(Box::new(Ended))
        }
        None => panic!(
            "a module's code has called the kernel, and there is none: a test runs such code in a \
             `module_rt::simulation::System`"
        ),
    }
}

/// Reads this thread's message registers.
pub fn message<T>(read: impl FnOnce(&[u64]) -> T) -> T {
    BUFFER.with_borrow(|buffer| read(buffer))
}

/// Writes them.
pub fn message_mut<T>(write: impl FnOnce(&mut [u64]) -> T) -> T {
    BUFFER.with_borrow_mut(|buffer| write(buffer))
}

/// The message that lies in the message registers.
fn load(info: Info) -> Message {
    let words = message(|buffer| buffer.get(..info.length()).unwrap_or_default().to_vec());
    Message { label: info.label(), words }
}

/// The same, with its first words from the processor's registers.
fn load_with(info: Info, first: [u64; IN_REGISTERS]) -> Message {
    let mut message = load(info);
    for (word, first) in message.words.iter_mut().zip(first) {
        *word = first;
    }
    message
}

/// Puts a message where it is received: what is beyond the first words into the message registers. Gives the first.
fn store(message: &Message) -> (Info, [u64; IN_REGISTERS]) {
    let mut first = [0; IN_REGISTERS];
    for (to, word) in first.iter_mut().zip(&message.words) {
        *to = *word;
    }
    message_mut(|buffer| {
        for (to, word) in buffer.iter_mut().zip(&message.words).skip(IN_REGISTERS) {
            *to = *word;
        }
    });
    (Info::new(message.label, message.words.len()), first)
}

/// Calls with the message in the message registers; the answer lies there after that.
pub fn call(slot: u64, info: Info, notes: [u64; 2]) -> Info {
    let (_, answer) = ask(Asked::Call(slot, load(info), notes));
    let (info, first) = store(&answer);
    message_mut(|buffer| {
        for (to, word) in buffer.iter_mut().zip(first) {
            *to = word;
        }
    });
    info
}

/// Calls with four words. Gives what the answer is, and its first words.
pub fn call_words(slot: u64, info: Info, words: [u64; IN_REGISTERS], notes: [u64; 2]) -> Received {
    let (badge, answer) = ask(Asked::Call(slot, load_with(info, words), notes));
    let (info, msg) = store(&answer);
    Received { info, badge, msg }
}

fn received((badge, message): (u64, Message)) -> Received {
    let (info, msg) = store(&message);
    Received { info, badge, msg }
}

/// Waits for a message.
pub fn recv(slot: u64) -> Received {
    received(ask(Asked::Recv(slot)))
}

/// Answers the call in hand, and waits for the next message.
pub fn reply_recv(slot: u64, info: Info, words: [u64; IN_REGISTERS]) -> Received {
    received(ask(Asked::ReplyRecv(slot, load_with(info, words))))
}

/// Answers the call in hand.
pub fn reply(info: Info, words: [u64; IN_REGISTERS]) {
    ask(Asked::Reply(load_with(info, words)));
}

/// Sends the message in the message registers on what a slot holds, if somebody waits for it there.
pub fn nb_send(slot: u64, info: Info) {
    ask(Asked::NbSend(slot, load(info)));
}

/// Moves the caller in hand into a slot of the locker, which has 2^`bits` slots. `false` where the slot is not empty. Where
/// there is no caller that is no error, and the slot stays empty.
pub fn save_caller(index: u16, bits: u8) -> bool {
    ask(Asked::SaveCaller(index, bits)).1.label == 0
}

/// What the kernel says of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceError {
    /// There is none, or it was taken back.
    InvalidCapability,
    /// It does not have that port.
    IllegalOperation,
}

/// Uses the device that this instance is granted. Gives what was read. Where it is granted none, a register is where nothing is:
/// this instance dies.
///
/// # Errors
/// [`DeviceError`], of ports and interrupts.
pub fn device(access: Access) -> Result<u32, DeviceError> {
    let (_, answer) = ask(Asked::Device(access));
    match answer.label {
        0 => Ok(answer.words.first().copied().and_then(|word| u32::try_from(word).ok()).unwrap_or(0)),
        ILLEGAL_OPERATION => Err(DeviceError::IllegalOperation),
        _ => Err(DeviceError::InvalidCapability),
    }
}

/// Lets others run.
pub fn yield_now() {
    ask(Asked::Yield);
}

/// The simulated clock, in nanoseconds.
pub fn now() -> u64 {
    let (_, answer) = ask(Asked::Now);
    answer.words.first().copied().unwrap_or(0)
}

/// The same as it was when this instance got its turn, without a kernel call: between any two of its calls it is another one.
pub fn ticks() -> u64 {
    TICKS.get()
}

/// This instance is in the middle of a copy of shared memory, the last byte of which has this address.
pub fn copies(address: usize) {
    ask(Asked::Copies(address));
}

/// This instance is busy for so long, as it would be with a long computation: the clock goes on, and so do others.
pub fn work_for(time: Duration) {
    ask(Asked::Works(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)));
}

/// Reads or writes where nothing is: this instance dies.
#[allow(clippy::panic, reason = "the thread is on its way out, and this function does not return")]
pub fn fault(how: &'static str) -> ! {
    ask(Asked::Fault(how));
    panic!("{how}")
}

/// This instance has panicked, and is dead. (On the target its runtime asks the supervisor for that, with as many of the
/// words as fit a line.)
#[allow(clippy::panic, reason = "the thread is on its way out, and this function does not return")]
pub fn panicked(words: String) -> ! {
    ask(Asked::Panicked(words));
    panic!("a panic was survived")
}

/// Something that is not simulated: the run ends with that, and the test with it.
#[allow(clippy::panic, reason = "the thread is on its way out, and this function does not return")]
pub fn not_simulated(what: &'static str) -> ! {
    ask(Asked::NotSimulated(what));
    panic!("{what}")
}
