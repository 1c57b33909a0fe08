//! What differs between the two architectures, for the root task: page tables, devices, registers.

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "x86_64")]
mod x86_64;

use sel4::{AbsoluteCPtr, CPtr, Cap, CapType, UserContext};

use crate::memory::Memory;
use crate::objects::{Objects, SetUpError};
use crate::scratch;

#[cfg(target_arch = "aarch64")]
pub use aarch64::*;
#[cfg(target_arch = "x86_64")]
pub use x86_64::*;

/// The priority of the supervisor: the highest, which the kernel gives its first thread.
pub const SUPERVISOR_PRIORITY: u64 = 255;
/// The priority of a module that is examined, for a moment.
pub const EXAMINED_PRIORITY: u64 = SUPERVISOR_PRIORITY - 1;
/// The priority of the bell that is heard as soon as such a module lets go of the processor.
pub const BELOW_EXAMINED: u64 = EXAMINED_PRIORITY - 1;

/// A slot of the supervisor's own CSpace.
pub fn slot(number: u64) -> AbsoluteCPtr {
    sel4::init_thread::slot::CNODE.cap().absolute_cptr(CPtr::from_bits(number))
}

/// The slot that holds a capability of the supervisor's.
pub fn root_slot<T: CapType>(cap: Cap<T>) -> AbsoluteCPtr {
    slot(cap.bits())
}

/// Makes the page table that holds the scratch window and the console's registers.
///
/// # Errors
/// [`SetUpError`]; boot ends there.
pub fn map_scratch_table(memory: &mut Memory) -> Result<(), SetUpError> {
    let [.., table] = TABLES;
    let objects = Objects::make(memory, &[table])?;
    let vspace = sel4::init_thread::slot::VSPACE.cap();
    Ok(map_page_table(objects.slot(0), vspace, scratch::VADDR)?)
}

/// Stops the root task for good: nobody ever signals the null capability's object, since there is none.
pub fn stop() -> ! {
    loop {
        sel4::r#yield();
    }
}

/// Sets the first three arguments of a C function.
pub fn set_arguments(registers: &mut UserContext, [first, second, third]: [u64; 3]) {
    *registers.c_param_mut(0) = first;
    *registers.c_param_mut(1) = second;
    *registers.c_param_mut(2) = third;
}
