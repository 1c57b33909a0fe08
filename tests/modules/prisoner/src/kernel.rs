//! What it tries with the kernel: every system call, every invocation of every slot, messages that only others send.

use ipc_proto::slots;
use module_rt::InitError;
use operate::random::Random;
use probe::syscall;
use sel4::{MessageInfo, MessageInfoBuilder, sys, with_ipc_buffer_mut};

use crate::{LOCKER_BITS, escaped, no_more};

/// How many slots its CSpace has, by what its manifest asks for.
const SLOTS: u64 = 1 << slots::cspace_bits(4);
/// The system calls that the kernel has.
const KNOWN: [u64; 8] = [
    sys::SYS_CALL,
    sys::SYS_REPLY_RECV,
    sys::SYS_SEND,
    sys::SYS_NB_SEND,
    sys::SYS_RECV,
    sys::SYS_REPLY,
    sys::SYS_YIELD,
    sys::SYS_NB_RECV,
];
/// Invocations have labels below this one, in every configuration of the kernel.
const LABELS: u64 = 80;
/// How often each invocation is tried, with other arguments.
const SHAPES: u64 = 24;

fn info(label: u64, extra: u64, length: u64) -> u64 {
    let builder = MessageInfoBuilder::default().label(label);
    builder.extra_caps(extra as usize).length(length as usize).build().bits()
}

/// Every number near 0, and numbers that a careless comparison takes for one of those.
pub fn syscalls() -> Result<u64, InitError> {
    let mut tried = 0_u64;
    let near = (0..2048_u64).map(|number| number.wrapping_sub(1024));
    let bits = (0..64).flat_map(|bit| [1_u64 << bit, !(1_u64 << bit), (1_u64 << bit).wrapping_sub(9)]);
    let wide =
        KNOWN.into_iter().flat_map(|number| [number ^ (1 << 32), number ^ (1 << 63), number & 0xffff_ffff]);
    for number in near.chain(bits).chain(wide) {
        let known = KNOWN.contains(&number);
        // Where the kernel knows the number, the capability is one that is not there: that faults, and does not wait.
        let caps: &[u64] = if known { &[0] } else { &[0, slots::SUPERVISOR, slots::RECEIVE, u64::MAX] };
        for cap in caps {
            let returned = syscall(number, *cap, info(0x100, 0, 1), [u64::MAX; 4]);
            // One without a capability in it returns; and on some machines so does a number whose upper half is cut off.
            let harmless =
                number as u32 == sys::SYS_YIELD as u32 || KNOWN.iter().any(|k| *k as u32 == number as u32);
            if returned.is_some() && !harmless {
                return Err(escaped(format_args!("system call {number:#x} exists")));
            }
            tried = tried.saturating_add(1);
        }
    }
    Ok(tried)
}

/// A word that means something to somebody.
fn word(random: &mut Random) -> u64 {
    match random.below(4) {
        0 => random.any(),
        1 => random.below(64),
        2 => random.one_of(&[
            u64::MAX,
            0x40_0000,
            0x5f_f000,
            1 << 47,
            1 << 63,
            0xffff_ff80_0000_0000,
            12,
            64,
            slots::LOCKER,
        ]),
        _ => 1_u64.checked_shl(random.below(64) as u32).unwrap_or(0),
    }
}

fn fill_buffer(random: &mut Random) {
    with_ipc_buffer_mut(|buffer| {
        buffer.msg_regs_mut().fill_with(|| word(random));
        buffer.caps_or_badges_mut().fill_with(|| random.below(SLOTS));
        let index = random.below(1 << LOCKER_BITS) as u16;
        buffer.set_recv_slot(&module_rt::locker::slot(index, LOCKER_BITS));
    });
}

/// Every invocation of one slot, or of a number that is no slot, with arguments at random. A step for each slot; the one
/// on which whatever is sent ends the module is [`forge`]'s, the one to the name server [`ask_names`]'s.
pub fn invoke(slot: u64) -> Result<u64, InitError> {
    let mut random = Random::new(slot.wrapping_add(1));
    let cap = match slot {
        slots::FAULT | slots::NAMES => return Ok(0),
        slot if slot < SLOTS => slot,
        slot if slot < SLOTS + 16 => word(&mut random).max(SLOTS),
        slot => return Err(no_more(slot)),
    };
    Ok(invoke_all(cap, &mut random))
}

/// The same of the capability to the name server, whose memory changes when it answers.
pub fn ask_names() -> u64 {
    for number in [sys::SYS_SEND, sys::SYS_NB_SEND, sys::SYS_NB_RECV] {
        let _ = syscall(number, slots::NAMES, info(0x110, 0, 2), [u64::MAX; 4]);
    }
    invoke_all(slots::NAMES, &mut Random::new(slots::NAMES)).saturating_add(3)
}

fn invoke_all(cap: u64, random: &mut Random) -> u64 {
    let asks = [slots::SUPERVISOR, slots::NAMES].contains(&cap);
    let mut tried = 0_u64;
    for label in (0..LABELS).chain([0x100, 0x101, 0x102, 0x110, u64::MAX >> 12]) {
        for _ in 0..SHAPES {
            fill_buffer(random);
            let mut message = [0; 4].map(|_: u64| word(random));
            // What others would carry out is not what is tried here.
            if asks {
                message = [u64::MAX; 4];
            }
            let length = random.one_of(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 120, 127]);
            let info = label << 12 | random.below(8) << 9 | random.below(4) << 7 | length;
            // Whatever comes back: an answer, an error, or a fault.
            let _ = syscall(sys::SYS_CALL, cap, info, message);
            tried = tried.saturating_add(1);
        }
    }
    tried
}

/// Every system call on every slot but the name server's, a step for each: many of them wait for ever.
pub fn wait(step: u64) -> Result<u64, InitError> {
    let index = usize::try_from(step / SLOTS).unwrap_or(usize::MAX);
    let number = *KNOWN.get(index).ok_or_else(|| no_more(step))?;
    let slot = step % SLOTS;
    if slot == slots::NAMES {
        return Ok(0);
    }
    for label in [0, 0x100, 0x110] {
        let _ = syscall(number, slot, info(label, 0, 2), [u64::MAX; 4]);
    }
    Ok(3)
}

/// A message on its own fault capability, a step for each: what looks like a fault, what does not, and in each of the
/// ways to send. It does not survive any of them.
pub fn forge(step: u64) -> Result<u64, InitError> {
    let (way, rest) = (step % 3, step / 3);
    let label = rest % 10;
    let lengths = [0_u64, 3, 14, 120];
    let index = usize::try_from(rest / 10).unwrap_or(usize::MAX);
    let length = *lengths.get(index).ok_or_else(|| no_more(step))?;
    let message: MessageInfo = MessageInfoBuilder::default().label(label).length(length as usize).build();
    with_ipc_buffer_mut(|buffer| buffer.msg_regs_mut().fill(slots::RECEIVE));
    let fault = sel4::cap::Endpoint::from_bits(slots::FAULT);
    match way {
        0 => fault.nb_send(message),
        1 => fault.send(message),
        _ => drop(fault.call(message)),
    }
    Err(escaped(format_args!("alive after a message with label {label} on the fault capability")))
}
