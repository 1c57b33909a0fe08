//! Scenarios that are read, and everything that can be wrong with one.

use super::*;
use crate::arch::Arch;
use crate::scenario::settings::Kernel;

/// A repository with one scenario in it.
fn repository(toml: &str, transcript: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("tests/scenarios/one");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("scenario.toml"), toml).unwrap();
    fs::write(folder.join("transcript"), transcript).unwrap();
    root
}

fn error(toml: &str, transcript: &str) -> String {
    let root = repository(toml, transcript);
    format!("{:#}", load_all(root.path()).unwrap_err())
}

#[test]
fn what_is_left_out_has_defaults() {
    let root = repository("summary = 'it lives'", "escrow> halt\n");
    let all = load_all(root.path()).unwrap();
    let settings = &all[0].settings;
    let system = all[0].system.as_str();
    assert_eq!(all[0].name, "one");
    assert_eq!((system, settings.kernel), ("default", Kernel::Release));
    assert_eq!((settings.arch.as_slice(), settings.full), (&Arch::ALL[..], false));
    assert_eq!(settings.budget, 600_000_000);
}

#[test]
fn a_repository_without_scenarios_has_none() {
    assert!(load_all(tempfile::tempdir().unwrap().path()).unwrap().is_empty());
}

#[test]
fn what_is_wrong_is_told_with_file_and_line() {
    let cases = [
        ("", "scenario.toml:1: missing field `summary`"),
        (
            "summary = 'x'\nbugdet = 3",
            "scenario.toml:2: there is no key `bugdet` here: did you mean `budget`?",
        ),
        ("summary = 'x'\narch = []", "scenario.toml: `arch` names no architecture"),
        ("summary = 'x'\narch = ['riscv']", "scenario.toml:2: unknown variant `riscv`"),
        ("summary = 'x'\n\nkernel = 'fast'", "scenario.toml:3: unknown variant `fast`"),
        ("summary = 'x'\nbudget = -1", "scenario.toml:2: "),
        ("summary = 'x'\nsystem = 'my.toml'", "scenario.toml:2: there is no file "),
        ("summary = 'x'\n[[source]]\nname = 'a'\npath = 'a'", "scenario.toml:4: there is no Cargo.toml in "),
        ("summary = 'x'\n[[elf]]\nname = 'a'\npath = 'a-{arch}'", "scenario.toml:4: there is no file "),
        ("summary = 'x'\n[[elf]]\npath = 'a'", "scenario.toml:2: missing field `name`"),
        ("summary = 'x'\n[sweep]\nstrike = 'crash a'\nstep = 0", "scenario.toml: `step` is 0"),
        ("summary = 'x'\n[sweep]\nstrike = 'crash a'", "cannot read "),
        ("summary = 'x'\n[sweep]\nstrike = 'ps'", "scenario.toml:3: `ps` cannot be done later"),
        ("summary = 'x'\n[sweep]\nstrike = 'crash'", "scenario.toml:3: usage: crash NAME"),
        ("summary = 'x'\ntranscript = 'README.md'", "scenario.toml:2: `transcript` must be FILE#NAME"),
        ("summary = 'x'\ntranscript = 'README.md#x'", "scenario.toml:2: README.md: No such file"),
    ];
    for (toml, message) in cases {
        let told = error(toml, "escrow> halt\n");
        assert!(told.contains(message), "{toml}: {told}");
        assert!(told.contains("tests/scenarios/one/"), "{told}");
    }
    let told = error("summary = 'x'", "\nescrow> ps\n");
    assert!(told.contains("tests/scenarios/one/transcript:2: its last command is `ps`"), "{told}");
}

