//! What the two machines do differently in every kernel: the trap, its registers, mapping attributes.

#[cfg(target_arch = "aarch64")]
#[path = "aarch64.rs"]
mod machine;

#[cfg(target_arch = "x86_64")]
#[path = "x86_64.rs"]
mod machine;

#[cfg(not(any(target_arch = "aarch64", target_arch = "x86_64")))]
compile_error!("seL4 bindings exist for aarch64 and x86_64 only");

pub use machine::*;
