//! What a program can try, whatever becomes of it: any system call, any address, any instruction.
//!
//! Each probe says where the program goes on if it faults, in the register where the supervisor looks for that (see
//! `survive_faults` in a system's manifest). A program that may not survive its faults ends with the first.
#![no_std]

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(target_arch = "aarch64")]
use aarch64 as arch;
#[cfg(target_arch = "x86_64")]
use x86_64 as arch;

pub use arch::{INSTRUCTIONS, execute, instruction, read, syscall, write};

/// What a system call gave back: the capability register, message information, and the message. Nothing where it
/// faulted.
pub type Returned = Option<(u64, u64, [u64; 4])>;

/// What can be executed by address alone: a page of the program's own data that holds a return instruction.
pub fn executes_own_data() -> bool {
    static DATA: arch::Code = arch::Code::RETURN;
    execute(DATA.address())
}

/// Whether the program can write to its own code. Tries to write what is there already.
pub fn writes_own_code() -> bool {
    let code = (executes_own_data as *const ()).addr() & !7;
    read(code).is_some_and(|word| write(code, word))
}

/// Where the program's image ends.
pub fn image_end() -> usize {
    unsafe extern "C" {
        static _end: u8;
    }
    (&raw const _end).addr()
}

/// Uses up the stack, without an end; the supervisor's word is the only thing that stops it.
pub fn overflow_stack() -> u64 {
    #[inline(never)]
    fn deeper(depth: u64) -> u64 {
        let frame = core::hint::black_box([depth; 32]);
        if depth == u64::MAX {
            return 0;
        }
        let below = deeper(depth.wrapping_add(1));
        frame.iter().fold(below, |sum, word| sum.wrapping_add(*word))
    }
    deeper(0)
}
