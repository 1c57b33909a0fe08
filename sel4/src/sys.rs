//! What the build generated from the installed kernel: its numbers, its structs and its raw invocations.
//!
//! Everything in here is named and typed as the kernel's own interface files have it. The rest of the crate
//! makes it convenient; use this only for what that leaves out.

use crate::invocation::invoke;
use crate::{CPtr, CapRights, Result, VmAttributes, Word};

include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
