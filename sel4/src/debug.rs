//! Debug system calls, which a debug kernel has and a release kernel does not, and printing through them.

use core::fmt;

#[cfg(sel4_debug_syscalls)]
pub use calls::{debug_cap_identify, debug_halt, debug_name_thread, debug_put_char, debug_snapshot};

#[cfg(sel4_debug_syscalls)]
mod calls {
    use crate::{CPtr, Word, arch, cap, sys, with_ipc_buffer_mut};

    /// Prints a character on the kernel's serial line.
    pub fn debug_put_char(character: u8) {
        let _ = arch::send_recv(sys::SYS_DEBUG_PUT_CHAR, Word::from(character), 0, [0; 4]);
    }

    /// Halts the machine.
    pub fn debug_halt() {
        arch::null(sys::SYS_DEBUG_HALT);
    }

    /// Has the kernel print a description of the capability spaces.
    pub fn debug_snapshot() {
        arch::null(sys::SYS_DEBUG_SNAPSHOT);
    }

    /// The kernel's number of the type of the capability at this address; 0 for an empty slot.
    #[must_use]
    pub fn debug_cap_identify(cptr: CPtr) -> Word {
        let (ty, _, _) = arch::send_recv(sys::SYS_DEBUG_CAP_IDENTIFY, cptr.bits(), 0, [0; 4]);
        ty
    }

    /// Gives a thread a name for the kernel's messages; the first bytes of it. Anything but a thread's capability
    /// halts the machine.
    pub fn debug_name_thread(tcb: cap::Tcb, name: &[u8]) {
        /// What the kernel has room for in every version.
        const LONGEST: usize = 63;
        with_ipc_buffer_mut(|buffer| {
            let bytes = buffer.msg_bytes_mut();
            let mut end = 0_usize;
            for (byte, character) in bytes.iter_mut().zip(name.iter().take(LONGEST)) {
                *byte = *character;
                end = end.saturating_add(1);
            }
            if let Some(byte) = bytes.get_mut(end) {
                *byte = 0;
            }
        });
        let _ = arch::send_recv(sys::SYS_DEBUG_NAME_THREAD, tcb.bits(), 0, [0; 4]);
    }
}

/// Prints on the kernel's serial line; on a release kernel, nowhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct DebugWrite;

impl fmt::Write for DebugWrite {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        #[cfg(sel4_debug_syscalls)]
        text.bytes().for_each(debug_put_char);
        #[cfg(not(sel4_debug_syscalls))]
        let _ = text;
        Ok(())
    }
}

/// Prints on the kernel's serial line; on a release kernel, nowhere. The arguments are evaluated in any case.
#[macro_export]
macro_rules! debug_print {
    ($($arg:tt)*) => {{
        let _ = ::core::fmt::Write::write_fmt(&mut $crate::DebugWrite, ::core::format_args!($($arg)*));
    }};
}

/// [`debug_print!`] with the end of the line.
#[macro_export]
macro_rules! debug_println {
    () => { $crate::debug_print!("\n") };
    ($($arg:tt)*) => { $crate::debug_print!("{}\n", ::core::format_args!($($arg)*)) };
}
