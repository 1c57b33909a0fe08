//! The pieces that making a protection domain consists of: its objects, its pages, its capabilities, its thread's start.
//!
//! The kernel calls are few because they dominate the cost: objects of one kind are made in one batch, a frame that
//! gets contents is filled through a window and the same capability is then mapped for the module, and a page that
//! stays zero is never touched (the kernel hands out zeroed memory).

use ipc_proto::badge::Kind;
use ipc_proto::slots::{self, OWN_ENDPOINT};
use root_task_core::elf_plan::{ElfPlan, Permissions};
use root_task_core::layout;
use sel4::{CNodeCapData, CPtr, CapRights, ObjectBlueprint, UserContext, cap};

use super::building::{PAGES, Spec};
use super::{Domain, Place};
use crate::arch;
use crate::scratch::Scratch;

/// The most objects that one kernel call makes.
const MAX_BATCH: usize = sel4::sys::CONFIG_RETYPE_FAN_OUT_LIMIT;

/// The plan reserves memory by the sizes of `layout`: this kernel's objects must fit into them.
const _: () = {
    let [root, a, b, c] = arch::TABLES;
    let [root_bits, a_bits, b_bits, c_bits, tcb_bits] = layout::INSTANCE_OBJECT_BITS;
    assert!(root.physical_size_bits() <= root_bits as usize);
    assert!(a.physical_size_bits() <= a_bits as usize);
    assert!(b.physical_size_bits() <= b_bits as usize);
    assert!(c.physical_size_bits() <= c_bits as usize);
    assert!(ObjectBlueprint::Tcb.physical_size_bits() <= tcb_bits as usize);
    assert!(ObjectBlueprint::Endpoint.physical_size_bits() <= layout::ENDPOINT_BITS as usize);
    assert!(ObjectBlueprint::CNode { size_bits: 0 }.physical_size_bits() <= layout::SLOT_BITS as usize);
};

impl Domain {
    /// Retypes the next batch of frames, and before the first a locker that is larger than a frame: the largest objects
    /// come first, so that none is padded. Gives how many frames there are.
    pub(super) fn make_frames(&self, plan: &ElfPlan, made: usize) -> sel4::Result<usize> {
        let locker = locker(plan);
        if made == 0 && is_large(plan) {
            self.untyped.retype(&locker, self.slot(Place::Locker, 0), 1)?;
        }
        let count = usize::from(plan.frame_count).saturating_sub(made).min(MAX_BATCH);
        self.untyped.retype(&arch::FRAME, self.slot(Place::Frames, made), count)?;
        Ok(made.saturating_add(count))
    }

    /// Retypes everything else, the largest first, and joins the tables.
    pub(super) fn make_objects(&self, plan: &ElfPlan) -> sel4::Result<()> {
        let make = |blueprint: &ObjectBlueprint, place: Place| {
            self.untyped.retype(blueprint, self.slot(place, 0), 1)
        };
        // The VSpace's root after the frames: a revoke takes the newest first, and a frame whose address space is
        // gone already has no mapping to look for.
        for (level, blueprint) in arch::TABLES.iter().enumerate().rev() {
            self.untyped.retype(blueprint, self.slot(Place::Tables, level), 1)?;
        }
        make(&ObjectBlueprint::Tcb, Place::Tcb)?;
        let (locker_bits, cspace_bits) = (plan.request.locker_bits, self.cspace_bits);
        if locker_bits >= cspace_bits && !is_large(plan) {
            make(&locker(plan), Place::Locker)?;
        }
        make(&ObjectBlueprint::CNode { size_bits: usize::from(cspace_bits) }, Place::CNode)?;
        if locker_bits > 0 {
            if locker_bits < cspace_bits {
                make(&locker(plan), Place::Locker)?;
            }
            let locker = cap::CNode::from_bits(self.slot(Place::Locker, 0));
            self.untyped.retype_into(&ObjectBlueprint::Endpoint, locker, OWN_ENDPOINT)?;
        }
        sel4::init_thread::slot::ASID_POOL.cap().asid_pool_assign(self.vspace())?;
        arch::map_tables(self.slot(Place::Tables, 1), self.vspace(), layout::MODULE_BASE as usize)
    }

