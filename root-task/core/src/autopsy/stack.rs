//! A module's stack, and how it can be told that it was too small.

use ipc_proto::operator::StackTrouble as Trouble;

use crate::layout::{IPC_BUFFER, MODULE_END, PAGE_SIZE, STACK_TOP};

/// Where a module's stack lies: from `bottom` to below `top`, and it grows down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stack {
    /// Its lowest address. Nothing is mapped below it as far as the registers of a device.
    pub bottom: u64,
    /// The address behind its highest one, and the first stack pointer.
    pub top: u64,
}

impl Stack {
    /// The stack of a module whose manifest asks for so many bytes.
    pub fn of(stack_bytes: u32) -> Stack {
        Stack { bottom: STACK_TOP.saturating_sub(u64::from(stack_bytes)), top: STACK_TOP }
    }

    /// Whether a record of two words lies in it.
    pub fn has_record(&self, address: u64) -> bool {
        address >= self.bottom && address.checked_add(16).is_some_and(|end| end <= self.top)
    }

    /// How many bytes of it have been used: from the lowest word that is not zero to its top. `page` looks for that word
    /// in the page at an address, and gives its offset; the pages are asked for from the lowest one up, each once.
    ///
    /// # Errors
    /// Those of `page`.
    pub fn used<E>(&self, mut page: impl FnMut(u64) -> Result<Option<u64>, E>) -> Result<u32, E> {
        let mut at = self.bottom;
        while at < self.top {
            if let Some(offset) = page(at)? {
                let lowest = at.saturating_add(offset);
                return Ok(u32::try_from(self.top.saturating_sub(lowest)).unwrap_or(u32::MAX));
            }
            at = at.saturating_add(PAGE_SIZE);
        }
        Ok(0)
    }

    /// What is wrong, if something is: by the stack pointer, and by the address whose use was a fault, where one was.
    pub fn trouble(&self, pointer: u64, fault: Option<u64>) -> Option<Trouble> {
        // The page at MODULE_END is a device's, where one is granted.
        let below = MODULE_END.saturating_add(PAGE_SIZE)..self.bottom;
        let above = self.top..IPC_BUFFER;
        match fault {
            Some(address) if below.contains(&address) => Some(Trouble::Overflow),
            Some(address) if above.contains(&address) => Some(Trouble::Above),
            _ if (self.bottom..=self.top).contains(&pointer) => None,
            _ if below.contains(&pointer) => Some(Trouble::Overflow),
            _ if above.contains(&pointer) => Some(Trouble::Above),
            _ => Some(Trouble::Lost),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STACK: Stack = Stack { bottom: STACK_TOP - 0x4000, top: STACK_TOP };

    #[test]
    fn a_stack_lies_where_the_plan_puts_it() {
        assert_eq!(Stack::of(0x4000), STACK);
        assert_eq!(Stack::of(u32::MAX).bottom, 0);
    }

    #[test]
    fn what_is_used_reaches_from_the_lowest_written_word_to_the_top() {
        let used = |written: Option<u64>| {
            let mut asked = Vec::new();
            let used = STACK.used(|page| {
                asked.push(page);
                Ok::<_, ()>(written.filter(|at| at - at % PAGE_SIZE == page).map(|at| at % PAGE_SIZE))
            });
            let expected: Vec<_> = (STACK.bottom..STACK_TOP).step_by(4096).take(asked.len()).collect();
            assert_eq!(asked, expected, "from the bottom up, and each once");
            (used, asked.len())
        };
        assert_eq!(used(None), (Ok(0), 4));
        assert_eq!(used(Some(STACK.bottom)), (Ok(0x4000), 1));
        assert_eq!(used(Some(STACK.bottom + 8)), (Ok(0x3ff8), 1));
        assert_eq!(used(Some(STACK.bottom + PAGE_SIZE)), (Ok(0x3000), 2));
        assert_eq!(used(Some(STACK_TOP - 8)), (Ok(8), 4));
        assert_eq!(STACK.used(|_| Err("unreadable")), Err("unreadable"));
    }

    #[test]
    fn a_record_lies_in_it_with_both_its_words() {
        let records = [STACK.bottom - 1, STACK.bottom, STACK_TOP - 16, STACK_TOP - 15, STACK_TOP, u64::MAX];
        assert_eq!(records.map(|at| STACK.has_record(at)), [false, true, true, false, false, false]);
    }

    #[test]
    fn an_overflow_is_told_by_the_faults_address_wherever_the_pointer_is() {
        for pointer in [STACK.bottom, STACK_TOP, 0, u64::MAX] {
            let trouble = |fault| STACK.trouble(pointer, Some(fault));
            for fault in [MODULE_END + PAGE_SIZE, STACK.bottom - 4096, STACK.bottom - 1] {
                assert_eq!(trouble(fault), Some(Trouble::Overflow), "{fault:#x}");
            }
            for fault in [STACK_TOP, IPC_BUFFER - 1] {
                assert_eq!(trouble(fault), Some(Trouble::Above), "{fault:#x}");
            }
        }
    }

    #[test]
    fn a_fault_elsewhere_is_none_of_the_stacks() {
        for fault in [None, Some(0), Some(MODULE_END + PAGE_SIZE - 1), Some(STACK.bottom), Some(IPC_BUFFER)] {
            for pointer in [STACK.bottom, STACK_TOP] {
                assert_eq!(STACK.trouble(pointer, fault), None, "{pointer:#x} {fault:?}");
            }
        }
    }

    #[test]
    fn a_pointer_outside_is_told_where_no_fault_tells_more() {
        for fault in [None, Some(0)] {
            assert_eq!(STACK.trouble(STACK.bottom - 1, fault), Some(Trouble::Overflow));
            assert_eq!(STACK.trouble(STACK_TOP + 1, fault), Some(Trouble::Above));
            assert_eq!(STACK.trouble(IPC_BUFFER, fault), Some(Trouble::Lost));
            assert_eq!(STACK.trouble(MODULE_END, fault), Some(Trouble::Lost));
            assert_eq!(STACK.trouble(0, fault), Some(Trouble::Lost));
        }
    }
}
