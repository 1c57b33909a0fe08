//! A protection domain: one instance of a module, all of whose objects come from one untyped of its own.
//!
//! Made and destroyed side by side: [`building`] fills a batch of slots with objects from the untyped, [`destroy`]
//! revokes that untyped, which takes every object and every capability to it, wherever it was sent.

pub mod building;
mod create;
pub mod destroy;
pub mod locker;

use ipc_proto::badge::{Badge, GenerationTag, Holder, Kind, RECEIVER};
use ipc_proto::ids::Instance;
use ipc_proto::slots;
use root_task_core::layout;
use root_task_core::slots::SlotRange;
use sel4::{AbsoluteCPtr, CPtrWithDepth, CapRights, CapRightsBuilder, cap};

use crate::arch;
use crate::home::Home;
use crate::memory::Untyped;

/// What the batch of slots holds, in this order; the frames follow.
#[derive(Clone, Copy)]
enum Place {
    /// The VSpace's root and the three tables below it.
    Tables = 0,
    /// The CSpace's only CNode.
    CNode = 4,
    /// The thread.
    Tcb = 5,
    /// The locker, or nothing.
    Locker = 6,
    /// A copy of the granted device's frame, or nothing.
    Device = 7,
    /// The first frame.
    Frames = 8,
}

/// A living or frozen instance.
pub struct Domain {
    /// Which instance it is.
    pub instance: Instance,
    untyped: Untyped,
    slots: SlotRange,
    /// Its CSpace has 2^n slots.
    cspace_bits: u8,
    /// Whether it has the device that it is granted.
    pub device: bool,
    /// Whether its thread is bound to its notification.
    signalled: bool,
    frozen: bool,
}

impl Domain {
    /// The slot at `place`, and `further` ones behind it, of the supervisor's CSpace.
    fn slot(&self, place: Place, further: usize) -> u64 {
        u64::from(self.slots.first.0).saturating_add(place as u64).saturating_add(further as u64)
    }

    /// The thread.
    pub fn tcb(&self) -> cap::Tcb {
        cap::Tcb::from_bits(self.slot(Place::Tcb, 0))
    }

    /// Its address space.
    pub fn vspace(&self) -> cap::VSpace {
        cap::VSpace::from_bits(self.slot(Place::Tables, 0))
    }

    fn cnode(&self) -> cap::CNode {
        cap::CNode::from_bits(self.slot(Place::CNode, 0))
    }

    /// A slot of the domain's own CSpace.
    pub fn cspace(&self, slot: u64) -> AbsoluteCPtr {
        let path = CPtrWithDepth::from_bits_with_depth(slot, usize::from(self.cspace_bits));
        self.cnode().absolute_cptr(path)
    }

    /// How many slots its CSpace has.
    pub fn cspace_size(&self) -> u8 {
        1_u8.checked_shl(u32::from(self.cspace_bits)).unwrap_or(0)
    }

    /// The slot of the supervisor's for what has to be taken back of its device one by one.
    pub fn device_slot(&self) -> u64 {
        self.slot(Place::Device, 0)
    }

    /// The badge of its capabilities that are in no connection of the ledger's.
    pub fn badge(&self, kind: Kind) -> Badge {
        let Instance { domain, generation } = self.instance;
        Badge { kind, service: 0, holder: Holder { domain, tag: GenerationTag::of(generation) } }
    }

    /// The badge of its capability to the name server, which says as what it asks there.
    pub fn badge_at_names(&self, asks_as: u16) -> Badge {
        Badge { service: asks_as, ..self.badge(Kind::Client) }
    }

    /// Puts a capability to an endpoint into a slot, to call it: calls need the right to grant.
    ///
    /// # Errors
    /// The kernel's: the slot is not empty.
    pub fn let_send(&self, slot: u64, endpoint: cap::Endpoint, badge: Badge) -> sel4::Result<()> {
        let send = CapRightsBuilder::none().write(true).grant(true).build();
        self.cspace(slot).mint(&arch::root_slot(endpoint), send, badge.to_word())
    }

    /// Gives the domain the capability to receive calls. With a badge, which nobody ever sees, its slot is the parent of
    /// whatever is passed on: a revoke of the slot takes that and leaves the clients alone.
    ///
    /// # Errors
    /// The kernel's: the slot is not empty.
    pub fn let_receive(&self, home: &Home) -> sel4::Result<()> {
        let receive = self.cspace(slots::RECEIVE);
        receive.mint(&arch::root_slot(home.endpoint()), CapRights::read_only(), RECEIVER)
    }

    /// Gives the domain the capability to receive at its private endpoint, likewise.
    ///
    /// # Errors
    /// The kernel's: the slot is not empty.
    pub fn let_listen(&self, endpoint: cap::Endpoint) -> sel4::Result<()> {
        self.cspace(slots::PRIVATE).mint(&arch::root_slot(endpoint), CapRights::read_only(), RECEIVER)
    }

    /// Binds the thread to its home's notification, if it is not. Whatever it waits for, a signal ends it then.
    ///
    /// # Errors
    /// The kernel's.
    pub fn let_be_signalled(&mut self, home: &Home) -> sel4::Result<()> {
        if !self.signalled {
            self.tcb().tcb_bind_notification(home.notification())?;
            self.signalled = true;
        }
        Ok(())
    }

    /// Takes it away, and what was passed on of it.
    pub fn stop_receiving(&self) {
        self.empty_slot(slots::RECEIVE);
    }

    /// A slot of the domain's locker, which has 2^`bits` slots.
    pub fn locker(&self, index: u16, bits: u8) -> AbsoluteCPtr {
        let locker = cap::CNode::from_bits(self.slot(Place::Locker, 0));
        locker.absolute_cptr(CPtrWithDepth::from_bits_with_depth(u64::from(index), usize::from(bits)))
    }

    /// Its frames, in the order of the plan.
    pub fn frames(&self) -> impl Iterator<Item = cap::Granule> {
        let frames = self.slots.iter().skip(Place::Frames as usize);
        frames.map(|slot| cap::Granule::from_bits(u64::from(slot.0)))
    }

    /// The frame of its stack that begins so many bytes below the stack's end, if that is a whole number of pages. Behind
    /// the stack's frames is the IPC buffer's, the last one.
    pub fn stack_frame(&self, below_the_end: u64) -> Option<cap::Granule> {
        let pages = usize::try_from(below_the_end / layout::PAGE_SIZE).ok()?;
        let last = usize::from(self.slots.count).checked_sub(Place::Frames as usize)?.checked_sub(1)?;
        Some(cap::Granule::from_bits(self.slot(Place::Frames, last.checked_sub(pages)?)))
    }

    /// How many slots of the supervisor's it takes.
    pub fn slot_count(&self) -> u32 {
        u32::from(self.slots.count)
    }

    /// How many bytes the domain holds.
    pub fn bytes(&self) -> u64 {
        self.untyped.bytes()
    }

    /// Stops the thread for good, wherever it is. Nothing else changes: its memory and registers stay for a report,
    /// its callers wait to be rescued.
    pub fn freeze(&mut self) {
        if !self.frozen {
            // Fails only for a capability that is not a TCB, which this one is.
            let _ = self.tcb().tcb_suspend();
            self.frozen = true;
        }
    }
}
