//! What a Cargo.toml may ask for, what is refused with file, line and key, and what a system makes of it.

use ipc_proto::manifest::Device;

use super::super::read as read_system;
use super::*;

const SYSTEM: &str =
    "modules = [\"a\"]\nboot = [\"a\"]\nname_server = \"a\"\nconsole = \"a\"\nclock = \"b\"\n";

fn package(name: &str, table: &str) -> String {
    format!("[package]\nname = \"{name}\"\n[package.metadata.escrow]\n{table}\n")
}

fn asks(name: &str, table: &str) -> Option<Asks> {
    read(Path::new("/p/Cargo.toml"), &package(name, table), name).unwrap()
}

fn refused(table: &str) -> String {
    let wrong = read(Path::new("/p/Cargo.toml"), &package("driver", table), "driver").unwrap_err();
    wrong.within(Path::new("/p/Cargo.toml")).to_string()
}

/// The system above, with something else in it, and what it grants.
fn granted(from: &str, to: &str, asks: &[Asks]) -> Result<(SystemManifest, Vec<String>), Wrong> {
    let system = read_system(&SYSTEM.replace(from, to), &[], asks)?;
    Ok((SystemManifest::decode(&system.encoded).unwrap(), system.differs))
}

#[test]
fn who_asks_for_nothing_is_granted_nothing() {
    for table in ["", "clock = false", "test_args = { driver = \"now\" }"] {
        assert_eq!(asks("driver", table), None, "{table}");
    }
    let other = package("driver", "clock = true");
    assert_eq!(read(Path::new("x"), &other, "driver-try").unwrap(), None, "another program of the package");
    for text in ["", "[package]", "[workspace]", "package = 1", "[package]\nname = \"driver\"\nmetadata = 1"]
    {
        assert_eq!(read(Path::new("x"), text, "driver").unwrap(), None, "{text}");
    }
}

#[test]
fn what_is_asked_for_is_granted_and_told() {
    let asks = asks("driver", "locker_slots = 8\nclock = true\nhang = \"restart\"").unwrap();
    let (system, told) = granted("clock = \"b\"", "", &[asks]).unwrap();
    let driver = Name::new("driver").unwrap();
    assert_eq!((system.device_of(&driver), system.allowance_of(&driver).locker_slots), (Device::Clock, 8));
    let words =
        "driver is granted clock = true, hang = \"restart\", locker_slots = 8: /p/Cargo.toml asks for it";
    assert_eq!(told, [words]);
}

#[test]
fn what_no_system_can_grant_is_refused_with_its_line() {
    for (table, told) in [
        ("\nlocker_slot = 8", "5: there is no key `locker_slot` here: did you mean `locker_slots`?"),
        ("test_arg.driver = \"now\"", "4: there is no key `test_arg` here: did you mean `test_args`?"),
        ("module = \"a\"", "4: there is no key `module` here; there are clock, memory_kib, "),
        ("console = true", "4: there is no key `console` here"),
        ("clock = 1", "4: clock: invalid type: integer `1`, expected a boolean"),
        ("locker_slots = -1", "4: locker_slots: invalid value: integer `-1`"),
        ("\n\nlocker_slots = 2049", "6: locker_slots for driver is 2049: give 0 to 2048"),
        ("memory_kib = 0", "4: memory_kib for driver is 0: give 1 to 4096"),
        ("hang = \"never\"", "4: hang: unknown variant `never`"),
    ] {
        let refused = refused(table);
        assert!(refused.starts_with(&format!("/p/Cargo.toml:{told}")), "{table}: {refused}");
    }
    for most in ["locker_slots = 2048", "memory_kib = 1", "connections = 48"] {
        assert!(asks("driver", most).is_some(), "{most}");
    }
    let no_table = read(Path::new("x"), "[package]\nname = \"a\"\nmetadata.escrow = 1", "a").unwrap_err();
    assert_eq!(no_table, Wrong::at(3, "`escrow` is a table: [package.metadata.escrow]"));
    let no_name = read(Path::new("x"), &package("a_b", "clock = true"), "a_b").unwrap_err();
    assert!(no_name.what.starts_with("`a_b` is no name of a module: "), "{no_name:?}");
}

