//! Threads: their registers, spaces, and whether they run. Configuring and priorities are in `version`.

use crate::{CNodeCapData, CPtr, Result, UserContext, Word, cap, sys};

impl cap::Tcb {
    /// Reads the first `count` registers (the others are 0), and suspends the thread first where `suspend` says so.
    ///
    /// Manual: section "Reading/Writing Registers", and API reference, `tcb_readregisters`.
    ///
    /// # Errors
    /// [`IllegalOperation`](crate::Error::IllegalOperation): the thread is the caller itself.
    /// [`RangeError`](crate::Error::RangeError): `count` is 0 or more than there are.
    pub fn tcb_read_registers(self, suspend: bool, count: Word) -> Result<UserContext> {
        sys::tcb_read_registers(self.cptr(), suspend, 0, count)
    }

    /// Reads all registers.
    ///
    /// # Errors
    /// Those of [`tcb_read_registers`](Self::tcb_read_registers).
    pub fn tcb_read_all_registers(self, suspend: bool) -> Result<UserContext> {
        self.tcb_read_registers(suspend, UserContext::WORDS as Word)
    }

    /// Writes the first `count` registers, and resumes the thread where `resume` says so.
    ///
    /// Manual: section "Reading/Writing Registers", and API reference, `tcb_writeregisters`.
    ///
    /// # Errors
    /// [`IllegalOperation`](crate::Error::IllegalOperation): the thread is the caller itself.
    pub fn tcb_write_registers(self, resume: bool, count: Word, regs: &UserContext) -> Result<()> {
        sys::tcb_write_registers(self.cptr(), resume, 0, count, regs)
    }

    /// Writes all registers.
    ///
    /// # Errors
    /// Those of [`tcb_write_registers`](Self::tcb_write_registers).
    pub fn tcb_write_all_registers(self, resume: bool, regs: &UserContext) -> Result<()> {
        self.tcb_write_registers(resume, UserContext::WORDS as Word, regs)
    }

    /// Copies registers of `source` into this thread: those that a system call changes (`frame`), the others
    /// (`integer`).
    ///
    /// Manual: section "Thread Deactivation", and API reference, `tcb_copyregisters`.
    ///
    /// # Errors
    /// [`InvalidCapability`](crate::Error::InvalidCapability): `source` is not a thread.
    pub fn tcb_copy_registers(
        self,
        source: Self,
        suspend_source: bool,
        resume_target: bool,
        frame: bool,
        integer: bool,
    ) -> Result<()> {
        sys::tcb_copy_registers(self.cptr(), source.cptr(), suspend_source, resume_target, frame, integer, 0)
    }

    /// Stops the thread. A system call that it is in is taken back, and made again when it is resumed: wake a
    /// stopped thread by writing its registers where that would do harm.
    ///
    /// Manual: section "Thread Deactivation", and API reference, `tcb_suspend`.
    ///
    /// # Errors
    /// None that the thread causes.
    pub fn tcb_suspend(self) -> Result<()> {
        sys::tcb_suspend(self.cptr())
    }

    /// Lets the thread run. One that is already running goes on.
    ///
    /// Manual: section "Thread Deactivation", and API reference, `tcb_resume`.
    ///
    /// # Errors
    /// None that the thread causes.
    pub fn tcb_resume(self) -> Result<()> {
        sys::tcb_resume(self.cptr())
    }

    /// Sets where the thread's faults go (an address in its own capability space), and its two spaces.
    ///
    /// Manual: section "Threads", and API reference, `tcb_setspace`.
    ///
    /// # Errors
    /// [`IllegalOperation`](crate::Error::IllegalOperation): the first is not a CNode, the second not the root of
    /// an address space that has an identifier, or one of the thread's present ones is being deleted.
    pub fn tcb_set_space(
        self,
        fault_ep: CPtr,
        cspace_root: cap::CNode,
        cspace_root_data: CNodeCapData,
        vspace_root: cap::VSpace,
    ) -> Result<()> {
        sys::tcb_set_space(
            self.cptr(),
            fault_ep.bits(),
            cspace_root.cptr(),
            cspace_root_data.into_word(),
            vspace_root.cptr(),
            0,
        )
    }

    /// Sets where the thread's IPC buffer is: its address there, and the page that it lies in.
    ///
    /// Manual: section "Threads", and API reference, `tcb_setipcbuffer`.
    ///
    /// # Errors
    /// [`AlignmentError`](crate::Error::AlignmentError): the address is not a multiple of the buffer's size.
    /// [`IllegalOperation`](crate::Error::IllegalOperation): not a page, or memory of a device.
    pub fn tcb_set_ipc_buffer(self, address: Word, frame: cap::Granule) -> Result<()> {
        sys::tcb_set_ipc_buffer(self.cptr(), address, frame.cptr())
    }

    /// Lets a notification wake this thread while it waits for messages.
    ///
    /// Manual: section "Binding Notifications", and API reference, `tcb_bindnotification`.
    ///
    /// # Errors
    /// [`IllegalOperation`](crate::Error::IllegalOperation): one of the two is bound already, the notification has
    /// somebody waiting, or the capability has not the right to read.
    pub fn tcb_bind_notification(self, notification: cap::Notification) -> Result<()> {
        sys::tcb_bind_notification(self.cptr(), notification.cptr())
    }

    /// Takes the bound notification away again.
    ///
    /// Manual: section "Binding Notifications", and API reference, `tcb_unbindnotification`.
    ///
    /// # Errors
    /// [`IllegalOperation`](crate::Error::IllegalOperation): none is bound.
    pub fn tcb_unbind_notification(self) -> Result<()> {
        sys::tcb_unbind_notification(self.cptr())
    }
}
