//! seL4 5.0.0.

pub mod guard;
#[cfg(target_arch = "x86_64")]
mod io_port;
mod irq_control;
pub mod rights;
#[cfg(target_arch = "aarch64")]
#[path = "tables_aarch64.rs"]
mod tables;
#[cfg(target_arch = "x86_64")]
#[path = "tables_x86_64.rs"]
mod tables;
mod tcb;
pub mod vspace_levels;

#[cfg(target_arch = "aarch64")]
pub use tables::ObjectBlueprintArm;
#[cfg(target_arch = "x86_64")]
pub use tables::ObjectBlueprintX86;
pub use tables::TranslationTableObjectType;

use crate::{BootInfoPtr, sys};

/// The slot of the capability to all I/O ports, which does what `IOPortControl` does on later kernels.
pub const IO_PORT_CONTROL: usize = sys::CAP_IO_PORT;

impl BootInfoPtr {
    /// The frequency of the x86's time stamp counter in MHz, as measured at boot; 0 elsewhere.
    #[must_use]
    pub fn tsc_mhz(&self) -> u64 {
        self.word_at(sys::BOOT_INFO_ARCH_INFO)
    }
}
