//! The IPC buffer: the page that this program shares with the kernel for messages that registers do not hold.

use core::mem::{offset_of, size_of};
use core::ptr;
use core::slice;
use core::sync::atomic::{AtomicPtr, Ordering};

use crate::{AbsoluteCPtr, CPtr, CPtrWithDepth, Word, sys};

/// The IPC buffer.
///
/// Manual: chapter on message passing, table "Fields of the IPC buffer".
#[derive(Debug)]
#[repr(C)]
pub struct IpcBuffer {
    tag: Word,
    msg: [Word; sys::MSG_MAX_LENGTH],
    user_data: Word,
    caps_or_badges: [Word; sys::MSG_MAX_EXTRA_CAPS],
    receive_cnode: Word,
    receive_index: Word,
    receive_depth: Word,
}

// The kernel's layout is what its headers say; a kernel that moves a field stops the build here.
const _: () = assert!(
    size_of::<IpcBuffer>() == sys::IPC_BUFFER_SIZE
        && offset_of!(IpcBuffer, msg) == sys::IPC_BUFFER_MSG
        && offset_of!(IpcBuffer, user_data) == sys::IPC_BUFFER_USER_DATA
        && offset_of!(IpcBuffer, caps_or_badges) == sys::IPC_BUFFER_CAPS_OR_BADGES
        && offset_of!(IpcBuffer, receive_cnode) == sys::IPC_BUFFER_RECEIVE_CNODE
        && offset_of!(IpcBuffer, receive_index) == sys::IPC_BUFFER_RECEIVE_INDEX
        && offset_of!(IpcBuffer, receive_depth) == sys::IPC_BUFFER_RECEIVE_DEPTH
);

impl IpcBuffer {
    /// The message registers. What a message did not write is what was there before.
    #[must_use]
    #[inline(always)]
    pub const fn msg_regs(&self) -> &[Word; sys::MSG_MAX_LENGTH] {
        &self.msg
    }

    /// The message registers, to be written.
    #[inline(always)]
    pub const fn msg_regs_mut(&mut self) -> &mut [Word; sys::MSG_MAX_LENGTH] {
        &mut self.msg
    }

    /// The message registers as bytes, in the machine's order.
    #[must_use]
    pub const fn msg_bytes(&self) -> &[u8] {
        // SAFETY: these are exactly the bytes of the array, which lives as long as the result; any byte is a
        // valid u8.
        unsafe {
            slice::from_raw_parts(ptr::from_ref(&self.msg).cast(), size_of::<[Word; sys::MSG_MAX_LENGTH]>())
        }
    }

    /// The message registers as bytes, to be written.
    pub const fn msg_bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: these are exactly the bytes of the array, borrowed for as long as the result; any byte is a
        // valid u8, and any eight bytes are a valid word.
        unsafe {
            slice::from_raw_parts_mut(
                ptr::from_mut(&mut self.msg).cast(),
                size_of::<[Word; sys::MSG_MAX_LENGTH]>(),
            )
        }
    }

    /// The word that the kernel leaves to the program.
    #[must_use]
    pub const fn user_data(&self) -> Word {
        self.user_data
    }

    /// Sets the word that the kernel leaves to the program.
    pub const fn set_user_data(&mut self, data: Word) {
        self.user_data = data;
    }

    /// The badges of capabilities that arrived unwrapped, see [`caps_unwrapped`](crate::MessageInfo::caps_unwrapped).
    #[must_use]
    pub const fn caps_or_badges(&self) -> &[Word; sys::MSG_MAX_EXTRA_CAPS] {
        &self.caps_or_badges
    }

    /// The addresses of the capabilities to send, as many as [`extra_caps`](crate::MessageInfo::extra_caps) says.
    pub const fn caps_or_badges_mut(&mut self) -> &mut [Word; sys::MSG_MAX_EXTRA_CAPS] {
        &mut self.caps_or_badges
    }

    /// The slot in which a capability that comes with a message is put.
    #[must_use]
    pub const fn recv_slot(&self) -> AbsoluteCPtr {
        AbsoluteCPtr::new(
            CPtr::from_bits(self.receive_cnode).cast(),
            CPtrWithDepth::from_bits_with_depth(self.receive_index, self.receive_depth as usize),
        )
    }

    /// Sets the slot in which a capability that comes with a message is put. One that is full is left alone and
    /// the capability is lost.
    pub const fn set_recv_slot(&mut self, slot: &AbsoluteCPtr) {
        self.receive_cnode = slot.root().bits();
        self.receive_index = slot.path().bits();
        self.receive_depth = slot.path().depth() as Word;
    }

    /// Takes no capabilities any more: names a slot that does not exist.
    pub const fn close_recv_slot(&mut self) {
        self.receive_cnode = 0;
        self.receive_index = 0;
        self.receive_depth = 0;
    }
}

