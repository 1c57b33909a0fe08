//! What a module may have in the simulation: what its package asks for in its Cargo.toml, or what the test grants.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a test stops at what it does not expect"
)]

mod support;

use std::panic::catch_unwind;

use module_rt::simulation::{Module, System};
use module_rt::{Manifest, Restart};
use support::{manifest, serves};

/// A module that asks for so much memory.
fn keen(kib: u32) -> Module {
    let manifest = Manifest { memory_bytes: kib * 1024, ..manifest("keen", Restart::Never) };
    serves(manifest, "keen", |_, words| Ok(words))
}

const KEEN: &str = r#"
[package]
name = "keen"

[package.metadata.escrow]
clock = true
memory_kib = 256
test_args = { keen = "what `test --module` gives it" }
"#;

/// What the test is told where that fails.
fn told(test: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let panic = catch_unwind(test).unwrap_err();
    panic.downcast_ref::<String>().unwrap().clone()
}

fn load(module: Module) {
    let mut system = System::new(1);
    system.load(module);
    system.run();
    assert!(system.state("keen").is_some());
}

/// As `./escrow run --module` grants it.
#[test]
fn what_the_package_asks_for_is_granted_below_at_and_above() {
    for kib in [255, 256] {
        load(keen(kib).of_package(KEEN));
    }
    let refused = "keen: it asks for more than the system's manifest grants it: 257 KiB of memory, and may have 256 (memory_kib)";
    let above = told(|| load(keen(257).of_package(KEEN)));
    assert!(above.contains(refused), "{above}");
    for nothing in ["[package]\nname = \"keen\"", &KEEN.replace("name = \"keen\"", "name = \"other\"")] {
        let text: &'static str = nothing.to_owned().leak();
        load(keen(128).of_package(text));
        let refused = told(|| load(keen(129).of_package(text)));
        assert!(refused.contains("129 KiB of memory, and may have 128 (memory_kib)"), "{refused}");
        assert!(refused.contains("`System::grant` grants it in a test"), "{refused}");
    }
}

#[test]
fn a_package_that_asks_wrongly_is_refused_with_the_reason() {
    for (from, to, why) in [
        ("memory_kib = 256", "memory = 256", "unknown field `memory`"),
        ("memory_kib = 256", "memory_kib = 4097", "give 1 to 4096"),
        ("memory_kib = 256", "memory_kib = 'much'", "invalid type: string"),
        ("[package]", "[package", "its Cargo.toml: TOML parse error"),
    ] {
        let text: &'static str = KEEN.replacen(from, to, 1).leak();
        let told = told(|| load(keen(128).of_package(text)));
        assert!(told.contains("Cargo.toml: ") && told.contains(why), "{told}");
    }
}

#[test]
fn what_the_test_grants_holds_in_place_of_what_the_package_asks_for() {
    let granted = |granted: u32, asked: u32| {
        move || {
            let mut system = System::new(1);
            system.grant("keen", |grant| grant.names = 1);
            system.grant("keen", |grant| grant.memory_kib = granted);
            system.load(keen(asked).of_package(KEEN));
        }
    };
    granted(512, 512)();
    for (may_have, asks) in [(512, 513), (200, 201)] {
        let told = told(granted(may_have, asks));
        assert!(
            told.contains(&format!("{asks} KiB of memory, and may have {may_have} (memory_kib)")),
            "{told}"
        );
    }
    for (module, memory_kib, why) in [("keen", 4097, "give 1 to 4096"), ("Keen", 1, "Keen: ")] {
        let told = told(move || System::new(1).grant(module, |grant| grant.memory_kib = memory_kib));
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn grants_below_at_and_above_their_bound() {
    let most = root_task_core::system::MAX_GRANTS;
    let all = |count: usize| {
        let mut system = System::new(1);
        (0..count).for_each(|number| system.grant(&format!("m-{number}"), |grant| grant.names = 1));
        system
    };
    all(most - 1).load(keen(256).of_package(KEEN));
    // One that is there can be changed.
    all(most).grant("m-0", |grant| grant.names = 2);
    let bound = format!("a system has {most} grants at most");
    for above in [told(move || drop(all(most + 1))), told(move || all(most).load(keen(256).of_package(KEEN)))]
    {
        assert!(above.contains(&bound), "{above}");
    }
}
