//! Each word of an allowance, and what a manifest asks for.

use super::*;
use ipc_proto::manifest::{Manifest, Restart};
use ipc_proto::version::Version;
use std::string::ToString;

const DEFAULT: Manifest = Manifest::new("a");

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn request() -> Request {
    Request {
        name: name("a"),
        version: Version(1),
        restart: Restart::Never,
        priority: MAX_PRIORITY,
        stack_bytes: 4096,
        memory_bytes: DEFAULT.memory_bytes,
        locker_bits: DEFAULT.locker_bits,
        device: Device::None,
        connections: DEFAULT.connections,
        deadline_micros: DEFAULT.deadline_micros,
        departures: false,
        program: false,
        on_loss: ipc_proto::manifest::OnLoss::Ignore,
    }
}

fn told(allowance: &Allowance, request: Request) -> Option<std::string::String> {
    allowance.check(&request, Device::None).err().map(|difference| difference.to_string())
}

#[test]
fn what_a_manifest_has_by_default_anybody_may_have() {
    assert_eq!(told(&Allowance::of_anybody(name("a")), request()), None);
}

#[test]
fn each_word_below_at_and_above_its_bound() {
    let allowance = Allowance {
        module: name("a"),
        memory_kib: 200,
        connections: 20,
        priority: 50,
        locker_slots: 8,
        shortest_deadline: 5000,
        ..Allowance::of_anybody(name("a"))
    };
    let at = Request {
        memory_bytes: 200 * 1024,
        connections: 20,
        priority: 50,
        locker_bits: 3,
        deadline_micros: 5000,
        ..request()
    };
    assert_eq!(told(&allowance, at), None, "at each bound");
    let below = Request {
        memory_bytes: 200 * 1024 - 1,
        connections: 19,
        priority: 49,
        locker_bits: 2,
        deadline_micros: 5001,
        ..at
    };
    assert_eq!(told(&allowance, below), None, "below each");
    for (above, says) in [
        (Request { memory_bytes: 200 * 1024 + 1, ..at }, "201 KiB of memory, and may have 200 (memory_kib)"),
        (Request { connections: 21, ..at }, "21 connections, and may have 20 (connections)"),
        (Request { priority: 51, ..at }, "priority 51, and may have 50 (priority)"),
        (Request { locker_bits: 4, ..at }, "a locker of 16 slots, and may have 8 (locker_slots)"),
        (
            Request { deadline_micros: 4999, ..at },
            "a deadline of 4999 us, and may have 5000 (shortest_deadline)",
        ),
        (Request { device: Device::Clock, ..at }, "the clock, which it is not granted (clock)"),
        (Request { device: Device::Console, ..at }, "the console, which it is not granted (console)"),
    ] {
        let whole = std::format!("it asks for more than the system's manifest grants it: {says}");
        assert_eq!(told(&allowance, above), Some(whole));
    }
}

#[test]
fn every_difference_is_told() {
    let all = Request {
        memory_bytes: u32::MAX,
        connections: u8::MAX,
        locker_bits: u8::MAX,
        deadline_micros: 0,
        device: Device::Console,
        ..request()
    };
    let allowance = Allowance { priority: 1, ..Allowance::of_anybody(name("a")) };
    let told = told(&allowance, all).unwrap();
    for word in ["memory_kib", "connections", "priority", "locker_slots", "shortest_deadline", "(console)"] {
        assert!(told.contains(word), "{told}");
    }
    let of_shell = Allowance { module: name("shell"), ..Allowance::of_anybody(name("shell")) };
    let asks = |device| Request { device, ..request() };
    assert_eq!(of_shell.check(&asks(Device::Console), Device::Console), Ok(()));
    assert!(of_shell.check(&asks(Device::Clock), Device::Console).is_err());
}
