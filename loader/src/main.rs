//! The loader for aarch64: gives the kernel the address space that it expects, and enters it.
//!
//! QEMU has already put kernel, root task and boot archive where they belong, so nothing is copied
//! here and no file format read; the image composer wrote the addresses into `parameters`.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(all(target_arch = "aarch64", target_os = "none"))]
mod entry;
#[cfg(all(target_arch = "aarch64", target_os = "none"))]
mod parameters;
#[cfg(all(target_arch = "aarch64", target_os = "none"))]
mod serial;
#[cfg(all(target_arch = "aarch64", target_os = "none"))]
mod tables;

/// On every other target there is nothing to load; this keeps tools that look at the whole workspace
/// content.
#[cfg(not(target_os = "none"))]
fn main() {}

/// As `main`: bare metal of another machine has no use for this loader.
#[cfg(all(target_os = "none", not(target_arch = "aarch64")))]
#[panic_handler]
fn panic(_info: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
