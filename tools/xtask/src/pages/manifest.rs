//! What `docs/manifest.md` says of a module's manifest, and of what refuses one, is what the code does.

use ipc_proto::manifest::{DEPARTURES, Device, Manifest, ManifestError, OnLoss, PROGRAM};
use ipc_proto::name::{Name, NameError};
use root_task_core::allowance::Excess;
use root_task_core::system::SystemError;
use zerocopy::IntoBytes;

use super::{Page, from_to, number, quoted, said};

/// A key of the manifest, and its default where that is a number.
type Key = (&'static str, Option<u64>);

/// All keys of the manifest. A field that is missing here does not compile.
fn keys() -> Vec<Key> {
    macro_rules! keys {
        ($($number:ident),+; $($other:ident),+) => {{
            let Manifest { $($number,)+ $($other: _,)+ } = Manifest::new("a");
            vec![$((stringify!($number), Some(u64::from($number)))),+, $((stringify!($other), None)),+]
        }};
    }
    keys!(size, version, restart, priority, stack_bytes, memory_bytes, deadline_micros, locker_bits, device, connections, flags; magic, name)
}

/// Whether a manifest is taken with this number; `None` where the field has no room for it.
fn taken(key: &str, value: u64) -> Option<bool> {
    let mut manifest = Manifest::new("a");
    match key {
        "size" => manifest.size = value.try_into().ok()?,
        "version" => manifest.version = value.try_into().ok()?,
        "restart" => manifest.restart = value.try_into().ok()?,
        "priority" => manifest.priority = value.try_into().ok()?,
        "stack_bytes" => manifest.stack_bytes = value.try_into().ok()?,
        "memory_bytes" => manifest.memory_bytes = value.try_into().ok()?,
        "deadline_micros" => manifest.deadline_micros = value.try_into().ok()?,
        "locker_bits" => manifest.locker_bits = value.try_into().ok()?,
        "device" => manifest.device = value.try_into().ok()?,
        "connections" => manifest.connections = value.try_into().ok()?,
        "flags" => manifest.flags = value.try_into().ok()?,
        _ => panic!("{key} is no number"),
    }
    Some(Manifest::check(manifest.as_bytes()).is_ok())
}

#[test]
fn the_reference_has_every_key_of_a_modules_manifest_with_its_default_and_bounds() {
    let page = Page::of_docs("manifest.md");
    let rows = page.rows("table", "Manifest");
    let mut on_page: Vec<&str> = rows.iter().map(|row| quoted(row[0]).unwrap()).collect();
    let mut in_code: Vec<&str> = keys().iter().map(|(key, _)| *key).collect();
    on_page.sort_unstable();
    in_code.sort_unstable();
    assert_eq!(on_page, in_code, "the keys on the page, and those that there are");
    for row in rows {
        let (key, default, bounds) = (quoted(row[0]).unwrap(), row[1], row[2]);
        let in_code = keys().into_iter().find(|(known, _)| *known == key).unwrap().1;
        assert_eq!(number(default), in_code, "the default of {key}");
        match (key, from_to(bounds)) {
            ("magic", None) => {
                assert_eq!(quoted(default).map(str::as_bytes), Some(&Manifest::new("a").magic[..]));
            }
            ("name", None) => assert_eq!((default, bounds), ("given", "a name")),
            ("flags", None) => assert_eq!(bounds, flags()),
            (_, Some((least, most))) => within(key, least, most),
            _ => panic!("no bounds of {key}: {bounds}"),
        }
    }
}

/// Asserts what is taken below, at and above both ends.
fn within(key: &str, least: u64, most: u64) {
    let step = if key == "stack_bytes" { 4096 } else { 1 };
    for (value, is_within) in [
        (least.checked_sub(step), false),
        (Some(least), true),
        (Some(most), true),
        (most.checked_add(step), false),
    ] {
        let taken = value.and_then(|value| taken(key, value)).unwrap_or(is_within);
        assert_eq!(taken, is_within, "{key} of {value:?}, and the page says {least} to {most}");
    }
}

/// How the page says which flags there are.
fn flags() -> &'static str {
    let bits = [1_u8, 4, 8, 16];
    assert_eq!(bits, [DEPARTURES, PROGRAM, OnLoss::Notify as u8, OnLoss::Restart as u8]);
    for flags in 0..=u8::MAX {
        let known = flags & !bits.iter().fold(0, |all, bit| all | bit) == 0;
        assert_eq!(taken("flags", flags.into()), Some(known && flags & 24 != 24), "flags {flags}");
    }
    "bits 1, 4, 8, 16; not both 8 and 16"
}

#[test]
fn the_reference_has_the_sentence_of_everything_that_refuses_a_manifest() {
    let page = Page::of_docs("manifest.md");
    let of_a_module = said!(ManifestError {
        Size: ManifestError::Size(63);
        Magic: ManifestError::Magic;
        Name: ManifestError::Name(NameError::Empty), ManifestError::Name(NameError::BadStart);
        Restart: ManifestError::Restart(3);
        Priority: ManifestError::Priority(101);
        Stack: ManifestError::Stack(1);
        Memory: ManifestError::Memory(u32::MAX);
        Locker: ManifestError::Locker(12);
        Device: ManifestError::Device(3);
        Connections: ManifestError::Connections(49);
        Deadline: ManifestError::Deadline(999);
        Flags: ManifestError::Flags(2);
    });
    page.check_sentences("ManifestError", &of_a_module);
    let of_a_name = said!(NameError {
        Empty: NameError::Empty;
        TooLong: NameError::TooLong;
        BadStart: NameError::BadStart;
        BadCharacter: NameError::BadCharacter;
    });
    page.check_sentences("NameError", &of_a_name);
    let too_much = said!(Excess {
        Memory: Excess::Memory(129, 128);
        Connections: Excess::Connections(17, 16);
        Priority: Excess::Priority(100, 99);
        Locker: Excess::Locker(1, 0);
        Deadline: Excess::Deadline(1000, 1_000_000);
        Device: Excess::Device(Device::Console), Excess::Device(Device::Clock);
    });
    page.check_sentences("Excess", &too_much);
    let name = Name::new("a").unwrap();
    let number = |of| SystemError::Number { key: "waiters", of, value: 0, least: 1, most: 31 };
    let of_a_system = said!(SystemError {
        Undecodable: SystemError::Undecodable;
        TrailingBytes: SystemError::TrailingBytes(1);
        NoRoom: SystemError::NoRoom;
        NameServerNotFirst: SystemError::NameServerNotFirst(name);
        ArgsForNobody: SystemError::ArgsForNobody(name);
        TwoDevices: SystemError::TwoDevices(name);
        Number: number(None), number(Some(name));
        DelayAbove: SystemError::DelayAbove { value: 2, limit: "restart_window_ms", most: 1 };
        Twice: SystemError::Twice { list: "pinned", name };
    });
    page.check_sentences("SystemError", &of_a_system);
}
