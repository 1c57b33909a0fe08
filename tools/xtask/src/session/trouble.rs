//! Why a conversation with the shell cannot go on, in words for a person.

use std::fmt;
use std::time::Duration;

/// Seconds of the guest's clock in which it may idle before the next prompt: far more than anything waits for.
pub const IDLE_SECONDS: u64 = 100;

/// Why a conversation cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The root task panicked: a bug in it, or in the kernel.
    Panicked,
    /// QEMU ended without a halt, for instance after a triple fault.
    Ended { complaints: String },
    /// No prompt within the budget.
    OverBudget { insns: u64 },
    /// No prompt, and nothing in the guest has anything to do.
    Idle,
    /// No prompt, and the guest hardly executes anything.
    TooSlow { wall: Duration, insns: u64 },
    /// The shell's marks came in an impossible order.
    Disorder(String),
    /// A signal stopped us.
    Stopped,
}

/// [`Trouble`] with the last line that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// What went wrong.
    pub trouble: Trouble,
    /// The last line with text in it.
    pub last_line: String,
}

impl std::error::Error for Broken {}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.trouble {
            Trouble::Panicked => write!(f, "the root task panicked")?,
            Trouble::Ended { complaints } if complaints.trim().is_empty() => {
                write!(f, "QEMU ended before the system halted (a reset or triple fault)")?;
            }
            Trouble::Ended { complaints } => {
                write!(f, "QEMU ended before the system halted: {}", complaints.trim())?;
            }
            Trouble::OverBudget { insns } => {
                write!(f, "no prompt within {insns} guest instructions")?;
            }
            Trouble::Idle => write!(
                f,
                "no prompt, and the guest was idle for {IDLE_SECONDS} s of its clock: everything in it waits"
            )?,
            Trouble::TooSlow { wall, insns } => write!(
                f,
                "no prompt within {} s, and the guest executed only {insns} instructions in them: \
                 is this machine overloaded?",
                wall.as_secs()
            )?,
            Trouble::Disorder(what) => write!(f, "{what}")?,
            Trouble::Stopped => write!(f, "stopped by a signal")?,
        }
        if self.last_line.is_empty() {
            write!(f, "; nothing was printed")
        } else {
            write!(f, "; last line: {}", self.last_line)
        }
    }
}
