//! The undertaker: how the caller of a dead server is found and answered.
//!
//! The kernel keeps a caller in a slot of the server's TCB that nobody but the server's own thread can reach. So the
//! dead thread gets one last errand: in a CSpace and a VSpace that hold nothing of the module's, at the supervisor's
//! priority, with every register overwritten, it saves its caller into the undertaker's CNode and signals. The
//! supervisor yields to it, takes the saved reply capability and answers.
//!
//! Source: seL4 manual 5.0.0, section 4.2.4 ("Capability transfer" and reply capabilities), `CNode_SaveCaller`.

use sel4::{
    AbsoluteCPtr, CNodeCapData, CPtr, CPtrWithDepth, CapRights, MessageInfoBuilder, ObjectBlueprint,
    UserContext, cap,
};

use ipc_proto::ids::Generation;
use ipc_proto::label::{self, Status};

use crate::arch;
use crate::memory::Memory;
use crate::objects::{Objects, SetUpError};

/// The undertaker's CNode has 2^3 slots.
const CNODE_BITS: usize = 3;
/// Its slot for the CNode itself.
const SELF: u64 = 1;
/// Its slot for the notification that says "done".
const DONE: u64 = 2;
/// Its slot for a notification that nobody ever signals: the dead thread waits there.
const NEVER: u64 = 3;
/// Its slot for the saved caller.
const CALLER: u64 = 4;
/// Where the errand's code is mapped in the undertaker's VSpace.
const CODE_VADDR: usize = 0x40_0000;
/// How often the supervisor yields for one errand. One yield is enough unless the errand's time slice ends in it.
const MAX_YIELDS: usize = 8;

/// The undertaker.
pub struct Undertaker {
    cnode: cap::CNode,
    vspace: cap::VSpace,
    done: cap::Notification,
    /// A slot of the supervisor's own, empty between errands.
    reply_slot: u64,
}

impl Undertaker {
    /// Makes its CNode, VSpace and notifications, and maps the code of the errand.
    ///
    /// # Errors
    /// [`SetUpError`] where the kernel refuses an object: the machine is too small to boot.
    pub fn engage(memory: &mut Memory, code: cap::Granule) -> Result<Undertaker, SetUpError> {
        let [root, a, b, c] = arch::TABLES;
        let cnode = ObjectBlueprint::CNode { size_bits: CNODE_BITS };
        let notification = ObjectBlueprint::Notification;
        let objects = Objects::make(memory, &[root, a, b, c, cnode, notification, notification])?;
        let spare = memory.alloc_slots(2)?;
        let undertaker = Undertaker {
            vspace: objects.cap(0),
            cnode: objects.cap(4),
            done: objects.cap(5),
            reply_slot: u64::from(spare.first.0),
        };
        let never: cap::Notification = objects.cap(6);
        sel4::init_thread::slot::ASID_POOL.cap().asid_pool_assign(undertaker.vspace)?;
        arch::map_tables(objects.slot(1), undertaker.vspace, CODE_VADDR)?;
        // A copy: the original is mapped in the root task's own image.
        let copy = u64::from(spare.first.0).saturating_add(1);
        arch::slot(copy).copy(&arch::root_slot(code), CapRights::read_only())?;
        cap::Granule::from_bits(copy).frame_map(
            undertaker.vspace,
            CODE_VADDR,
            CapRights::read_only(),
            arch::CODE,
        )?;
        let guard = CNodeCapData::skip_high_bits(CNODE_BITS).into_word();
        undertaker.slot(SELF).mint(&arch::root_slot(undertaker.cnode), CapRights::all(), guard)?;
        undertaker.slot(DONE).mint(&arch::root_slot(undertaker.done), CapRights::all(), 1)?;
        undertaker.slot(NEVER).copy(&arch::root_slot(never), CapRights::all())?;
        Ok(undertaker)
    }

    fn slot(&self, slot: u64) -> AbsoluteCPtr {
        self.cnode.absolute_cptr(CPtrWithDepth::from_bits_with_depth(slot, CNODE_BITS))
    }

    /// Answers the caller of a frozen thread, if it has one, with `Interrupted`, the generation that died and the one
    /// that takes its place.
    /// Gives whether there was one. The thread is of no other use afterwards.
    pub fn answer_caller(&self, dead: cap::Tcb, died: Generation, next: Generation) -> sel4::Result<bool> {
        let guard = CNodeCapData::skip_high_bits(CNODE_BITS);
        dead.tcb_configure_with_priority(
            CPtr::from_bits(0),
            self.cnode,
            guard,
            self.vspace,
            0,
            cap::Granule::from_bits(0),
            sel4::init_thread::slot::TCB.cap(),
            0,
            arch::SUPERVISOR_PRIORITY,
        )?;
        let mut registers = UserContext::default();
        *registers.pc_mut() = CODE_VADDR as u64;
        arch::errand_registers(&mut registers, SELF, CALLER, DONE, NEVER);
        dead.tcb_write_all_registers(true, &registers)?;
        for _ in 0..MAX_YIELDS {
            sel4::r#yield();
            if self.done.poll().1 != 0 {
                return self.send_answer(died, next);
            }
        }
        // It did not come back: a bug, after which the next errand must not take a late signal for its own.
        dead.tcb_suspend()?;
        let _ = self.done.poll();
        Err(sel4::Error::IllegalOperation)
    }

    /// Moves the saved caller to where it can be sent to, and answers it without waiting.
    fn send_answer(&self, died: Generation, next: Generation) -> sel4::Result<bool> {
        let mine = arch::slot(self.reply_slot);
        match mine.move_(&self.slot(CALLER)) {
            Ok(()) => {}
            // Nothing was saved: the thread had no caller.
            Err(sel4::Error::FailedLookup) => return Ok(false),
            Err(error) => return Err(error),
        }
        let words = label::interrupted(died, next);
        let info = MessageInfoBuilder::default().label(label::reply(Status::Interrupted)).length(words.len());
        cap::Endpoint::from_bits(self.reply_slot).nb_send_with_mrs(info.build(), words);
        // The answer has used the reply capability up: the slot is empty again.
        Ok(true)
    }
}
