//! Makes a protection domain from a checked ELF file and starts its thread.
//!
//! The kernel calls are few because they dominate the cost: objects of one kind are made in one batch, a frame that
//! gets contents is filled through a window and the same capability is then mapped for the module, and a page that
//! stays zero is never touched (the kernel hands out zeroed memory).

use core::fmt;

use ipc_proto::badge::{Badge, GenerationTag, Holder, Kind};
use ipc_proto::ids::Instance;
use ipc_proto::slots::{self, OWN_ENDPOINT};
use root_task_core::elf_plan::{ElfPlan, Permissions};
use root_task_core::layout;
use sel4::{CNodeCapData, CPtr, CapRights, CapRightsBuilder, ObjectBlueprint, UserContext, cap};

use super::{Domain, Place};
use crate::arch;
use crate::home::Home;
use crate::memory::{Memory, OutOf};
use crate::scratch::Scratch;
use crate::supervisor::devices::Console;

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

/// What a domain is made from.
pub struct Spec<'a> {
    /// Which instance it will be.
    pub instance: Instance,
    /// The checked file.
    pub plan: &'a ElfPlan,
    /// The file itself.
    pub file: &'a [u8],
    /// Its endpoint and notification.
    pub home: &'a Home,
    /// The supervisor's endpoint.
    pub supervisor: cap::Endpoint,
    /// The name server's endpoint, unless this is the name server.
    pub names: Option<cap::Endpoint>,
    /// The console's device, where it is granted.
    pub console: Option<&'a Console>,
}

/// Why a domain could not be made; everything that was allocated for it is free again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateError {
    /// Memory or slots are used up.
    OutOf(OutOf),
    /// The kernel refused: a bug of the root task.
    Kernel(sel4::Error),
}

impl From<OutOf> for CreateError {
    fn from(error: OutOf) -> Self {
        CreateError::OutOf(error)
    }
}

impl From<sel4::Error> for CreateError {
    fn from(error: sel4::Error) -> Self {
        CreateError::Kernel(error)
    }
}

impl fmt::Display for CreateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CreateError::OutOf(error) => error.fmt(f),
            CreateError::Kernel(error) => {
                write!(f, "the kernel refused ({error:?}), which is a bug of the root task")
            }
        }
    }
}

impl Domain {
    /// Makes the domain. Its thread does not run yet: see [`Domain::start`].
    ///
    /// # Errors
    /// [`CreateError`]; nothing is lost.
    pub fn create(memory: &mut Memory, scratch: &Scratch, spec: &Spec<'_>) -> Result<Domain, CreateError> {
        let slots = memory
            .alloc_slots((Place::Frames as usize).saturating_add(usize::from(spec.plan.frame_count)))?;
        let untyped = match memory.alloc_untyped(spec.plan.untyped_bits) {
            Ok(untyped) => untyped,
            Err(error) => {
                memory.free_slots(slots);
                return Err(error.into());
            }
        };
        let domain = Domain {
            instance: spec.instance,
            untyped,
            slots,
            cspace_bits: slots::cspace_bits(spec.plan.request.connections),
            device: spec.console.is_some(),
            frozen: true,
        };
        let made = domain.make_objects(spec).and_then(|()| domain.fill(scratch, spec));
        match made.and_then(|()| domain.endow(spec)) {
            Ok(()) => Ok(domain),
            Err(error) => {
                // What went wrong is already known; the memory is whole after the revoke all the same.
                let _ = domain.destroy_with(memory, &[]);
                Err(error.into())
            }
        }
    }

