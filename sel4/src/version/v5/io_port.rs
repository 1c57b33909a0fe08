//! I/O ports on seL4 5.0.0: one capability to all of them, from which narrower ones are minted.

use crate::{AbsoluteCPtr, CapRights, Error, Result, Word, cap, init_thread};

impl cap::IOPortControl {
    /// Makes a capability to the ports `first_port` to `last_port`, both included, in the empty slot `dst`. Only the
    /// first thread can: on 5.0.0 it is minted from a slot of the first thread's CNode.
    ///
    /// Manual: section "I/O Ports".
    ///
    /// Beware: on 5.0.0 without our patch a copy that was passed on survives the revoke of the one made here.
    ///
    /// # Errors
    /// [`RangeError`](Error::RangeError): above 65535. [`DeleteFirst`](Error::DeleteFirst): the slot is full.
    pub fn ioport_control_issue(self, first_port: Word, last_port: Word, dst: &AbsoluteCPtr) -> Result<()> {
        let (first, last) = (port(first_port)?, port(last_port)?);
        let source = init_thread::slot::CNODE.cap().absolute_cptr(self);
        dst.mint(&source, CapRights::all(), (Word::from(first) << u16::BITS) | Word::from(last))
    }
}

fn port(number: Word) -> Result<u16> {
    u16::try_from(number).map_err(|_| Error::RangeError)
}
