//! The worker: a thread of the root task that makes the kernel's long invocations, so that they can be cut off.
//!
//! The kernel looks for interrupts between the pieces of a large revoke, and of the clearing of memory. What it was
//! asked by the supervisor itself it would go on with at once, since nobody stands above the supervisor. So the worker
//! asks: above the modules for a moment, then below all of them until its next turn. The supervisor's timer ends a turn,
//! and the kernel goes on where it was when the thread runs again.
//!
//! Source: seL4 manual 5.0.0, sections 2.4 (revoke) and 2.4.1 (memory reuse); the kernel's `preemptionPoint`.

use core::sync::atomic::{AtomicU64, Ordering};

use root_task_core::slots::SlotIndex;
use sel4::sys::label;
use sel4::{AbsoluteCPtr, CapRights, IpcBuffer, MessageInfoBuilder, ObjectBlueprint, UserContext, cap};

use crate::arch::{self, BELOW_EXAMINED};
use crate::memory::Memory;
use crate::objects::{Objects, SetUpError};
use crate::scratch;
use crate::thread::{self, Stack};

/// Where its IPC buffer is: behind the registers of console and timer, in the page table of the scratch window.
const BUFFER: usize = scratch::VADDR + 0x3000;
/// Its priority in its turns: above all modules but one that is examined.
const ON_DUTY: u64 = BELOW_EXAMINED - 1;
/// Its priority between them: below all modules.
const OFF_DUTY: u64 = 0;

static STACK: Stack = Stack::new();

/// What is to be asked of the kernel: which capability, the message, and the words that go in registers.
struct Job {
    /// Which job it is; 0 where there is none.
    number: AtomicU64,
    service: AtomicU64,
    info: AtomicU64,
    words: [AtomicU64; 4],
}

/// Written by the supervisor while the worker waits.
static JOB: Job = Job {
    number: AtomicU64::new(0),
    service: AtomicU64::new(0),
    info: AtomicU64::new(0),
    words: [const { AtomicU64::new(0) }; 4],
};

/// The number of the last job that the worker has ended.
static ENDED: AtomicU64 = AtomicU64::new(0);

/// The worker's thread. Its system calls take their words from registers, and what does not fit lies in its own IPC
/// buffer already: it never touches the supervisor's.
extern "C" fn toil(rope: u64, answer: u64) -> ! {
    let word = |word: &AtomicU64| word.load(Ordering::Relaxed);
    loop {
        cap::Notification::from_bits(rope).wait();
        let number = word(&JOB.number);
        if number == 0 {
            continue;
        }
        let [first, second, third, fourth] = &JOB.words;
        // Any capability is invoked by a call to it. What comes of it the supervisor sees when it does the same.
        let service = cap::Endpoint::from_bits(word(&JOB.service));
        let info = sel4::MessageInfo::from_bits(word(&JOB.info));
        service.call_with_mrs(info, [word(first), word(second), word(third), word(fourth)]);
        ENDED.store(number, Ordering::Relaxed);
        cap::Notification::from_bits(answer).signal();
    }
}

/// A long invocation.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Everything that was derived from the capability in this slot.
    Revoke(AbsoluteCPtr),
    /// Clears what was used of an untyped that has no objects: makes one, the smallest, in this slot of the supervisor's.
    /// The next object that is made there, after this one is deleted, finds clean memory.
    Clear(SlotIndex, u64),
}

/// The worker.
pub struct Worker {
    tcb: cap::Tcb,
    rope: cap::Notification,
    answer: cap::Notification,
    start: UserContext,
    /// The number of the job in hand, or of the last one.
    number: u64,
    busy: bool,
    on_duty: bool,
}

