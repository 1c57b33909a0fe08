//! Where a module finds its capabilities: the well-known slots of its CSpace.
//!
//! A module's CSpace is one CNode, of the size that [`cspace_bits`] gives, whose guard takes the rest of the word, so
//! that a slot's number is also its CPtr. The module holds no capability to the CNode itself.

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
/// The endpoint on which the module is called back during its init; empty in one that has opened none. Receive only.
pub const PRIVATE: u64 = 9;
/// The caller that the module is about to answer, whom it had put aside in its locker: see [`crate::deferred`].
pub const ANSWER: u64 = 10;
/// The first slot for connections to services.
pub const FIRST_CONNECTION: u64 = 16;
/// The most connections that a module can ask for in its manifest.
pub const MAX_CONNECTIONS: u8 = 48;
/// How many connections a module has that does not say.
pub const DEFAULT_CONNECTIONS: u8 = 16;
/// Where the registers of a granted device are mapped (aarch64).
pub const DEVICE_VADDR: usize = 0x5f_0000;

/// The CSpace of a module with so many connections has 2^n slots: 16, 32 or 64. Small where it can be: the kernel makes
/// and empties each slot, about 270 guest instructions for a load and unload (aarch64).
pub const fn cspace_bits(connections: u8) -> u8 {
    let held = if connections > MAX_CONNECTIONS { MAX_CONNECTIONS } else { connections };
    let slots = (FIRST_CONNECTION as u32).saturating_add(held as u32);
    slots.next_power_of_two().trailing_zeros() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cspace_holds_the_connections_and_no_more_than_it_must() {
        for (connections, bits) in [(0, 4), (1, 5), (16, 5), (17, 6), (MAX_CONNECTIONS, 6), (u8::MAX, 6)] {
            assert_eq!(cspace_bits(connections), bits, "{connections} connections");
        }
    }
}
