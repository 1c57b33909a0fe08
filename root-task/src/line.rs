//! The host's serial line: bytes that came, replies that go as far as there is room.
//!
//! It is the supervisor's own, at the supervisor's priority: no module can hold it up, and none dies with it. It cannot hold
//! the supervisor up either: a turn reads a bounded number of bytes, and what the other side does not take is left out.

use heapless::Vec;
use ipc_proto::push::frame::{self, Frames, MAX_FRAME};
use ipc_proto::push::{Reply, Request};
use sel4::{BootInfoPtr, cap};

use crate::arch;
use crate::memory::Memory;
use crate::objects::SetUpError;

/// How many bytes are read in a turn, at most. On x86_64 each takes two system calls, some 1,000 instructions.
pub const TURN: usize = 128;

/// The line.
pub struct Line {
    uart: serial::Line,
    irq: cap::IrqHandler,
    /// What the interrupt signals.
    heard: cap::Notification,
    frames: Frames,
    /// What the device had no room for yet.
    rest: Vec<u8, { MAX_FRAME + 1 }>,
}

impl Line {
    /// Opens the device; its interrupt signals `heard`. `None` where the machine has none.
    ///
    /// # Errors
    /// [`SetUpError`] where the kernel does not offer it.
    pub fn open(
        bootinfo: &BootInfoPtr,
        memory: &mut Memory,
        heard: cap::Notification,
    ) -> Result<Option<Line>, SetUpError> {
        let Some((mut uart, irq)) = arch::open_line(bootinfo, memory)? else { return Ok(None) };
        irq.irq_handler_set_notification(heard)?;
        if !uart.set_up() {
            return Ok(None);
        }
        irq.irq_handler_ack()?;
        Ok(Some(Line { uart, irq, heard, frames: Frames::new(), rest: Vec::new() }))
    }

    /// Reads what has come, but not more than a turn's bytes; gives how many.
    pub fn read(&mut self, bytes: &mut [u8; TURN]) -> usize {
        self.flush();
        self.uart.read(bytes)
    }

    /// Takes a byte that was read; gives the request that ends with it. What is no frame is passed over: the tool repeats
    /// what is not answered.
    pub fn take(&mut self, byte: u8) -> Option<Request> {
        self.frames.take(byte)?.ok()
    }

    /// Gives its signal once more: it came when it could not be heard.
    pub fn signal_again(&self) {
        self.heard.signal();
    }

    /// All was read: the next byte signals. `false` where one has come meanwhile, which may not have: a PC's interrupt is an
    /// edge, and one that comes before this is lost (Intel 82093AA, section 3.2.4).
    pub fn listen(&mut self) -> bool {
        // Fails only where the capability is none.
        let _ = self.irq.irq_handler_ack();
        !self.uart.has_byte()
    }

    /// Sends a reply. Where the other side has not taken the last one yet, it is left out: the tool asks again.
    pub fn send(&mut self, reply: &Reply) {
        self.flush();
        if !self.rest.is_empty() {
            return;
        }
        let mut buffer = [0; MAX_FRAME];
        if let Ok(frame) = frame::encode(reply, &mut buffer) {
            // The zero ends whatever the tool has read before it listened. There is room for both.
            let _ = self.rest.push(0);
            let _ = self.rest.extend_from_slice(frame);
        }
        self.flush();
    }

    fn flush(&mut self) {
        let sent = self.uart.write(&self.rest);
        let left = self.rest.len().saturating_sub(sent);
        self.rest.rotate_left(sent);
        self.rest.truncate(left);
    }
}
