//! What it tries with memory: reading, writing and executing what it has not been given.

use ipc_proto::manifest::Manifest;
use module_rt::InitError;
use operate::random::Random;
use probe::{execute, image_end, read, write};

use crate::escaped;

const PAGE: u64 = 4096;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
/// Where a module's memory lies: see `root_task_core::layout`.
const BASE: u64 = 0x40_0000;
const STACK_TOP: u64 = 0x5f_e000;
const IPC_BUFFER: u64 = 0x5f_f000;
const END: u64 = 0x60_0000;

/// The end of the lower half of the address space, and the beginning of the upper one.
#[cfg(target_arch = "aarch64")]
const HALVES: (u64, u64) = (1 << 48, 0xffff << 48);
/// As above.
#[cfg(target_arch = "x86_64")]
const HALVES: (u64, u64) = (1 << 47, 0x1_ffff << 47);

/// Whether the page is one that the module was given.
fn is_own(page: u64) -> bool {
    let stack = u64::from(Manifest::new("").stack_bytes);
    (BASE..image_end() as u64).contains(&page)
        || (STACK_TOP.saturating_sub(stack)..STACK_TOP).contains(&page)
        || page == IPC_BUFFER
}

/// Tries a page that is not its own.
fn must_be_closed(page: u64) -> Result<(), InitError> {
    let address = page as usize;
    if let Some(word) = read(address) {
        return Err(escaped(format_args!("read {word:#x} at {address:#x}")));
    }
    if write(address, 0) {
        return Err(escaped(format_args!("wrote at {address:#x}")));
    }
    if execute(address) {
        return Err(escaped(format_args!("executed at {address:#x}")));
    }
    Ok(())
}

fn all_closed(pages: impl Iterator<Item = u64>) -> Result<u64, InitError> {
    let mut tried = 0_u64;
    for page in pages.filter(|page| !is_own(*page)) {
        must_be_closed(page)?;
        tried = tried.saturating_add(1);
    }
    Ok(tried)
}

/// Every page within 2 MiB of anything that is mapped.
pub fn near() -> Result<u64, InitError> {
    all_closed((BASE - 2 * MIB..END + 2 * MIB).step_by(PAGE as usize))
}

/// The addresses of all pages of the MiB that starts there.
fn mib_from(start: u64) -> impl Iterator<Item = u64> {
    (0..MIB).step_by(PAGE as usize).map(move |offset| start.wrapping_add(offset))
}

/// The first and the last MiB of each half of the address space.
pub fn edges() -> Result<u64, InitError> {
    let (low, high) = HALVES;
    let starts = [0, low.wrapping_sub(MIB), high, 0_u64.wrapping_sub(MIB)];
    all_closed(starts.into_iter().flat_map(mib_from))
}

/// A page in each GiB of both halves, or in every `step`th.
pub fn far(step: u64) -> Result<u64, InitError> {
    let (low, high) = HALVES;
    let mut random = Random::new(7);
    let gibs = (0..low / GIB).step_by(usize::try_from(step.max(1)).unwrap_or(usize::MAX));
    let starts = gibs.map(|gib| gib.wrapping_mul(GIB)).flat_map(|start| [start, start.wrapping_add(high)]);
    all_closed(starts.map(|start| start.wrapping_add(random.below(GIB / PAGE).wrapping_mul(PAGE))))
}

/// Its own pages: code is not written, data is not executed where the machine can tell, and what it can write it has
/// been given.
pub fn own_pages() -> Result<u64, InitError> {
    if probe::writes_own_code() {
        return Err(escaped(format_args!("wrote to its own code")));
    }
    if probe::executes_own_data() != cfg!(target_arch = "x86_64") {
        return Err(escaped(format_args!("executed its own data, or could not where it can")));
    }
    let mut tried = 2_u64;
    for page in (BASE..END).step_by(PAGE as usize).filter(|page| is_own(*page)) {
        let address = page as usize;
        let word = read(address);
        // What is there is written again, if it can be.
        let written = word.is_some_and(|word| write(address, word));
        let stack_or_buffer = page >= image_end() as u64;
        if stack_or_buffer && !written {
            return Err(escaped(format_args!("{address:#x} should be its own")));
        }
        tried = tried.saturating_add(1);
    }
    Ok(tried)
}
