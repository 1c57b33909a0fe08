//! What an instance takes: its frames one by one, and the size of the untyped that all its objects come from.

use core::ops::Range;

use ipc_proto::manifest::Request;
use ipc_proto::slots::cspace_bits;

use super::{ElfError, ElfPlan, Limits, Permissions, Segment};
use crate::layout::{ENDPOINT_BITS, IPC_BUFFER, PAGE_SIZE, STACK_TOP};

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameUse {
    /// A page of a segment.
    Segment,
    /// A page of the stack.
    Stack,
    /// The IPC buffer.
    IpcBuffer,
}

/// One frame: where it is mapped, and what is copied into it first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The address of its page.
    pub vaddr: u64,
    /// With which rights it is mapped.
    pub permissions: Permissions,
    /// The bytes of the file that go to its start, at most a page. Empty: it stays zero.
    pub source: Range<usize>,
    /// What it is for.
    pub used_as: FrameUse,
}

/// What an instance takes.
pub(super) struct Takes {
    pub(super) frames: u16,
    pub(super) bytes: u64,
    pub(super) untyped_bits: u8,
}

fn stack_pages(request: &Request) -> u64 {
    u64::from(request.stack_bytes) / PAGE_SIZE
}

/// Adds up the objects. Each has the size of a power of two, so that laid out from the largest to the smallest they
/// leave no gaps, and the sum is what the untyped must hold.
pub(super) fn takes(segments: &[Segment], request: &Request, limits: &Limits<'_>) -> Result<Takes, ElfError> {
    let pages = segments.iter().fold(0u64, |sum, segment| sum.saturating_add(segment.pages()));
    let frames = pages.saturating_add(stack_pages(request)).saturating_add(1);
    let locker = match request.locker_bits {
        0 => 0,
        bits => {
            power_of_two(bits.saturating_add(limits.slot_bits)).saturating_add(power_of_two(ENDPOINT_BITS))
        }
    };
    let cspace = power_of_two(cspace_bits(request.connections).saturating_add(limits.slot_bits));
    let cnodes = locker.saturating_add(cspace);
    let objects = limits.object_bits.iter().fold(cnodes, |sum, bits| sum.saturating_add(power_of_two(*bits)));
    let bytes = frames.saturating_mul(PAGE_SIZE).saturating_add(objects);
    let allows = request.memory_bytes;
    let quota = ElfError::Quota { needs: bytes, allows };
    if bytes > u64::from(allows) {
        return Err(quota);
    }
    let untyped = bytes.checked_next_power_of_two().ok_or(quota)?;
    Ok(Takes {
        frames: u16::try_from(frames).map_err(|_| quota)?,
        bytes,
        untyped_bits: u8::try_from(untyped.trailing_zeros()).map_err(|_| quota)?,
    })
}

fn power_of_two(bits: u8) -> u64 {
    1u64.checked_shl(u32::from(bits)).unwrap_or(u64::MAX)
}

impl ElfPlan {
    /// All frames of an instance: the segments' in the order of the file, then the stack's from its lowest page up,
    /// then the IPC buffer. As many as [`ElfPlan::frame_count`].
    pub fn frames(&self) -> impl Iterator<Item = Frame> {
        let segments = self.segments.iter().flat_map(|segment| {
            (0..segment.pages()).map(move |index| Frame {
                vaddr: segment.vaddr.saturating_add(index.saturating_mul(PAGE_SIZE)),
                permissions: segment.permissions,
                source: segment.page_source(index),
                used_as: FrameUse::Segment,
            })
        });
        let stack = (1..=stack_pages(&self.request)).rev().map(|index| {
            let vaddr = STACK_TOP.saturating_sub(index.saturating_mul(PAGE_SIZE));
            zero_frame(vaddr, FrameUse::Stack)
        });
        segments.chain(stack).chain([zero_frame(IPC_BUFFER, FrameUse::IpcBuffer)])
    }
}

fn zero_frame(vaddr: u64, used_as: FrameUse) -> Frame {
    Frame { vaddr, permissions: Permissions::ReadWrite, source: 0..0, used_as }
}
