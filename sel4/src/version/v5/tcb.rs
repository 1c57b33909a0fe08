//! Configuring threads on seL4 5.0.0: priorities are set by the caller's own authority.

use crate::{CNodeCapData, CPtr, Error, Result, Word, cap, sys};

/// A priority in the type in which invocations pass it.
fn priority_for_kernel(priority: Word) -> Result<u8> {
    u8::try_from(priority).map_err(|_| Error::RangeError)
}

/// Priority and maximum controlled priority in one word.
const fn prio_props(mcp: u8, priority: u8) -> Word {
    (mcp as Word).wrapping_shl(sys::PRIO_PROPS_MCP.trailing_zeros())
        | (priority as Word).wrapping_shl(sys::PRIO_PROPS_PRIO.trailing_zeros())
}

impl cap::Tcb {
    /// Sets the thread's fault endpoint (an address in its own capability space), its two spaces, and its IPC
    /// buffer: the address there, and the page that it lies in. Its priorities stay.
    ///
    /// Manual: section "Threads", and API reference, `tcb_configure`.
    ///
    /// On 5.0.0, where `TCB_Configure` also sets priorities, these are two invocations:
    /// [`tcb_configure_with_priority`](Self::tcb_configure_with_priority) is one.
    ///
    /// # Errors
    /// Those of [`tcb_set_space`](Self::tcb_set_space) and [`tcb_set_ipc_buffer`](Self::tcb_set_ipc_buffer).
    pub fn tcb_configure(
        self,
        fault_ep: CPtr,
        cspace_root: cap::CNode,
        cspace_root_data: CNodeCapData,
        vspace_root: cap::VSpace,
        ipc_buffer: Word,
        ipc_buffer_frame: cap::Granule,
    ) -> Result<()> {
        self.tcb_set_space(fault_ep, cspace_root, cspace_root_data, vspace_root)?;
        self.tcb_set_ipc_buffer(ipc_buffer, ipc_buffer_frame)
    }

    /// [`tcb_configure`](Self::tcb_configure) and [`tcb_set_sched_params`](Self::tcb_set_sched_params) together, in
    /// as few invocations as the kernel allows: one.
    ///
    /// # Errors
    /// Those of both.
    #[expect(clippy::too_many_arguments, reason = "it is everything that a thread needs before it can run")]
    pub fn tcb_configure_with_priority(
        self,
        fault_ep: CPtr,
        cspace_root: cap::CNode,
        cspace_root_data: CNodeCapData,
        vspace_root: cap::VSpace,
        ipc_buffer: Word,
        ipc_buffer_frame: cap::Granule,
        _authority: cap::Tcb,
        mcp: Word,
        priority: Word,
    ) -> Result<()> {
        sys::tcb_configure(
            self.cptr(),
            fault_ep.bits(),
            prio_props(priority_for_kernel(mcp)?, priority_for_kernel(priority)?),
            cspace_root.cptr(),
            cspace_root_data.into_word(),
            vspace_root.cptr(),
            0,
            ipc_buffer,
            ipc_buffer_frame.cptr(),
        )
    }

    /// Sets the thread's priority, 0 to 255; the highest runs first. `authority` is a thread whose maximum
    /// controlled priority must be at least as high: 5.0.0 ignores it and takes the caller's own.
    ///
    /// Manual: section "Scheduling", and API reference, `tcb_setpriority`.
    ///
    /// # Errors
    /// [`RangeError`](Error::RangeError): above 255, or above the authority's maximum controlled priority
    /// ([`IllegalOperation`](Error::IllegalOperation) on some versions).
    pub fn tcb_set_priority(self, _authority: cap::Tcb, priority: Word) -> Result<()> {
        sys::tcb_set_priority(self.cptr(), priority_for_kernel(priority)?)
    }

    /// Sets the highest priority, 0 to 255, that the thread may give to others. `authority` is as in
    /// [`tcb_set_priority`](Self::tcb_set_priority).
    ///
    /// Manual: section "Scheduling", and API reference, `tcb_setmcpriority`.
    ///
    /// # Errors
    /// Those of [`tcb_set_priority`](Self::tcb_set_priority).
    pub fn tcb_set_mc_priority(self, _authority: cap::Tcb, mcp: Word) -> Result<()> {
        sys::tcb_set_mc_priority(self.cptr(), priority_for_kernel(mcp)?)
    }

    /// Sets both priorities. Where the second fails the first is set already.
    ///
    /// # Errors
    /// Those of [`tcb_set_priority`](Self::tcb_set_priority).
    pub fn tcb_set_sched_params(self, authority: cap::Tcb, mcp: Word, priority: Word) -> Result<()> {
        self.tcb_set_mc_priority(authority, mcp)?;
        self.tcb_set_priority(authority, priority)
    }
}
