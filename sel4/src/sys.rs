//! What the build generated from the installed kernel: its numbers, its structs and its raw invocations.
//!
//! Everything in here is named and typed as the kernel's own interface files have it. The rest of the crate
//! makes it convenient; use this only for what that leaves out.
#![allow(
    clippy::cast_possible_truncation,
    clippy::unused_unit,
    clippy::unnecessary_cast,
    clippy::redundant_closure,
    unused_parens,
    dead_code,
    reason = "generated from tables: which of these occur depends on the kernel"
)]

use crate::invocation::invoke;
use crate::{CPtr, CapRights, Result, VmAttributes, Word};

include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
