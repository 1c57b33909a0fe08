//! Tests of the numbers of a system's manifest: each below, at and above both ends of what it can be.
#![allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it expects")]

use root_task_core::system::{MAX_ENCODED, SystemManifest};

const SMALL: &str = "name_server = \"n\"\nconsole = \"c\"\nboot = [\"n\"]\n";

/// What is said of these keys; nothing where they are taken.
fn told(keys: &str) -> Option<String> {
    let manifest: SystemManifest = toml::from_str(&format!("{SMALL}{keys}\n")).unwrap();
    let told = manifest.check().err().map(|error| error.to_string());
    // What is refused when it is written is refused when it is read, too.
    assert_eq!(manifest.encode(&mut [0; MAX_ENCODED]).is_err(), told.is_some(), "{keys}");
    told
}

#[test]
fn numbers_of_the_whole_system() {
    for (key, least, most) in
        [("restart_window_ms", 1_u32, u32::MAX), ("autopsies", 0, 8), ("waiters", 1, 31)]
    {
        // Another key's bound, out of the way.
        let others = "restart_delay_ms = 0\n";
        let of = |value: u32| told(&format!("{others}{key} = {value}"));
        let refused = |value: u32| Some(format!("{key} is {value}: give {least} to {most}"));
        assert_eq!((of(least), of(least.saturating_add(1))), (None, None), "{key}");
        assert_eq!((of(most), of(most.saturating_sub(1))), (None, None), "{key}");
        if let Some(below) = least.checked_sub(1) {
            assert_eq!(of(below), refused(below));
        }
        if let Some(above) = most.checked_add(1) {
            assert_eq!(of(above), refused(above));
        }
    }
}

#[test]
fn numbers_of_a_grant() {
    let hour = 3_600_000_000;
    for (key, least, most) in [
        ("memory_kib", 1_u32, 4096_u32),
        ("connections", 0, 48),
        ("priority", 1, 100),
        ("locker_slots", 0, 2048),
        ("shortest_deadline", 1000, hour),
        ("names", 0, 8),
        ("clients", 0, 32),
        ("window_kib", 0, 2048),
        ("messages", 1, u32::MAX),
        ("log_bytes", 0, u32::MAX),
        ("wait_ms", 0, u32::MAX),
        ("init_ms", 1, u32::MAX),
    ] {
        let of = |value: u32| told(&format!("grants = [{{ module = \"a\", {key} = {value} }}]"));
        let refused = |value: u32| Some(format!("{key} for a is {value}: give {least} to {most}"));
        assert_eq!((of(least), of(least.saturating_add(1))), (None, None), "{key}");
        assert_eq!((of(most), of(most.saturating_sub(1))), (None, None), "{key}");
        if let Some(below) = least.checked_sub(1) {
            assert_eq!(of(below), refused(below));
        }
        if let Some(above) = most.checked_add(1) {
            assert_eq!(of(above), refused(above));
        }
    }
}

#[test]
fn the_first_delay_is_no_longer_than_the_longest_and_the_window() {
    let of = |delay: u32, longest: u32, window: u32| {
        told(&format!(
            "restart_delay_ms = {delay}\nlongest_restart_delay_ms = {longest}\nrestart_window_ms = {window}"
        ))
    };
    assert_eq!((of(6, 7, 9), of(7, 7, 7), of(0, 0, 1)), (None, None, None));
    let above = "restart_delay_ms is 8, and longest_restart_delay_ms is 7: the delay cannot be longer";
    assert_eq!(of(8, 7, 9).as_deref(), Some(above));
    let beyond = "restart_delay_ms is 8, and restart_window_ms is 7: the delay cannot be longer";
    assert_eq!(of(8, 9, 7).as_deref(), Some(beyond));
    // The default of a key that is left out counts.
    assert!(told("longest_restart_delay_ms = 9").unwrap().contains("restart_delay_ms is 10"));
    assert_eq!(told("longest_restart_delay_ms = 10"), None);
}

#[test]
fn a_module_has_one_device() {
    let told_of = told("clock = \"c\"");
    assert_eq!(
        told_of.as_deref(),
        Some("console and clock are both c, and a module has one device: name another one")
    );
    assert_eq!(told("clock = \"d\""), None);
}
