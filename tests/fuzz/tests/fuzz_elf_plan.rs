//! Whatever bytes a module's file has, the ELF plan does not panic, and what it accepts is safe to execute.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it expects"
)]

#[path = "../../../root-task/core/tests/support/safe_plan.rs"]
mod safe_plan;

use root_task_core::elf_plan::{ElfPlan, Limits, Machine};

fuzz_tests::target!(elf_plan, "elf-plan", holds);

#[test]
fn the_malformed_files() {
    for machine in ["aarch64", "x86_64"] {
        let folder = format!("{}/../malformed/{machine}", env!("CARGO_MANIFEST_DIR"));
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let files: Vec<_> = files.filter(|path| path.extension().is_some_and(|kind| kind == "elf")).collect();
        assert!(files.len() > 40, "{} files", files.len());
        files.iter().for_each(|file| holds(&std::fs::read(file).unwrap()));
    }
}

fn holds(file: &[u8]) {
    let mut accepted = 0;
    for machine in [Machine::Aarch64, Machine::X86_64] {
        match ElfPlan::check(file, &Limits::new(machine, None)) {
            Ok(plan) => {
                safe_plan::is_safe(&plan, file);
                let named = Limits::new(machine, Some(plan.request.name));
                assert_eq!(ElfPlan::check(file, &named), Ok(plan), "its own name changes nothing");
                accepted += 1;
            }
            Err(error) => assert!(!error.to_string().is_empty(), "{error:?} is told in words"),
        }
    }
    assert!(accepted < 2, "a file is for one machine");
}
