//! Clients that die while they wait, with a clock that the test sets.

use std::cell::Cell;
use std::rc::Rc;

use ipc_proto::badge::{Badge, GenerationTag, Holder, Kind};
use ipc_proto::call_error::CallError;
use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::interface::Failure;
use ipc_proto::interface::dispatch::{Dispatch, Event};
use ipc_proto::interface::loopback::Loopback;

use wall_clock::chip::Chip;
use wall_clock::{LONGEST, WAITERS, WallClockClient, WallClockServer, WallClockState};

/// What time it is, and whether it interrupts.
#[derive(Clone, Default)]
struct Fake(Rc<Cell<(u64, bool)>>);

impl Chip for Fake {
    fn now(&mut self) -> Option<u64> {
        Some(self.0.get().0)
    }

    fn interrupt_at(&mut self, seconds: Option<u64>) {
        self.0.set((self.0.get().0, seconds.is_some()));
    }

    fn end_interrupt(&mut self) {}
}

/// The first instance of a client.
fn instance(domain: usize) -> Instance {
    Instance { domain: DomainId(u16::try_from(domain).unwrap()), generation: Generation(1) }
}

fn badge(domain: usize) -> u64 {
    let Instance { domain, generation } = instance(domain);
    let holder = Holder { domain, tag: GenerationTag::of(generation) };
    Badge { kind: Kind::Client, service: 0, holder }.to_word()
}

#[test]
fn a_client_that_dies_while_it_waits_leaves_its_place_to_others() {
    let (clock, ticks) = (Fake::default(), Rc::new(Cell::new(false)));
    let (device, on) = (clock.clone(), ticks.clone());
    let server = Loopback::new(WallClockServer(WallClockState::new(clock.clone())), 0);
    let server = server.meanwhile(move |server| {
        if on.get() {
            device.0.set((1, true));
            server.event(Event::Interrupt);
        }
    });
    let client = WallClockClient::new(&server);
    let waits = |domain: usize, seconds: u64| {
        server.call_as(badge(domain));
        client.wait_until(seconds)
    };
    let nobody = |answer| matches!(answer, Err(Failure::Call(CallError::Interrupted { .. })));
    // Nothing happens until they are not there any more.
    for domain in 0..WAITERS {
        assert!(nobody(waits(domain, LONGEST)));
    }
    ticks.set(true);
    assert!(nobody(waits(WAITERS, 1)), "there is no room");
    // One has died that does not wait.
    server.server().departed(instance(WAITERS));
    assert!(nobody(waits(WAITERS, 1)), "nor is there now");
    server.server().departed(instance(2));
    assert_eq!(waits(WAITERS, 1), Ok(1));
    assert!(clock.0.get().1, "the others wait");
    for domain in 0..WAITERS {
        server.server().departed(instance(domain));
    }
    assert!(!clock.0.get().1, "nobody waits any more");
}
