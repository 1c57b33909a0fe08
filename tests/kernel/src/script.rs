//! Threads whose whole program is a list of system calls: no stack, no Rust, no floating-point registers.
//!
//! A script is a page of steps, eight words each: number, capability, message information, four message words. The
//! loop in `arch` loads a step, makes the call, writes what came back into the same words, and goes to the next.

use sel4::sys::{SYS_CALL, SYS_RECV, SYS_SEND};
use sel4::{Cap, CapType, MessageInfo, MessageInfoBuilder, Word, cap};

use crate::page::{Page, WORDS};

/// The words of a step.
const STEP: usize = 8;

/// One system call.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    number: Word,
    cap: Word,
    info: MessageInfo,
    words: [Word; 2],
}

impl Step {
    /// Signals a notification.
    pub fn signal(notification: cap::Notification) -> Step {
        Step { number: SYS_SEND, cap: notification.bits(), info: MessageInfo::default(), words: [0; 2] }
    }

    /// Calls with a label and two words.
    pub fn call<T: CapType>(target: Cap<T>, label: Word, words: [Word; 2]) -> Step {
        let info = MessageInfoBuilder::default().label(label).length(words.len()).build();
        Step { number: SYS_CALL, cap: target.bits(), info, words }
    }

    /// Receives, or waits.
    pub fn recv<T: CapType>(from: Cap<T>) -> Step {
        Step { number: SYS_RECV, cap: from.bits(), info: MessageInfo::default(), words: [0; 2] }
    }

    /// Sends with a label; the first capability in the thread's IPC buffer goes along where `with_cap`.
    pub fn send(to: cap::Endpoint, label: Word, with_cap: bool) -> Step {
        let info = MessageInfoBuilder::default().label(label).length(1).extra_caps(usize::from(with_cap));
        Step { number: SYS_SEND, cap: to.bits(), info: info.build(), words: [0; 2] }
    }

    /// A system call that no kernel has: the thread faults.
    pub fn fault() -> Step {
        Step { number: 0, cap: 0, info: MessageInfo::default(), words: [0; 2] }
    }
}

/// The list in its page.
#[derive(Clone, Copy, Debug)]
pub struct Script(Page);

impl Script {
    /// Writes the steps, as many as fit, and after them a wait for `never`, which nobody signals.
    pub fn write(page: Page, steps: &[Step], never: cap::Notification) -> Script {
        let end = Step::recv(never);
        let most = WORDS.wrapping_div(STEP).wrapping_sub(1);
        for (number, step) in steps.iter().take(most).chain([&end]).enumerate() {
            let [first, second] = step.words;
            let words = [step.number, step.cap, step.info.bits(), first, second];
            for (word, value) in words.into_iter().enumerate() {
                page.write(number.wrapping_mul(STEP).wrapping_add(word), value);
            }
        }
        Script(page)
    }

    /// Where it is.
    pub const fn vaddr(self) -> usize {
        self.0.vaddr()
    }

    /// The label of what came back from the step of that number, or of what it sends, if nothing came back yet.
    pub fn label(self, step: usize) -> Word {
        MessageInfo::from_bits(self.0.read(step.wrapping_mul(STEP).wrapping_add(2))).label()
    }

    /// The first message word of that step.
    pub fn word(self, step: usize) -> Word {
        self.0.read(step.wrapping_mul(STEP).wrapping_add(3))
    }
}