    /// Fills and maps the next frames, from this one on.
    pub(super) fn fill(
        &self,
        plan: &ElfPlan,
        file: &[u8],
        scratch: &Scratch,
        from: usize,
    ) -> sel4::Result<()> {
        for (index, page) in plan.frames().enumerate().skip(from).take(PAGES) {
            let frame = cap::Granule::from_bits(self.slot(Place::Frames, index));
            let code = page.permissions == Permissions::ReadExecute;
            if !page.source.is_empty() {
                scratch.fill(frame, file.get(page.source).unwrap_or_default(), code)?;
            }
            let (rights, attributes) = match page.permissions {
                Permissions::ReadExecute => (CapRights::read_only(), arch::CODE),
                Permissions::Read => (CapRights::read_only(), arch::DATA),
                Permissions::ReadWrite => (CapRights::read_write(), arch::DATA),
            };
            let vaddr = usize::try_from(page.vaddr).map_err(|_| sel4::Error::RangeError)?;
            frame.frame_map(self.vspace(), vaddr, rights, attributes)?;
        }
        Ok(())
    }

    /// Gives the domain its capabilities, and its thread everything but the start.
    pub(super) fn endow(&mut self, plan: &ElfPlan, spec: &Spec<'_>) -> sel4::Result<()> {
        self.let_send(slots::FAULT, spec.supervisor, self.badge(Kind::Fault))?;
        self.let_send(slots::SUPERVISOR, spec.supervisor, self.badge(Kind::Request))?;
        if let Some((names, asks_as)) = spec.names {
            self.let_send(slots::NAMES, names, self.badge_at_names(asks_as))?;
        }
        self.let_receive(spec.home)?;
        if plan.request.locker_bits > 0 {
            let locker = cap::CNode::from_bits(self.slot(Place::Locker, 0));
            self.cspace(slots::LOCKER).copy(&arch::root_slot(locker), CapRights::all())?;
        }
        let tcb = self.tcb();
        let guard = CNodeCapData::skip_high_bits(usize::from(self.cspace_bits));
        let buffer = cap::Granule::from_bits(
            self.slot(Place::Frames, usize::from(plan.frame_count).saturating_sub(1)),
        );
        let fault = CPtr::from_bits(slots::FAULT);
        tcb.tcb_configure_with_priority(
            fault,
            self.cnode(),
            guard,
            self.vspace(),
            layout::IPC_BUFFER,
            buffer,
            sel4::init_thread::slot::TCB.cap(),
            0,
            u64::from(plan.request.priority),
        )?;
        if let Some(device) = spec.device {
            device.grant(self, self.device_slot(), spec.home)?;
        }
        if spec.device.is_some() || spec.notified { self.let_be_signalled(spec.home) } else { Ok(()) }
    }

    /// Lets the thread run from the file's entry.
    pub(super) fn start(&mut self, entry: u64) -> sel4::Result<()> {
        let mut registers = UserContext::default();
        *registers.pc_mut() = entry;
        *registers.sp_mut() = arch::stack_top(layout::STACK_TOP);
        let (id, generation) = (u64::from(self.instance.domain.0), u64::from(self.instance.generation.0));
        arch::set_arguments(&mut registers, [id, generation, layout::IPC_BUFFER]);
        self.frozen = false;
        self.tcb().tcb_write_all_registers(true, &registers)
    }
}

/// The locker that a plan asks for.
fn locker(plan: &ElfPlan) -> ObjectBlueprint {
    ObjectBlueprint::CNode { size_bits: usize::from(plan.request.locker_bits) }
}

/// Whether it asks for one that is at least as large as a frame.
fn is_large(plan: &ElfPlan) -> bool {
    plan.request.locker_bits > 0 && locker(plan).physical_size_bits() >= arch::FRAME.physical_size_bits()
}
