//! What every test needs: slots, objects, pages, and threads that run scripts.
//!
//! Nothing is given back: the whole program runs once, on a machine of its own.

use sel4::{
    AbsoluteCPtr, BootInfoPtr, CNodeCapData, CPtr, Cap, CapRights, CapType, Error, ObjectBlueprint,
    VmAttributes, Word, cap,
};

use crate::arch::{self, Begin};
use crate::page::{Page, WINDOW};
use crate::script::{Script, Step};
use crate::verdict::Failure;

/// The priority of threads under test. This program's own thread has 255, the highest.
pub const PRIORITY: Word = 100;
/// Below all threads under test: when one of these runs, the others have come to rest.
const PRIORITY_BELOW: Word = 50;
/// The size of a frame.
const PAGE_BYTES: usize = 4096;
/// The addresses that one page table serves.
const TABLE_BYTES: usize = 512 * PAGE_BYTES;

/// The first thread's CNode.
pub fn cnode() -> cap::CNode {
    sel4::init_thread::slot::CNODE.cap()
}

/// The slot of a capability of this program's.
pub fn slot<T: CapType>(cap: Cap<T>) -> AbsoluteCPtr {
    cnode().absolute_cptr(cap)
}

/// A thread and what it does.
#[derive(Clone, Copy, Debug)]
pub struct Thread {
    /// The thread.
    pub tcb: cap::Tcb,
    /// Its program.
    pub script: Script,
}

/// Everything that there is to make tests from.
#[derive(Debug)]
pub struct Kit {
    memory: cap::Untyped,
    next_slot: usize,
    end_slot: usize,
    next_vaddr: usize,
    cnode_bits: usize,
    never: cap::Notification,
    #[cfg(target_arch = "x86_64")]
    console: usize,
    /// What boot says of the time stamp counter.
    #[cfg(target_arch = "x86_64")]
    pub counter: arch::Counter,
}

impl Kit {
    /// Takes the largest untyped, maps a page table for the window, and opens the console.
    ///
    /// # Errors
    /// [`Failure`] where the machine is too small or has no console.
    pub fn unpack(bootinfo: &BootInfoPtr) -> Result<Kit, Failure> {
        #[cfg(target_arch = "x86_64")]
        let counter = arch::Counter::at_boot(bootinfo);
        let untypeds = bootinfo.untyped().slots().zip(bootinfo.untyped_list());
        let ours = untypeds.filter(|(_, described)| !described.is_device());
        let (memory, _) =
            ours.max_by_key(|(_, described)| described.size_bits()).ok_or(Failure::TooLittle)?;
        let empty = bootinfo.empty().range();
        let console = empty.start;
        let mut kit = Kit {
            memory: memory.cap(),
            next_slot: empty.start.saturating_add(1),
            end_slot: empty.end,
            // The console's registers may lie in the first page.
            next_vaddr: WINDOW.saturating_add(PAGE_BYTES),
            cnode_bits: bootinfo.init_thread_cnode_size_bits(),
            never: cap::Notification::from_bits(0),
            #[cfg(target_arch = "x86_64")]
            console,
            #[cfg(target_arch = "x86_64")]
            counter,
        };
        let table: cap::PageTable = kit.make(arch::PAGE_TABLE)?;
        table.page_table_map(sel4::init_thread::slot::VSPACE.cap(), WINDOW, VmAttributes::DEFAULT)?;
        arch::open_console(bootinfo, console)?;
        kit.never = kit.make(ObjectBlueprint::Notification)?;
        Ok(kit)
    }

    /// The first of `count` consecutive slots that are empty.
    ///
    /// # Errors
    /// [`Failure::TooLittle`].
    pub fn slots(&mut self, count: usize) -> Result<usize, Failure> {
        let first = self.next_slot;
        let next =
            first.checked_add(count).filter(|next| *next <= self.end_slot).ok_or(Failure::TooLittle)?;
        self.next_slot = next;
        Ok(first)
    }

    /// An empty slot, as the place of a capability that is yet to come.
    ///
    /// # Errors
    /// [`Failure::TooLittle`].
    pub fn empty<T: CapType>(&mut self) -> Result<Cap<T>, Failure> {
        Ok(Cap::from_bits(self.slots(1)? as Word))
    }