impl Worker {
    /// Makes the thread; it signals `answer` after each job.
    ///
    /// # Errors
    /// [`SetUpError`] where the kernel refuses an object: the machine is too small to boot.
    pub fn hire(memory: &mut Memory, answer: cap::Notification) -> Result<Worker, SetUpError> {
        let objects =
            Objects::make(memory, &[ObjectBlueprint::Notification, ObjectBlueprint::Tcb, arch::FRAME])?;
        let (rope, tcb): (cap::Notification, cap::Tcb) = (objects.cap(0), objects.cap(1));
        let buffer: cap::Granule = objects.cap(2);
        let vspace = sel4::init_thread::slot::VSPACE.cap();
        buffer.frame_map(vspace, BUFFER, CapRights::read_write(), arch::DATA)?;
        let arguments = [rope.bits(), answer.bits()];
        let start = thread::prepare(tcb, toil, arguments, &STACK, OFF_DUTY, Some((BUFFER, buffer)))?;
        tcb.tcb_write_all_registers(true, &start)?;
        Ok(Worker { tcb, rope, answer, start, number: 0, busy: false, on_duty: false })
    }

    /// Gives it a job. It has none.
    pub fn give(&mut self, step: Step) {
        let (service, method, words, further) = match step {
            Step::Revoke(slot) => {
                let words = [slot.path().bits(), slot.path().depth() as u64, 0, 0];
                (slot.root().bits(), label::CNODE_REVOKE, words, None)
            }
            Step::Clear(untyped, spare) => {
                let root = sel4::init_thread::slot::CNODE.cap();
                // As `untyped_retype` has them: type and size, where the CNode is from the root, which slot, how many.
                let words = [ObjectBlueprint::Endpoint.ty(), 0, 0, 0];
                let further = ([spare, 1], root.bits());
                (u64::from(untyped.0), label::UNTYPED_RETYPE, words, Some(further))
            }
        };
        let mut info = MessageInfoBuilder::default().label(method).length(2);
        if let Some((words, capability)) = further {
            info = info.length(6).extra_caps(1);
            let buffer = BUFFER as *mut IpcBuffer;
            // SAFETY: the frame was mapped there for good when the worker was hired and is large and aligned enough; the
            // worker waits, so that neither it nor the kernel uses its buffer; any bytes are a valid buffer.
            let buffer = unsafe { &mut *buffer };
            for (register, word) in buffer.msg_regs_mut().iter_mut().skip(4).zip(words) {
                *register = word;
            }
            for (place, capability) in buffer.caps_or_badges_mut().iter_mut().zip([capability]) {
                *place = capability;
            }
        }
        self.number = self.number.wrapping_add(1).max(1);
        JOB.service.store(service, Ordering::Relaxed);
        JOB.info.store(info.build().bits(), Ordering::Relaxed);
        for (place, word) in JOB.words.iter().zip(words) {
            place.store(word, Ordering::Relaxed);
        }
        JOB.number.store(self.number, Ordering::Relaxed);
        self.busy = true;
        self.rope.signal();
    }

    /// Whether it has a job that is not ended.
    pub fn is_busy(&self) -> bool {
        self.busy
    }

    /// Its signal has come. Gives whether the job in hand is ended: the signal can be that of one that was taken back.
    pub fn has_ended(&mut self) -> bool {
        let ended = self.busy && ENDED.load(Ordering::Relaxed) == self.number;
        self.busy &= !ended;
        ended
    }

    /// It works now, before all modules, until it rests.
    pub fn work(&mut self) {
        self.set_priority(true);
    }

    /// All modules come first.
    pub fn rest(&mut self) {
        self.set_priority(false);
    }

    /// Whether it comes before all modules.
    pub fn is_on_duty(&self) -> bool {
        self.on_duty
    }

    fn set_priority(&mut self, on_duty: bool) {
        if self.on_duty != on_duty {
            self.on_duty = on_duty;
            let priority = if on_duty { ON_DUTY } else { OFF_DUTY };
            // Fails only for a capability that is not a thread, which this one is.
            let _ = self.tcb.tcb_set_priority(sel4::init_thread::slot::TCB.cap(), priority);
        }
    }

    /// Takes the job back, wherever it is: what it names may not be there any more.
    pub fn take_back(&mut self) {
        self.rest();
        if core::mem::take(&mut self.busy) {
            JOB.number.store(0, Ordering::Relaxed);
            // As above.
            let _ = self.tcb.tcb_suspend();
            let _ = self.tcb.tcb_write_all_registers(true, &self.start);
        }
    }

    /// Gives its signal once more: it came when it could not be heard.
    pub fn signal_again(&self) {
        self.answer.signal();
    }
}
