//! What the image composer tells the loader: a block in the loader's own file.

use core::ptr;

/// Where things are. All addresses are physical unless they say otherwise.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Parameters {
    /// How the composer finds the block (tools/xtask/src/image/aarch64.rs has the same words).
    magic: [u8; 16],
    /// The kernel's entry, a virtual address; 0 where nothing was composed.
    pub kernel_entry: u64,
    /// The kernel's first byte.
    pub kernel_physical: u64,
    /// The root task's first byte.
    pub user_start: u64,
    /// The byte behind the boot archive.
    pub user_end: u64,
    /// Physical minus virtual address of the root task, modulo 2^64.
    pub pv_offset: u64,
    /// The root task's entry, a virtual address.
    pub user_entry: u64,
}

#[used]
#[unsafe(link_section = ".data.parameters")]
static PARAMETERS: Parameters = Parameters {
    magic: *b"ESCROW-LOADER-01",
    kernel_entry: 0,
    kernel_physical: 0,
    user_start: 0,
    user_end: 0,
    pv_offset: 0,
    user_entry: 0,
};

/// The block as it is in memory; `None` where nobody composed an image around this loader.
pub fn read() -> Option<Parameters> {
    // SAFETY: the block is a valid static. Volatile, because the file was changed after the compiler
    // saw the block.
    let parameters = unsafe { ptr::read_volatile(&raw const PARAMETERS) };
    (parameters.kernel_entry != 0).then_some(parameters)
}