    /// Retypes all objects, the largest first so that none is padded, and joins the tables.
    fn make_objects(&self, spec: &Spec<'_>) -> sel4::Result<()> {
        let make = |blueprint: &ObjectBlueprint, place: Place, count: usize| {
            self.untyped.retype(blueprint, self.slot(place, 0), count)
        };
        let locker_bits = usize::from(spec.plan.request.locker_bits);
        let locker = ObjectBlueprint::CNode { size_bits: locker_bits };
        let locker_first = locker.physical_size_bits() >= arch::FRAME.physical_size_bits();
        if locker_bits > 0 && locker_first {
            make(&locker, Place::Locker, 1)?;
        }
        let mut made = 0;
        while made < usize::from(spec.plan.frame_count) {
            let count = usize::from(spec.plan.frame_count).saturating_sub(made).min(MAX_BATCH);
            self.untyped.retype(&arch::FRAME, self.slot(Place::Frames, made), count)?;
            made = made.saturating_add(count);
        }
        // The VSpace's root after the frames: a revoke takes the newest first, and a frame whose address space is
        // gone already has no mapping to look for.
        for (level, blueprint) in arch::TABLES.iter().enumerate().rev() {
            self.untyped.retype(blueprint, self.slot(Place::Tables, level), 1)?;
        }
        make(&ObjectBlueprint::Tcb, Place::Tcb, 1)?;
        let cspace_bits = usize::from(self.cspace_bits);
        if locker_bits >= cspace_bits && !locker_first {
            make(&locker, Place::Locker, 1)?;
        }
        make(&ObjectBlueprint::CNode { size_bits: cspace_bits }, Place::CNode, 1)?;
        if locker_bits > 0 {
            if locker_bits < cspace_bits {
                make(&locker, Place::Locker, 1)?;
            }
            let locker = cap::CNode::from_bits(self.slot(Place::Locker, 0));
            self.untyped.retype_into(&ObjectBlueprint::Endpoint, locker, OWN_ENDPOINT)?;
        }
        sel4::init_thread::slot::ASID_POOL.cap().asid_pool_assign(self.vspace())?;
        arch::map_tables(self.slot(Place::Tables, 1), self.vspace(), layout::MODULE_BASE as usize)
    }

    /// Fills the frames and maps them.
    fn fill(&self, scratch: &Scratch, spec: &Spec<'_>) -> sel4::Result<()> {
        for (index, page) in spec.plan.frames().enumerate() {
            let frame = cap::Granule::from_bits(self.slot(Place::Frames, index));
            let code = page.permissions == Permissions::ReadExecute;
            if !page.source.is_empty() {
                scratch.fill(frame, spec.file.get(page.source).unwrap_or_default(), code)?;
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
    fn endow(&self, spec: &Spec<'_>) -> sel4::Result<()> {
        let (domain, tag) = (spec.instance.domain, GenerationTag::of(spec.instance.generation));
        let badge = |kind| Badge { kind, service: 0, holder: Holder { domain, tag } }.to_word();
        let send = CapRightsBuilder::none().write(true).grant(true).build();
        let mint = |slot: u64, endpoint: cap::Endpoint, kind| {
            self.cspace(slot).mint(&arch::root_slot(endpoint), send, badge(kind))
        };
        mint(slots::FAULT, spec.supervisor, Kind::Fault)?;
        mint(slots::SUPERVISOR, spec.supervisor, Kind::Request)?;
        if let Some(names) = spec.names {
            mint(slots::NAMES, names, Kind::Client)?;
        }
        let receive = CapRights::read_only();
        self.cspace(slots::RECEIVE).copy(&arch::root_slot(spec.home.endpoint()), receive)?;
        if spec.plan.request.locker_bits > 0 {
            let locker = cap::CNode::from_bits(self.slot(Place::Locker, 0));
            self.cspace(slots::LOCKER).copy(&arch::root_slot(locker), CapRights::all())?;
        }
        let tcb = self.tcb();
        let guard = CNodeCapData::skip_high_bits(usize::from(self.cspace_bits));
        let buffer = cap::Granule::from_bits(
            self.slot(Place::Frames, usize::from(spec.plan.frame_count).saturating_sub(1)),
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
            u64::from(spec.plan.request.priority),
        )?;
        match spec.console {
            Some(console) => console.grant(self, self.slot(Place::Device, 0), spec.home),
            None if spec.plan.request.departures => tcb.tcb_bind_notification(spec.home.notification()),
            None => Ok(()),
        }
    }

    /// Lets the thread run from the file's entry.
    ///
    /// # Errors
    /// The kernel's; the root task takes the domain down again.
    pub fn start(&mut self, entry: u64) -> sel4::Result<()> {
        let mut registers = UserContext::default();
        *registers.pc_mut() = entry;
        *registers.sp_mut() = arch::stack_top(layout::STACK_TOP);
        let (id, generation) = (u64::from(self.instance.domain.0), u64::from(self.instance.generation.0));
        arch::set_arguments(&mut registers, [id, generation, layout::IPC_BUFFER]);
        self.frozen = false;
        self.tcb().tcb_write_all_registers(true, &registers)
    }
}
