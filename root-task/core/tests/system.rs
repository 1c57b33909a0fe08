//! Tests of the system's manifest: TOML in, postcard through, bounds, and hostile bytes.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use ipc_proto::manifest::{MAX_DEADLINE, MAX_PRIORITY};
use ipc_proto::name::{MAX_NAME, Name};
use ipc_proto::operator::Mark;
use ipc_proto::slots::MAX_CONNECTIONS;
use ipc_proto::supervisor::MAX_ARGS;
use proptest::prelude::*;
use root_task_core::restart::{Budget, DEFAULT_BUDGET};
use root_task_core::system::{
    MAX_AUTOPSIES, MAX_BOOT, MAX_BOOT_ARGS, MAX_ENCODED, MAX_GRANTS, MAX_LOCKER_SLOTS, MAX_MEMORY_KIB,
    MAX_OPERATORS, MAX_PINNED, MAX_PROVIDED, MAX_RIGHTS, MAX_SURVIVORS, MAX_USED, MAX_WINDOW_KIB,
    SystemError, SystemManifest,
};
use root_task_core::waits::DEFAULT_WAITERS;

const TEXT: &str = r#"
name_server = "name-server"
console = "shell"
operators = ["shell"]
boot = ["name-server", "shell", "echo"]
pinned = ["name-server"]
push = true
"#;

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn parsed(text: &str) -> Result<SystemManifest, String> {
    toml::from_str(text).map_err(|error| error.to_string())
}

/// A list of `count` different names of the greatest length, the first of them `first`.
fn list(key: &str, first: &str, count: usize) -> String {
    let names: Vec<_> = (0..count)
        .map(
            |i| if i == 0 { format!("{first:?}") } else { format!("\"{}{i:02}\"", "x".repeat(MAX_NAME - 2)) },
        )
        .collect();
    format!("{key} = [{}]\n", names.join(", "))
}

#[test]
fn toml_to_postcard_and_back() {
    let manifest = parsed(TEXT).unwrap();
    assert_eq!(manifest.boot.as_slice(), &[name("name-server"), name("shell"), name("echo")]);
    assert!(manifest.push && !parsed(&TEXT.replace("push = true", "")).unwrap().push);
    let mut buffer = [0; MAX_ENCODED];
    let bytes = manifest.encode(&mut buffer).unwrap();
    assert_eq!(SystemManifest::decode(bytes), Ok(manifest));
}

#[test]
fn a_file_that_says_nothing_else_is_the_plain_manifest() {
    let text = "name_server = \"name-server\"\nconsole = \"name-server\"\nboot = []\n";
    assert_eq!(parsed(text), Ok(SystemManifest::plain(name("name-server"))));
}

#[test]
fn lists_can_be_left_out_and_unknown_keys_cannot_be_put_in() {
    let short = "name_server = \"n\"\nconsole = \"c\"\nboot = [\"n\"]\n";
    assert!(parsed(short).unwrap().operators.is_empty());
    assert_eq!(parsed(short).unwrap().max_restarts, DEFAULT_BUDGET);
    let ms = 1_000_000;
    let default = Budget { restarts: 5, window: 60_000 * ms, delay: 10 * ms, longest_delay: 1_000 * ms };
    assert_eq!(parsed(short).unwrap().restart_budget(), default);
    let keys =
        "max_restarts = 1\nrestart_window_ms = 2\nrestart_delay_ms = 3\nlongest_restart_delay_ms = 4\n";
    let said = Budget { restarts: 1, window: 2 * ms, delay: 3 * ms, longest_delay: 4 * ms };
    assert_eq!(parsed(&format!("{short}{keys}")).unwrap().restart_budget(), said);
    for (text, budget) in [("0", Some(0)), ("4294967295", Some(u32::MAX)), ("4294967296", None), ("-1", None)]
    {
        let said =
            parsed(&format!("{short}max_restarts = {text}\n")).ok().map(|manifest| manifest.max_restarts);
        assert_eq!(said, budget, "{text}");
    }
    let error = parsed(&format!("{short}pined = []\n")).unwrap_err();
    assert!(error.contains("unknown field `pined`"), "{error}");
    let error = parsed(&short.replace("\"c\"", "\"C\"")).unwrap_err();
    assert!(error.contains("a name starts with a letter a-z"), "{error}");
}

