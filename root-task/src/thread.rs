//! The root task's further threads, bell and worker: each runs one small function, in the root task's own spaces.

use core::cell::UnsafeCell;

use sel4::{CNodeCapData, CPtr, UserContext, cap};

use crate::arch;
use crate::objects::SetUpError;

const STACK_BYTES: usize = 2048;

/// The stack of one of them.
#[repr(C, align(16))]
pub struct Stack(UnsafeCell<[u8; STACK_BYTES]>);

// SAFETY: only the thread that was prepared with it ever uses it.
unsafe impl Sync for Stack {}

impl Stack {
    /// An unused one.
    pub const fn new() -> Stack {
        Stack(UnsafeCell::new([0; STACK_BYTES]))
    }
}

/// Gives a thread everything but its start: `runs`, with these arguments, on a stack that is no other thread's, with a
/// priority and, where it needs one, an IPC buffer and the address at which that is mapped. Gives the registers that it
/// starts with.
///
/// # Errors
/// [`SetUpError`] where the kernel refuses.
pub fn prepare(
    thread: cap::Tcb,
    runs: extern "C" fn(u64, u64) -> !,
    arguments: [u64; 2],
    stack: &'static Stack,
    priority: u64,
    buffer: Option<(usize, cap::Granule)>,
) -> Result<UserContext, SetUpError> {
    let (root, vspace) = (sel4::init_thread::slot::CNODE.cap(), sel4::init_thread::slot::VSPACE.cap());
    let (at, buffer) = buffer.unwrap_or((0, cap::Granule::from_bits(0)));
    thread.tcb_configure(CPtr::from_bits(0), root, CNodeCapData::new(0, 0), vspace, at as u64, buffer)?;
    thread.tcb_set_sched_params(sel4::init_thread::slot::TCB.cap(), 0, priority)?;
    let mut registers = UserContext::default();
    *registers.pc_mut() = (runs as *const ()).addr() as u64;
    *registers.sp_mut() = arch::stack_top(stack.0.get().addr().saturating_add(STACK_BYTES) as u64);
    let [first, second] = arguments;
    arch::set_arguments(&mut registers, [first, second, 0]);
    Ok(registers)
}
