//! A protection domain that is being made, a bounded piece at a time: others run in between.

use ipc_proto::ids::Instance;
use ipc_proto::slots;
use root_task_core::elf_plan::ElfPlan;
use sel4::cap;

use super::{Domain, Place};
use crate::arch;
use crate::file::File;
use crate::home::Home;
use crate::memory::{Leak, Memory, OutOf};
use crate::scratch::Scratch;
use crate::supervisor::Device;
use crate::worker::Step;

/// How many pages are filled and mapped in one piece of the work.
pub(super) const PAGES: usize = 16;

/// The memory of a larger instance is cleared in pieces, in bytes. This much takes the kernel some 80,000 instructions.
const LARGE_BYTES: u64 = 128 * 1024;

/// What a domain is made from, beside its file.
pub struct Spec<'a> {
    /// Its endpoint and notification.
    pub home: &'a Home,
    /// The supervisor's endpoint.
    pub supervisor: cap::Endpoint,
    /// The name server's endpoint, unless this is the name server, and as what the domain asks there.
    pub names: Option<(cap::Endpoint, u16)>,
    /// The device that it is granted, if any.
    pub device: Option<&'a Device>,
    /// Whether it wants to be told of others' deaths.
    pub notified: bool,
}

/// A domain that is being made. Its thread does not run before it is finished, so that nobody knows of it.
pub struct Building {
    domain: Domain,
    plan: ElfPlan,
    file: File,
    stage: Stage,
}

/// What of a domain is there already.
#[derive(Clone, Copy)]
enum Stage {
    /// So many frames.
    Frames(usize),
    /// All objects, and so many frames are filled and mapped.
    Pages(usize),
}

/// How far a piece of the work has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do.
    More,
    /// It can be finished.
    Done,
}

impl Building {
    /// Takes the memory and the slots for an instance of this file, by its plan.
    ///
    /// # Errors
    /// [`OutOf`]; nothing is lost.
    pub fn begin(
        memory: &mut Memory,
        plan: &ElfPlan,
        file: &File,
        instance: Instance,
        device: bool,
    ) -> Result<Building, OutOf> {
        let count = (Place::Frames as usize).saturating_add(usize::from(plan.frame_count));
        let (slots, untyped) = memory.alloc(count, plan.untyped_bits)?;
        let cspace_bits = slots::cspace_bits(plan.request.connections);
        let domain = Domain { instance, untyped, slots, cspace_bits, device, signalled: false, frozen: true };
        Ok(Building { domain, plan: plan.clone(), file: file.clone(), stage: Stage::Frames(0) })
    }

    /// Whether the kernel takes long to clear its memory.
    pub fn is_large(&self) -> bool {
        self.domain.untyped.bytes() > LARGE_BYTES
    }

    /// What has the kernel clear it: the object that is made for that lies where the first table will.
    pub fn clearing(&self) -> Step {
        self.domain.untyped.clearing(self.domain.slot(Place::Tables, 0))
    }

    /// The object has served. What comes next finds clean memory.
    pub fn has_been_cleared(&self) {
        // What cannot be deleted is not there; then the kernel clears the memory when the first frames are made.
        let _ = arch::slot(self.domain.slot(Place::Tables, 0)).delete();
    }

    /// Does a piece of the work: a small module is made in one.
    ///
    /// # Errors
    /// The kernel's: [`Building::abandon`] it.
    pub fn step(&mut self, scratch: &Scratch, spec: &Spec<'_>) -> sel4::Result<Progress> {
        if let Stage::Frames(made) = self.stage {
            let made = self.domain.make_frames(&self.plan, made)?;
            if made < usize::from(self.plan.frame_count) {
                self.stage = Stage::Frames(made);
                return Ok(Progress::More);
            }
            self.domain.make_objects(&self.plan)?;
            self.stage = Stage::Pages(0);
        }
        if let Stage::Pages(filled) = self.stage {
            self.domain.fill(&self.plan, &self.file, scratch, filled)?;
            let filled = filled.saturating_add(PAGES);
            self.stage = Stage::Pages(filled);
            if filled < usize::from(self.plan.frame_count) {
                return Ok(Progress::More);
            }
        }
        self.domain.endow(&self.plan, spec)?;
        Ok(Progress::Done)
    }

    /// The finished domain, whose thread runs from now on.
    ///
    /// # Errors
    /// The kernel's; it is taken down again.
    pub fn finish(self, memory: &mut Memory) -> sel4::Result<Domain> {
        let Building { mut domain, plan, .. } = self;
        match domain.start(plan.entry) {
            Ok(()) => Ok(domain),
            Err(error) => {
                let _ = domain.destroy_with(memory, &[]);
                Err(error)
            }
        }
    }

    /// Takes down what there is of it; gives how many bytes came back.
    ///
    /// # Errors
    /// [`Leak`] where the kernel says that not all of the memory came back.
    pub fn abandon(self, memory: &mut Memory) -> Result<u64, Leak> {
        self.domain.destroy_with(memory, &[])
    }
}