#[test]
fn modules_systems_and_sweeps_may_come_from_elsewhere() {
    let toml = "summary = 'x'\nsystem = 'mine.toml'\n[[source]]\nname = 'a'\npath = 'a'\n\
                [[elf]]\nname = 'b'\npath = 'b-{arch}'\n[sweep]\nstrike = 'crash a'\n";
    let root = repository(toml, "escrow> halt\n");
    let folder = root.path().join("tests/scenarios/one");
    fs::create_dir(folder.join("a")).unwrap();
    for file in ["mine.toml", "a/Cargo.toml", "b-aarch64", "b-x86_64"] {
        fs::write(folder.join(file), "").unwrap();
    }
    fs::write(folder.join("sweep"), "escrow> ps\n").unwrap();
    let scenario = load(root.path(), &folder).unwrap();
    assert_eq!(Path::new(&scenario.system), folder.join("mine.toml"));
    let package = Outside { name: "a".into(), origin: Origin::Package(folder.join("a")), asks: None };
    let file = folder.join("b-{arch}").display().to_string();
    let elf = Outside { name: "b".into(), origin: Origin::Elf(file), asks: None };
    assert_eq!(scenario.outside, [package, elf]);
    assert_eq!(scenario.rounds.unwrap().during.command, "ps");
    let asks = |key: &str| {
        let package = format!("[package]\nname = 'a'\n[package.metadata.escrow]\n{key} = true\n");
        fs::write(folder.join("a/Cargo.toml"), package).unwrap();
        load(root.path(), &folder)
    };
    let told = asks("clocks").unwrap_err().to_string();
    assert!(told.contains("scenario.toml:5: "), "{told}");
    assert!(told.ends_with("a/Cargo.toml:4: there is no key `clocks` here: did you mean `clock`?"), "{told}");
    let words =
        asks("clock").unwrap().outside.first().and_then(|module| Some(module.asks.as_ref()?.words.clone()));
    assert_eq!(words.as_deref(), Some("clock = true"));
    assert_eq!(scenario.settings.sweep.unwrap().step, 1);
    let without = toml.split("[sweep]").next().unwrap();
    fs::write(folder.join("scenario.toml"), without).unwrap();
    let told = load(root.path(), &folder).unwrap_err().to_string();
    assert!(told.contains("scenario.toml: there is a file `sweep`, and no table"), "{told}");
    fs::write(folder.join("scenario.toml"), toml).unwrap();
    let long = format!("escrow> call a {}\n", "x".repeat(180));
    for (sweep, message) in [
        ("escrow> psst\n", "sweep:1: there is no command `psst`; did you mean `ps`?"),
        (long.as_str(), "sweep:1: the shell's lines have at most 200 characters"),
    ] {
        fs::write(folder.join("sweep"), sweep).unwrap();
        let told = load(root.path(), &folder).unwrap_err().to_string();
        assert!(told.contains(message), "{told}");
    }
}

#[test]
fn a_module_of_a_workspace_is_granted_what_its_member_asks_for() {
    let root = repository("summary = 'x'\n[[source]]\nname = 'b'\npath = 'all'\n", "escrow> halt\n");
    let folder = root.path().join("tests/scenarios/one");
    let member = |name: &str, asks: &str| {
        let package = folder.join("all").join(name);
        fs::create_dir_all(package.join("src")).unwrap();
        fs::write(package.join("src/main.rs"), "fn main() {}\n").unwrap();
        let text =
            format!("[package]\nname = '{name}'\nversion = '1.0.0'\n[package.metadata.escrow]\n{asks}\n");
        fs::write(package.join("Cargo.toml"), text).unwrap();
    };
    member("a", "clock = true");
    member("b", "memory_kib = 256");
    fs::write(folder.join("all/Cargo.toml"), "[workspace]\nmembers = ['a', 'b']\nresolver = '3'\n").unwrap();
    let words = |scenario: &Scenario| {
        scenario.outside.first().and_then(|module| Some(module.asks.as_ref()?.words.clone()))
    };
    assert_eq!(words(&load(root.path(), &folder).unwrap()).as_deref(), Some("memory_kib = 256"));
    member("b", "memory_kip = 256");
    let told = load(root.path(), &folder).unwrap_err().to_string();
    assert!(told.contains("scenario.toml:4: "), "{told}");
    assert!(told.contains("all/b/Cargo.toml:5: there is no key `memory_kip` here"), "{told}");
}

#[test]
fn a_transcript_may_stand_in_a_document() {
    let root = repository("summary = 'x'\ntranscript = 'A.md#life'", "");
    let document = "<!-- scenario: life -->\n```\n...\nescrow> halt\n```\n";
    fs::write(root.path().join("A.md"), document).unwrap();
    assert_eq!(load_all(root.path()).unwrap()[0].transcript.boot, ["..."]);
}