#[test]
fn one_module_has_the_clock() {
    let wants = asks("driver", "clock = true").unwrap();
    let told =
        "driver asks for the clock (/p/Cargo.toml), and the system grants it to b: one module can have it";
    assert_eq!(granted("", "", std::slice::from_ref(&wants)).unwrap_err(), Wrong::at(5, told));
    let other = asks("other", "clock = true").unwrap();
    let both = granted("clock = \"b\"", "", &[wants.clone(), other]).unwrap_err();
    let told = "other asks for the clock (/p/Cargo.toml), and driver asks for it, too (/p/Cargo.toml): \
                one module can have it";
    assert_eq!(both, Wrong::whole(told));
    let console =
        granted("console = \"a\"\nclock = \"b\"", "console = \"driver\"", std::slice::from_ref(&wants));
    let console = console.unwrap_err();
    assert!(console.what.ends_with("and has the console: a module has one device"), "{console:?}");
    assert!(granted("clock = \"b\"", "clock = \"driver\"", &[wants]).is_ok(), "it has it already");
}

#[test]
fn a_grant_of_the_systems_own_holds_and_the_clock_is_granted_beside_it() {
    let own = "clock = \"b\"\ngrants = [{ module = \"driver\", locker_slots = 4 }]";
    let driver = Name::new("driver").unwrap();
    let wants = asks("driver", "locker_slots = 8").unwrap();
    let (system, told) = granted("clock = \"b\"", own, &[wants]).unwrap();
    assert_eq!((system.device_of(&driver), system.allowance_of(&driver).locker_slots), (Device::None, 4));
    let not = "driver is not granted what /p/Cargo.toml asks for, locker_slots = 8: the system's own grant for it holds";
    assert_eq!(told, [not]);
    let wants = asks("driver", "locker_slots = 8\nclock = true\nclients = 3").unwrap();
    let (system, told) = granted("clock = \"b\"", own.trim_start_matches("clock = \"b\""), &[wants]).unwrap();
    assert_eq!((system.device_of(&driver), system.allowance_of(&driver).locker_slots), (Device::Clock, 4));
    let both = "driver is granted clock = true: /p/Cargo.toml asks for it; it is not granted clients = 3, \
                locker_slots = 8: the system's own grant for it holds";
    assert_eq!(told, [both]);
}

/// What the first has been granted is not the system's own.
#[test]
fn two_packages_do_not_ask_for_modules_of_one_name() {
    for table in ["locker_slots = 8", "clock = true"] {
        let twice = [asks("driver", table).unwrap(), asks("driver", table).unwrap()];
        let told = "/p/Cargo.toml and /p/Cargo.toml both ask for a module driver: leave one of them out";
        assert_eq!(granted("clock = \"b\"", "", &twice).unwrap_err(), Wrong::whole(told), "{table}");
    }
}

#[test]
fn there_is_room_for_so_many_grants_and_not_for_one_more() {
    let asks = asks("driver", "locker_slots = 8").unwrap();
    let with = |count: usize| {
        let own: Vec<String> = (0..count).map(|n| format!("{{ module = \"n{n}\" }}")).collect();
        let own = format!("clock = \"b\"\ngrants = [{}]", own.join(", "));
        granted("clock = \"b\"", &own, std::slice::from_ref(&asks))
    };
    assert!(with(MAX_GRANTS.saturating_sub(1)).is_ok());
    let full = with(MAX_GRANTS).unwrap_err();
    let told = format!(
        "driver asks for locker_slots = 8 (/p/Cargo.toml), and a system has {MAX_GRANTS} grants at most"
    );
    assert_eq!(full, Wrong::at(6, told));
}