#[test]
fn arguments_are_for_boot_modules() {
    let manifest = parsed(&format!("{TEXT}args = [{{ module = \"echo\", text = \"a b\" }}]\n")).unwrap();
    assert_eq!(manifest.args_of(&name("echo")).as_str(), "a b");
    assert_eq!(manifest.args_of(&name("shell")).as_str(), "");
    let manifest = parsed(&format!("{TEXT}args = [{{ module = \"other\", text = \"a\" }}]\n")).unwrap();
    assert_eq!(manifest.check(), Err(SystemError::ArgsForNobody(name("other"))));
    let twice = parsed(&format!("{TEXT}args = [{0}, {0}]\n", r#"{ module = "echo", text = "a" }"#)).unwrap();
    assert_eq!(twice.check(), Err(SystemError::Twice { list: "args", name: name("echo") }));
    let one = "{ module = \"echo\", text = \"a\" }, ";
    for (count, fits) in [(MAX_BOOT_ARGS - 1, true), (MAX_BOOT_ARGS, true), (MAX_BOOT_ARGS + 1, false)] {
        let text = format!("{TEXT}args = [{}]\n", one.repeat(count));
        assert_eq!(parsed(&text).is_ok(), fits, "{count}");
    }
}

#[test]
fn each_list_below_at_and_above_its_bound() {
    for (key, bound) in [
        ("operators", MAX_OPERATORS),
        ("survive_faults", MAX_SURVIVORS),
        ("boot", MAX_BOOT),
        ("pinned", MAX_PINNED),
        ("keep_in_use", MAX_PINNED),
    ] {
        for (count, fits) in [(bound - 1, true), (bound, true), (bound + 1, false)] {
            let boot = if key == "boot" { String::new() } else { list("boot", "n", 1) };
            let text = format!("name_server = \"n\"\nconsole = \"c\"\n{boot}{}", list(key, "n", count));
            let result = parsed(&text).map(|manifest| manifest.check());
            assert_eq!(result.is_ok(), fits, "{count} under {key}: {result:?}");
        }
    }
}

#[test]
fn no_more_dead_are_kept_than_there_are_reports() {
    assert_eq!(parsed(TEXT).unwrap().autopsies, 0);
    let of = |asked: u8| parsed(&format!("{TEXT}autopsies = {asked}\n")).unwrap().check();
    assert_eq!((of(0), of(MAX_AUTOPSIES)), (Ok(()), Ok(())));
    let refused = of(MAX_AUTOPSIES + 1).unwrap_err();
    assert_eq!(refused.to_string(), "autopsies is 9: give 0 to 8");
    assert!(parsed(&format!("{TEXT}autopsies = 256\n")).is_err());
}

#[test]
fn the_largest_manifest_fits_the_bound() {
    let longest = "n".repeat(MAX_NAME);
    let text = format!(
        "name_server = {longest:?}\nconsole = {longest:?}\nclock = \"clock{}\"\nmax_restarts = 4294967295\nrestart_window_ms = 4294967295\nrestart_delay_ms = 4294967295\nlongest_restart_delay_ms = 4294967295\nwaiters = 31\nautopsies = 8\n{}{}{}{}{}{}{}args = [{}]\ngrants = [{}]\nrights = [{}]\n",
        "k".repeat(MAX_NAME - 5),
        list("operators", &longest, MAX_OPERATORS),
        list("survive_faults", &longest, MAX_SURVIVORS),
        list("boot", &longest, MAX_BOOT),
        list("pinned", &longest, MAX_PINNED),
        list("keep_in_use", &longest, MAX_PINNED),
        list("default_provides", &longest, MAX_PROVIDED),
        list("default_uses", &longest, MAX_USED),
        (0..MAX_BOOT_ARGS)
            .map(|i| if i == 0 { longest.clone() } else { format!("{}{i:02}", "x".repeat(MAX_NAME - 2)) })
            .map(|module| format!("{{ module = {module:?}, text = {:?} }}", "a".repeat(MAX_ARGS)))
            .collect::<Vec<_>>()
            .join(", "),
        (0..MAX_GRANTS)
            .map(|i| format!("{}{i:02}", "x".repeat(MAX_NAME - 2)))
            .map(|module| {
                format!(
                    "{{ module = {module:?}, memory_kib = {MAX_MEMORY_KIB}, connections = {MAX_CONNECTIONS}, priority = {MAX_PRIORITY}, locker_slots = {MAX_LOCKER_SLOTS}, \
                     shortest_deadline = {MAX_DEADLINE}, names = 8, clients = 32, window_kib = {MAX_WINDOW_KIB}, messages = {0}, log_bytes = {0}, wait_ms = {0}, init_ms = {0}, hang = \"restart\", on_loss = \"restart\" }}",
                    u32::MAX,
                )
            })
            .collect::<Vec<_>>()
            .join(", "),
        (0..MAX_RIGHTS)
            .map(|i| format!("{}{i:02}", "x".repeat(MAX_NAME - 2)))
            .map(|module| {
                let provides = list("provides", &longest, MAX_PROVIDED);
                let uses = list("uses", &longest, MAX_USED);
                format!("{{ module = {module:?}, {}, {} }}", provides.trim(), uses.trim())
            })
            .collect::<Vec<_>>()
            .join(", ")
    );
    let manifest = parsed(&text).unwrap();
    let mut buffer = [0; MAX_ENCODED];
    let used = manifest.encode(&mut buffer).unwrap().len();
    assert!(used > MAX_ENCODED - 64, "the bound is close: {used}");
    assert_eq!(manifest.encode(&mut vec![0; used]).unwrap().len(), used);
    assert_eq!(manifest.encode(&mut vec![0; used - 1]), Err(SystemError::NoRoom));
}

#[test]
fn what_the_types_do_not_say_is_checked() {
    let error =
        |from: &str, to: &str| parsed(&TEXT.replace(from, to)).unwrap().check().unwrap_err().to_string();
    assert_eq!(
        error(r#"["name-server", "shell""#, r#"["shell""#),
        "the name server name-server is not the first module under boot: the others look names up when they start, so \
         put it first"
    );
    assert_eq!(error(r#""echo""#, r#""shell""#), "shell is listed twice under boot: leave one out");
    assert_eq!(
        error(r#"operators = ["shell""#, r#"operators = ["a", "a""#),
        "a is listed twice under operators: leave one out"
    );
}

#[test]
fn what_follows_and_what_is_missing_is_noticed() {
    let mut buffer = [0; MAX_ENCODED];
    let used = parsed(TEXT).unwrap().encode(&mut buffer).unwrap().len();
    assert_eq!(SystemManifest::decode(&buffer[..used + 1]), Err(SystemError::TrailingBytes(1)));
    for len in 0..used {
        assert_eq!(SystemManifest::decode(&buffer[..len]), Err(SystemError::Undecodable));
    }
}

proptest! {
    #[test]
    fn hostile_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..1200)) {
        if let Ok(manifest) = SystemManifest::decode(&bytes) {
            prop_assert_eq!(manifest.check(), Ok(()));
        }
    }

    #[test]
    fn a_changed_manifest_does_no_harm(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8)) {
        let mut buffer = [0; MAX_ENCODED];
        let mut bytes = parsed(TEXT).unwrap().encode(&mut buffer).unwrap().to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(manifest) = SystemManifest::decode(&bytes) {
            prop_assert_eq!(manifest.check(), Ok(()));
        }
    }
}

#[test]
fn every_word_that_reaches_beyond_a_module_is_its_mark() {
    let text = r#"
        name_server = "names"
        console = "driver"
        clock = "clockwork"
        boot = ["names"]
        operators = ["shell"]
        survive_faults = ["prisoner"]
        grants = [
            { module = "taker", locker_slots = 1 },
            { module = "plain", locker_slots = 0, messages = 2000, memory_kib = 4096 },
            { module = "talker", messages = 2001 },
        ]
    "#;
    let manifest = parsed(text).unwrap();
    for (module, marks) in [
        ("names", &[Mark::NameServer][..]),
        ("driver", &[Mark::Console]),
        ("clockwork", &[Mark::Clock]),
        ("shell", &[Mark::Operators]),
        ("prisoner", &[Mark::SurviveFaults]),
        ("taker", &[Mark::LockerSlots]),
        ("talker", &[Mark::Messages]),
        ("plain", &[]),
        ("anybody", &[]),
    ] {
        assert_eq!(manifest.marks_of(&name(module)), marks, "{module}");
    }
    // Each is told by the word of the manifest that grants it, in words and as JSON.
    for mark in [
        Mark::Operators,
        Mark::NameServer,
        Mark::Console,
        Mark::Clock,
        Mark::SurviveFaults,
        Mark::LockerSlots,
    ] {
        assert!(text.contains(&mark.to_string()), "{mark}");
    }
}

#[test]
fn how_many_may_wait() {
    assert_eq!(parsed(TEXT).unwrap().waiters, DEFAULT_WAITERS);
    for (text, waiters) in [("0", Some(0)), ("65535", Some(u16::MAX)), ("65536", None)] {
        let said = parsed(&format!("{TEXT}waiters = {text}\n")).ok().map(|manifest| manifest.waiters);
        assert_eq!(said, waiters, "{text}");
    }
    let granted = |grants: &str| parsed(&format!("{TEXT}grants = [{grants}]\n"));
    let waits =
        granted(r#"{ module = "a", wait_ms = 7 }, { module = "b", wait_ms = 0 }, { module = "c" }, { module = "e", wait_ms = 4294967295 }"#).unwrap();
    for (module, micros) in
        [("a", 7_000), ("b", 0), ("c", 10_000_000), ("d", 10_000_000), ("e", 4_294_967_295_000)]
    {
        assert_eq!(waits.longest_wait_of(&name(module)), micros, "{module}");
    }
}
