//! Where a module finds its capabilities: the well-known slots of its CSpace.
//!
//! A module's CSpace is one CNode of 2^[`CSPACE_BITS`] slots whose guard takes the rest of the word, so that a
//! slot's number is also its CPtr. The module holds no capability to the CNode itself.

/// The CSpace has 2^6 = 64 slots.
pub const CSPACE_BITS: u8 = 6;

/// The fault handler: the kernel sends the module's faults here. Badged, send only.
pub const FAULT: u64 = 1;
/// The supervisor, for requests. Badged, send only.
pub const SUPERVISOR: u64 = 2;
/// The name server. Badged, send only. Empty in the name server itself.
pub const NAMES: u64 = 3;
/// The endpoint on which the module receives calls to all of its services. Receive only.
pub const RECEIVE: u64 = 4;
/// The module's locker, a CNode for capabilities that it is handed; empty where the manifest asks for none.
pub const LOCKER: u64 = 5;
/// The slot *of the locker* that holds an endpoint of the module's own, with all rights and no badge.
pub const OWN_ENDPOINT: u16 = 1;
/// The interrupt of the granted device.
pub const IRQ_HANDLER: u64 = 6;
/// The I/O ports of the granted device (x86_64).
pub const IO_PORTS: u64 = 7;
/// The notification that the granted device signals, bound to the module's thread.
pub const NOTIFICATION: u64 = 8;
/// The first slot for connections to services.
pub const FIRST_CONNECTION: u64 = 16;
/// How many connections a module can hold.
pub const MAX_CONNECTIONS: usize = 48;
/// Where the registers of a granted device are mapped (aarch64).
pub const DEVICE_VADDR: usize = 0x5f_0000;
