//! Whatever bytes a module's manifest has: what is accepted is within every bound, and comes back when it is written.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it expects"
)]

use ipc_proto::manifest::{
    DEPARTURES, MAX_DEADLINE, MAX_LOCKER_BITS, MAX_MEMORY, MAX_PRIORITY, MAX_STACK, MIN_DEADLINE, Manifest,
    PROGRAM, Request,
};
use ipc_proto::slots::MAX_CONNECTIONS;
use zerocopy::IntoBytes;

fuzz_tests::target!(manifest, "manifest", holds);

fn holds(section: &[u8]) {
    match Manifest::check(section) {
        Ok(request) => {
            is_within_bounds(&request);
            assert_eq!(Manifest::check(written(&request).as_bytes()), Ok(request));
        }
        Err(error) => assert!(!error.to_string().is_empty(), "{error:?} is told in words"),
    }
}

fn is_within_bounds(request: &Request) {
    assert!((1..=MAX_PRIORITY).contains(&request.priority));
    assert!((4096..=MAX_STACK).contains(&request.stack_bytes) && request.stack_bytes.is_multiple_of(4096));
    assert!(request.memory_bytes <= MAX_MEMORY);
    assert!(request.locker_bits <= MAX_LOCKER_BITS);
    assert!(request.connections <= MAX_CONNECTIONS);
    assert!((MIN_DEADLINE..=MAX_DEADLINE).contains(&request.deadline_micros));
    assert!(ipc_proto::name::Name::new(request.name.as_str()) == Ok(request.name));
}

fn written(request: &Request) -> Manifest {
    let bit = |is: bool, flag: u8| if is { flag } else { 0 };
    Manifest {
        version: request.version.0,
        restart: request.restart as u8,
        priority: request.priority,
        stack_bytes: request.stack_bytes,
        memory_bytes: request.memory_bytes,
        deadline_micros: request.deadline_micros,
        locker_bits: request.locker_bits,
        device: request.device as u8,
        connections: request.connections,
        flags: bit(request.departures, DEPARTURES) | bit(request.program, PROGRAM) | request.on_loss as u8,
        ..Manifest::new(request.name.as_str())
    }
}
