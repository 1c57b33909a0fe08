//! A thread's registers: what both machines have in common. The machine's own names are in `arch`.

use crate::UserContext;

/// How many words the kernel passes.
impl UserContext {
    /// Everything 0.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// An index that no parameter register has: a mistake of this program.
#[cold]
#[expect(clippy::panic, reason = "the index is a constant of this program; nobody outside influences it")]
pub(crate) fn no_such_parameter(index: usize) -> ! {
    panic!("no register holds the C parameter {index}: the further ones are on the stack")
}
