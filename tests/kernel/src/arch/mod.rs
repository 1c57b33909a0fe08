//! What differs between the two architectures: tables, the console, and the loop that runs a script.

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(target_arch = "aarch64")]
pub use aarch64::*;
#[cfg(target_arch = "x86_64")]
pub use x86_64::*;

use sel4::{UserContext, Word};

use crate::script::Script;

/// What a thread does before its script.
#[derive(Clone, Copy, Debug)]
pub enum Begin {
    /// Nothing.
    AtOnce,
    /// Fills three floating-point registers with ones that are not zero.
    FillFpu,
    /// Sets the processor's timer to 10 us from now, and starts it.
    #[cfg(target_arch = "aarch64")]
    SetTimer,
    /// Reads the word at this address, and puts it into the first message word of the first step.
    Read(usize),
    /// Sets flags that the kernel has to clear before it does anything, and lets others run, a few times. The address is
    /// the end of a stack.
    #[cfg(target_arch = "x86_64")]
    YieldWithFlags(usize),
    /// Loads ds, es, fs and gs from the page at this address. The second number is the base of fs.
    #[cfg(target_arch = "x86_64")]
    LoadSegments(usize, usize),
    /// Makes the first step of its script, and then puts what it finds in ds, es, fs and gs, and by the bases of fs and
    /// gs, into the page at this address. The second number is the base of fs.
    #[cfg(target_arch = "x86_64")]
    ReadSegments(usize, usize),
    /// Keeps the processor, for ever.
    #[cfg(target_arch = "x86_64")]
    Spin,
    /// Executes what stands at this address, with the address of its script's loop in x20.
    #[cfg(target_arch = "aarch64")]
    Execute(usize),
}

/// The registers of a thread that is about to run a script.
pub fn registers(begin: Begin, script: Script) -> UserContext {
    let (entry, address) = match begin {
        Begin::AtOnce => ((&raw const SCRIPT).addr(), 0),
        Begin::FillFpu => ((&raw const FILL_FPU).addr(), 0),
        #[cfg(target_arch = "aarch64")]
        Begin::SetTimer => ((&raw const SET_TIMER).addr(), 0),
        #[cfg(target_arch = "x86_64")]
        Begin::YieldWithFlags(stack) => ((&raw const YIELD_WITH_FLAGS).addr(), stack),
        #[cfg(target_arch = "x86_64")]
        Begin::LoadSegments(page, _) => ((&raw const LOAD_SEGMENTS).addr(), page),
        #[cfg(target_arch = "x86_64")]
        Begin::ReadSegments(page, _) => ((&raw const READ_SEGMENTS).addr(), page),
        #[cfg(target_arch = "x86_64")]
        Begin::Spin => ((&raw const SPIN).addr(), 0),
        Begin::Read(address) => ((&raw const READ).addr(), address),
        #[cfg(target_arch = "aarch64")]
        Begin::Execute(address) => (address, (&raw const SCRIPT).addr()),
    };
    let mut registers = UserContext::default();
    *registers.pc_mut() = entry as Word;
    set_arguments(&mut registers, script.vaddr() as Word, address as Word);
    #[cfg(target_arch = "x86_64")]
    if let Begin::LoadSegments(_, base) | Begin::ReadSegments(_, base) = begin {
        set_fs_base(&mut registers, base as Word);
    }
    registers
}

// The loops of the architecture's file; only their addresses are taken.
unsafe extern "C" {
    #[link_name = "kernel_test_script"]
    static SCRIPT: u8;
    #[link_name = "kernel_test_fill_fpu"]
    static FILL_FPU: u8;
    #[cfg(target_arch = "aarch64")]
    #[link_name = "kernel_test_set_timer"]
    static SET_TIMER: u8;
    #[cfg(target_arch = "x86_64")]
    #[link_name = "kernel_test_yield_with_flags"]
    static YIELD_WITH_FLAGS: u8;
    #[cfg(target_arch = "x86_64")]
    #[link_name = "kernel_test_load_segments"]
    static LOAD_SEGMENTS: u8;
    #[cfg(target_arch = "x86_64")]
    #[link_name = "kernel_test_read_segments"]
    static READ_SEGMENTS: u8;
    #[cfg(target_arch = "x86_64")]
    #[link_name = "kernel_test_spin"]
    static SPIN: u8;
    #[link_name = "kernel_test_read"]
    static READ: u8;
}

/// Nothing comes after the mark; QEMU is ended from outside.
pub fn stop() -> ! {
    loop {
        sel4::r#yield();
    }
}
