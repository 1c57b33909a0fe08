//! What it tries with the processor: instructions that are the kernel's, instructions at random, and ways to end.

use core::sync::atomic::{AtomicU64, Ordering};

use module_rt::{InitError, log};
use operate::random::Random;
use probe::INSTRUCTIONS;

use crate::{escaped, no_more};

/// What user programs can execute, by the architecture and how the loader and the kernel have set it up. See
/// docs/threat-model.md.
#[cfg(target_arch = "aarch64")]
const OPEN: &[&str] = &[
    "read cntfrq_el0",
    "read cntvct_el0",
    "read tpidr_el0",
    "write tpidr_el0",
    "read tpidrro_el0",
    "read dczid_el0",
    "read ctr_el0",
    // Closed by the loader; QEMU 7.2 does not look at that (MDSCR_EL1.TDCC).
    "read mdccsr_el0",
    "write dbgdtr_el0",
    "wfe",
    "wfi",
    "sev",
];
/// As above.
#[cfg(target_arch = "x86_64")]
const OPEN: &[&str] = &[
    "rdtsc",
    "rdtscp",
    "smsw eax",
    "sgdt [rsp-16]",
    "sidt [rsp-16]",
    "sldt eax",
    "str eax",
    // Undone before anybody else runs: patch 09.
    "mov fs, 0",
    "mov gs, 0",
];

/// The vector on which the kernel does nothing: it comes back from there.
const SPURIOUS: u8 = 0xff;

/// What changes the program's own flags and floating-point state begins with this: the processor may execute it, and the
/// kernel has to live with it.
const OWN: &str = "own state:";

/// Each of the listed instructions.
pub fn instructions() -> Result<u64, InitError> {
    let mut tried = 0_u64;
    for (name, probe) in INSTRUCTIONS {
        tried = tried.saturating_add(1);
        if probe() && !OPEN.contains(name) && !name.starts_with(OWN) {
            return Err(escaped(format_args!("executed: {name}")));
        }
    }
    // The software interrupts of x86_64, one by one: none leads anywhere.
    for vector in 0..=u8::MAX {
        if probe::instruction(&[0xcd, vector]) == Some(true) && vector != SPURIOUS {
            return Err(escaped(format_args!("executed: int {vector:#x}")));
        }
    }
    Ok(tried)
}

/// How many lives of code at random.
const LIVES: u64 = 100;
/// How many pieces of code in each, as far as it comes.
const PIECES: u64 = 500;
const LENGTH: usize = 16;

/// Not tried at random: QEMU 7.2 takes a program in 64-bit mode to virtual-8086 mode by it, which no processor does, and
/// the kernel cannot know such a program's faults from its own. See docs/threat-model.md.
const IRET: u8 = 0xcf;

/// Code at random, where data can be executed. A step for each life: what it does to itself is nobody's business.
pub fn code(step: u64) -> Result<u64, InitError> {
    if step >= LIVES {
        return Err(no_more(step));
    }
    let mut random = Random::new(step.wrapping_add(1));
    let mut tried = 0_u64;
    for _ in 0..PIECES {
        let mut piece = [0_u8; LENGTH];
        piece.iter_mut().for_each(|byte| *byte = random.below(256) as u8);
        piece.iter_mut().filter(|byte| **byte == IRET).for_each(|byte| *byte = 0x90);
        if probe::instruction(&piece).is_none() {
            return Err(no_more(step));
        }
        tried = tried.saturating_add(1);
    }
    Ok(tried)
}

static TURNS: AtomicU64 = AtomicU64::new(0);

/// Ways to end, a step for each: a stack that grows for ever, a loop that never ends, a null pointer, a panic.
pub fn end(step: u64) -> Result<u64, InitError> {
    match step {
        0 => log!("{}", probe::overflow_stack()),
        1 => loop {
            TURNS.fetch_add(1, Ordering::Relaxed);
        },
        2 => module_rt::fault::read_address_zero(),
        3 => {
            let nothing: Option<u64> = core::hint::black_box(None);
            #[allow(clippy::expect_used, reason = "a panic is what is tried here")]
            let _ = nothing.expect("a panic on purpose");
        }
        _ => return Err(no_more(step)),
    }
    Err(escaped(format_args!("alive after end {step}")))
}

/// One of each kind of fault: memory, an instruction fetch, a slot, a system call, an instruction. For systems in which it
/// does not survive them.
pub fn fault(kind: u64) -> Result<u64, InitError> {
    let nothing = [0; 4];
    let survived = match kind {
        0 => probe::read(0).is_some(),
        1 => probe::write(0, 1),
        2 => probe::execute(0),
        3 => probe::syscall(sel4::sys::SYS_CALL, 1 << 40, 0, nothing).is_some(),
        4 => probe::syscall(sel4::sys::SYS_RECV, 9, 0, nothing).is_some(),
        5 => probe::syscall(0, 0, 0, nothing).is_some(),
        _ => INSTRUCTIONS.iter().filter(|(name, _)| !OPEN.contains(name)).any(|(_, probe)| probe()),
    };
    Err(escaped(format_args!("alive after fault {kind}: {survived}")))
}