    /// Makes an object.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn make<T: CapType>(&mut self, blueprint: ObjectBlueprint) -> Result<Cap<T>, Failure> {
        self.make_from(self.memory, blueprint)
    }

    /// Makes an object from this memory.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn make_from<T: CapType>(
        &mut self,
        memory: cap::Untyped,
        blueprint: ObjectBlueprint,
    ) -> Result<Cap<T>, Failure> {
        let place = self.slots(1)?;
        memory.untyped_retype(&blueprint, &cnode().absolute_cptr_for_self(), place, 1)?;
        Ok(Cap::from_bits(place as Word))
    }

    /// Copies a capability, with all its rights.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn copy<T: CapType>(&mut self, from: Cap<T>) -> Result<Cap<T>, Failure> {
        let copy = self.empty()?;
        slot(copy).copy(&slot(from), CapRights::all())?;
        Ok(copy)
    }

    /// Copies a capability, with all its rights, and with a badge or a range.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn mint<T: CapType>(&mut self, from: Cap<T>, badge: Word) -> Result<Cap<T>, Failure> {
        let copy = self.empty()?;
        slot(copy).mint(&slot(from), CapRights::all(), badge)?;
        Ok(copy)
    }

    /// Whether there is no capability: tried by copying it.
    ///
    /// # Errors
    /// [`Failure`] where the kernel says something else.
    pub fn is_gone<T: CapType>(&mut self, cap: Cap<T>) -> Result<bool, Failure> {
        let spare = slot(self.empty::<T>()?);
        match spare.copy(&slot(cap), CapRights::all()) {
            Ok(()) => {
                spare.delete()?;
                Ok(false)
            }
            Err(Error::FailedLookup) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// An address that has a page table and no page.
    ///
    /// # Errors
    /// [`Failure::TooLittle`].
    pub fn vaddr(&mut self) -> Result<usize, Failure> {
        let vaddr = self.next_vaddr;
        if vaddr >= WINDOW.saturating_add(TABLE_BYTES) {
            return Err(Failure::TooLittle);
        }
        self.next_vaddr = vaddr.saturating_add(PAGE_BYTES);
        Ok(vaddr)
    }

    /// A fresh page and its frame.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn page(&mut self) -> Result<(Page, cap::Granule), Failure> {
        let frame = self.make(arch::FRAME)?;
        Ok((Page::map(frame, self.vaddr()?)?, frame))
    }

    /// Writes a script that ends with a wait for `never`, an address in the capability space of who runs it.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn script(&mut self, steps: &[Step], never: cap::Notification) -> Result<Script, Failure> {
        Ok(Script::write(self.page()?.0, steps, never))
    }

    /// Makes a thread in this program's spaces; it does not run yet.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn thread(
        &mut self,
        tcb: cap::Tcb,
        faults: cap::Endpoint,
        steps: &[Step],
        priority: Word,
    ) -> Result<Thread, Failure> {
        let script = self.script(steps, self.never)?;
        let guard = CNodeCapData::skip_high_bits(self.cnode_bits);
        tcb.tcb_set_space(faults.cptr(), cnode(), guard, sel4::init_thread::slot::VSPACE.cap())?;
        tcb.tcb_set_sched_params(sel4::init_thread::slot::TCB.cap(), 0, priority)?;
        Ok(Thread { tcb, script })
    }

    /// Makes a thread that runs as soon as this one waits. Nobody hears of its faults.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn start(&mut self, steps: &[Step]) -> Result<Thread, Failure> {
        self.start_at(steps, PRIORITY)
    }

    fn start_at(&mut self, steps: &[Step], priority: Word) -> Result<Thread, Failure> {
        let tcb = self.make(ObjectBlueprint::Tcb)?;
        let nobody = CPtr::from_bits(0).cast();
        let thread = self.thread(tcb, nobody, steps, priority)?;
        thread.resume(Begin::AtOnce)?;
        Ok(thread)
    }

    /// Waits until every thread of the tests waits for something.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn settle(&mut self) -> Result<(), Failure> {
        let settled: cap::Notification = self.make(ObjectBlueprint::Notification)?;
        self.start_at(&[Step::signal(settled)], PRIORITY_BELOW)?;
        settled.wait();
        Ok(())
    }

    /// Makes the console's capability again after a test has revoked everything that it came from.
    ///
    /// # Errors
    /// [`Failure`].
    #[cfg(target_arch = "x86_64")]
    pub fn restore_console(&mut self) -> Result<(), Failure> {
        Ok(arch::issue_console(self.console)?)
    }
}

impl Thread {
    /// Lets it run its script from the start.
    ///
    /// # Errors
    /// The kernel's.
    pub fn resume(self, begin: Begin) -> sel4::Result<()> {
        self.tcb.tcb_write_all_registers(true, &arch::registers(begin, self.script))
    }
}
