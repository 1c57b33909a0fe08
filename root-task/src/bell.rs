//! The bell: how the supervisor lets others run before it goes on with work that can wait.
//!
//! The supervisor stands above every module, so nobody runs while it works. A caller that was answered at a server's
//! death should run before the dead domain is reaped. So the supervisor rings the bell instead of going on: a thread
//! at the modules' priority that does nothing but signal back. It joins the end of their queue, behind everybody who
//! is ready, and its signal brings the supervisor back. A second one, whose priority changes, says whether anybody who
//! stands above it runs.

use sel4::{ObjectBlueprint, cap};

use crate::memory::Memory;
use crate::objects::{Objects, SetUpError};
use crate::thread::{self, Stack};

/// Rings the bell, and remembers whether it is still ringing.
pub struct Bell {
    tcb: cap::Tcb,
    rope: cap::Notification,
    answer: cap::Notification,
    ringing: bool,
}

/// The bell's thread. Makes no other system calls, and never touches the IPC buffer, which is the supervisor's.
extern "C" fn toll(rope: u64, answer: u64) -> ! {
    loop {
        cap::Notification::from_bits(rope).wait();
        // The kernel puts a thread that was woken in front of its queue; this one belongs behind all others.
        sel4::r#yield();
        cap::Notification::from_bits(answer).signal();
    }
}

impl Bell {
    /// Makes the thread, on a stack that is no other's; it signals `answer`.
    ///
    /// # Errors
    /// [`SetUpError`] where the kernel refuses an object: the machine is too small to boot.
    pub fn hang(
        memory: &mut Memory,
        answer: cap::Notification,
        stack: &'static Stack,
        priority: u64,
    ) -> Result<Bell, SetUpError> {
        let objects = Objects::make(memory, &[ObjectBlueprint::Notification, ObjectBlueprint::Tcb])?;
        let rope: cap::Notification = objects.cap(0);
        let tcb: cap::Tcb = objects.cap(1);
        let arguments = [rope.bits(), answer.bits()];
        let registers = thread::prepare(tcb, toll, arguments, stack, priority, None)?;
        tcb.tcb_write_all_registers(true, &registers)?;
        Ok(Bell { tcb, rope, answer, ringing: false })
    }

    /// Rings. More than once before the answer is the same as once.
    pub fn ring(&mut self) {
        if !self.ringing {
            self.ringing = true;
            self.rope.signal();
        }
    }

    /// Gives its answer once more: it came when it could not be heard.
    pub fn answer(&self) {
        self.answer.signal();
    }

    /// Whether it has not answered yet.
    pub fn is_ringing(&self) -> bool {
        self.ringing
    }

    /// It rings behind those of this priority from now on, also where it is ringing already.
    pub fn hang_at(&self, priority: u64) {
        // Fails only for a capability that is not a thread, which this one is.
        let _ = self.tcb.tcb_set_priority(sel4::init_thread::slot::TCB.cap(), priority);
    }

    /// Its answer has come.
    pub fn rang(&mut self) {
        self.ringing = false;
    }
}
