//! The page tables that hold until the kernel has its own: blocks of 1 GiB, one for this code at its
//! physical address and one for the kernel.

use core::sync::atomic::{AtomicU64, Ordering};

use crate::parameters::Parameters;

/// One table of the upper two levels: 512 entries.
#[repr(C, align(4096))]
struct Table([AtomicU64; 512]);

static LOW_ROOT: Table = Table::empty();
static LOW: Table = Table::empty();
static HIGH_ROOT: Table = Table::empty();
static HIGH: Table = Table::empty();

/// What TTBR0 and TTBR1 are to hold.
pub struct Roots {
    /// For addresses from 0 up.
    pub low: u64,
    /// For addresses from 2^64 - 2^48 up.
    pub high: u64,
}

/// Bytes that an entry of the second level maps, as a power of two.
const BLOCK_BITS: u32 = 30;
/// Bytes that an entry of the first level maps, as a power of two.
const ROOT_BITS: u32 = 39;

/// An entry that points to the next table (Arm ARM, D8.3.1).
const TO_TABLE: u64 = 0b11;
/// An entry that maps a block: normal memory (attribute index 4), inner shareable, accessed already,
/// for the kernel's level of privilege only.
const BLOCK: u64 = 0b01 | (4 << 2) | (0b11 << 8) | (1 << 10);

impl Table {
    const fn empty() -> Self {
        Self([const { AtomicU64::new(0) }; 512])
    }

    /// Where it lies. Until the MMU is on, all addresses are physical.
    fn address(&'static self) -> u64 {
        (&raw const *self).addr() as u64
    }

    /// Sets the entry that `address` goes through, in a table whose entries each map 2^`bits` bytes.
    fn set(&self, address: u64, bits: u32, entry: u64) {
        let index = (address >> bits) % 512;
        if let Some(slot) = self.0.get(index as usize) {
            slot.store(entry, Ordering::Relaxed);
        }
    }
}

/// Fills the tables. To be called with the MMU off.
pub fn fill(parameters: &Parameters) -> Roots {
    let here = LOW.address();
    LOW_ROOT.set(here, ROOT_BITS, LOW.address() | TO_TABLE);
    LOW.set(here, BLOCK_BITS, block(here));
    HIGH_ROOT.set(parameters.kernel_entry, ROOT_BITS, HIGH.address() | TO_TABLE);
    HIGH.set(parameters.kernel_entry, BLOCK_BITS, block(parameters.kernel_physical));
    Roots { low: LOW_ROOT.address(), high: HIGH_ROOT.address() }
}

/// An entry for the block that holds this physical address.
fn block(physical: u64) -> u64 {
    (physical >> BLOCK_BITS << BLOCK_BITS) | BLOCK
}