/// The buffer of this program's only thread; null before it is set and while it is lent out.
static IPC_BUFFER: AtomicPtr<IpcBuffer> = AtomicPtr::new(ptr::null_mut());
/// The same buffer, whether it is lent out or not; null before it is set.
static OWN: AtomicPtr<IpcBuffer> = AtomicPtr::new(ptr::null_mut());

/// Says where this program's IPC buffer is. Called once, before anything that needs it.
pub fn set_ipc_buffer(ipc_buffer: &'static mut IpcBuffer) {
    let pointer = ptr::from_mut(ipc_buffer);
    OWN.store(pointer, Ordering::Relaxed);
    IPC_BUFFER.store(pointer, Ordering::Relaxed);
}

/// Takes the IPC buffer back from whoever has it, for a program that is at its end and has one thing left to say: a panic
/// can come while it is lent out.
///
/// # Safety
/// Nobody to whom it is lent now goes on after this.
pub unsafe fn take_ipc_buffer_back() {
    IPC_BUFFER.store(OWN.load(Ordering::Relaxed), Ordering::Relaxed);
}

/// Gives `f` the IPC buffer to read. System calls in `f` would change it underneath: make none.
///
/// # Panics
/// Where the buffer was never set, or within another call of this kind: both are mistakes of this program.
#[inline(always)]
pub fn with_ipc_buffer<T>(f: impl FnOnce(&IpcBuffer) -> T) -> T {
    with_ipc_buffer_mut(|ipc_buffer| f(ipc_buffer))
}

/// Gives `f` the IPC buffer to write. System calls in `f` would change it underneath: make none.
///
/// # Panics
/// Where the buffer was never set, or within another call of this kind: both are mistakes of this program.
#[inline(always)]
pub fn with_ipc_buffer_mut<T>(f: impl FnOnce(&mut IpcBuffer) -> T) -> T {
    let pointer = IPC_BUFFER.load(Ordering::Relaxed);
    if pointer.is_null() {
        no_ipc_buffer();
    }
    // While it is lent out nobody else gets it: neither a nested call, nor an invocation made within `f`.
    IPC_BUFFER.store(ptr::null_mut(), Ordering::Relaxed);
    // SAFETY: the pointer came from a `&'static mut` in `set_ipc_buffer` and is lent to nobody else. The kernel
    // writes behind it only during system calls, which read and write memory as far as the compiler knows.
    let result = f(unsafe { &mut *pointer });
    IPC_BUFFER.store(pointer, Ordering::Relaxed);
    result
}

/// Whether there is a buffer to write an error's words to.
#[inline(always)]
pub(crate) fn is_set() -> bool {
    !IPC_BUFFER.load(Ordering::Relaxed).is_null()
}

#[cold]
#[inline(never)]
#[expect(clippy::panic, reason = "only a mistake of this program leads here, none of anybody else")]
fn no_ipc_buffer() -> ! {
    panic!("the IPC buffer is not set (sel4::set_ipc_buffer), or is used within with_ipc_buffer")
}
