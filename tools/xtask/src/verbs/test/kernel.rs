//! The kernel's own tests: `tests/kernel` on our kernel, and on kernels that lack one patch each.
//!
//! A patch is worth keeping only while something fails without it. So the run on a kernel without a
//! patch passes where exactly that patch's tests fail.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use root_task_core::layout::MODULE_BASE;

use super::at_once::{AT_ONCE, both};
use super::cases::Filter;
use super::report::{Outcome, Report};
use crate::arch::Arch;
use crate::console::addresses::Files;
use crate::context::Context;
use crate::guest::{self, LOADER};
use crate::image::{self, ImageSpec};
use crate::kernel::{self, Flavour};
use crate::machine::{Clock, Machine};
use crate::prepare::{Boot, Request};
use crate::push::grants::Grants;
use crate::scenario::leavings;
use crate::session::conversation::{Answer, Conversation, Limits};
use crate::setup;

/// The package that boots in the root task's place; also the name of these tests.
const PACKAGE: &str = "kernel-tests";
/// Guest instructions from reset to the mark: three times what x86_64 takes without patch 10, nearly all of it to boot.
const BUDGET: u64 = 1_000_000_000;

/// Every test of the package, and where it runs.
const TESTS: [(&str, &[Arch]); 19] = [
    ("badged-revoke", &Arch::ALL),
    ("execute-never", &[Arch::Aarch64]),
    ("forged-return", &Arch::ALL),
    ("fpu-owner", &Arch::ALL),
    ("frame-unmap", &Arch::ALL),
    ("io-port-revoke", &[Arch::X86_64]),
    ("memory-left", &Arch::ALL),
    ("queued-client", &Arch::ALL),
    ("rights", &Arch::ALL),
    ("segment-bases", &[Arch::X86_64]),
    ("segment-selectors", &[Arch::X86_64]),
    ("suspend-answer", &Arch::ALL),
    ("suspend-signal", &Arch::ALL),
    ("supervisor-timer", &[Arch::Aarch64]),
    ("tsc-frequency", &[Arch::X86_64]),
    ("user-top-page", &[Arch::X86_64]),
    ("user-top-table", &[Arch::X86_64]),
    ("user-top-tls", &[Arch::X86_64]),
    ("flags", &[Arch::X86_64]),
];

/// Every patch that changes what the kernel does: where, and which tests fail without it.
const PATCHES: [(&str, &[Arch], &[&str]); 9] = [
    ("01-aarch64-fpu-owner", &[Arch::Aarch64], &["fpu-owner"]),
    ("02-x86-frame-unmap", &[Arch::X86_64], &["frame-unmap"]),
    ("03-suspend-restart-pc", &Arch::ALL, &["suspend-answer", "suspend-signal"]),
    ("04-x86-io-port-revoke", &[Arch::X86_64], &["io-port-revoke"]),
    ("05-x86-user-top", &[Arch::X86_64], &["user-top-page", "user-top-table", "user-top-tls"]),
    ("06-aarch64-supervisor-timer", &[Arch::Aarch64], &["supervisor-timer"]),
    ("08-x86-flags", &[Arch::X86_64], &["flags"]),
    ("09-x86-segments", &[Arch::X86_64], &["segment-bases", "segment-selectors"]),
    ("10-x86-tsc-frequency", &[Arch::X86_64], &["tsc-frequency"]),
];

/// Patches without which everything stops at their test, which stands last among the tests.
const STOPS: [&str; 1] = ["08-x86-flags"];

/// Patches whose test is another one of `./escrow test`: without them the whole system stands still, and nothing is left
/// that could print a result.
const ELSEWHERE: [(&str, &str); 1] = [("07-x86-kernel-stack", "soak/x86_64")];

/// One boot of the tests.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    arch: Arch,
    /// The patch that the kernel lacks.
    without: Option<&'static str>,
    /// The tests that must fail.
    red: &'static [&'static str],
}

impl Case {
    /// `kernel/aarch64`, or `kernel/without-01-aarch64-fpu-owner/aarch64`.
    pub fn name(&self) -> String {
        match self.without {
            None => format!("kernel/{}", self.arch.name()),
            Some(patch) => format!("kernel/without-{patch}/{}", self.arch.name()),
        }
    }

    /// Whether everything stops at its test, for want of a patch.
    fn stops(&self) -> bool {
        self.without.is_some_and(|patch| STOPS.contains(&patch))
    }
}

/// True where the filter means the kernel's tests and nothing else.
pub fn is_named(filter: &Filter) -> bool {
    filter.text.as_deref().is_some_and(|text| text == "kernel" || text.starts_with("kernel/"))
}

/// The cases that the filter takes.
pub fn choose(filter: &Filter) -> Vec<Case> {
    let mut cases: Vec<Case> = Arch::ALL.iter().map(|&arch| Case { arch, without: None, red: &[] }).collect();
    for (patch, archs, red) in PATCHES {
        cases.extend(archs.iter().map(|&arch| Case { arch, without: Some(patch), red }));
    }
    cases.retain(|case| filter.takes_arch(case.arch) && filter.takes(&case.name()));
    cases
}

/// Builds kernels and images, then boots each, two at a time.
///
/// # Errors
/// Where the test program itself cannot be built. All else is an outcome.
pub fn run(ctx: &Context, cases: &[Case], report: &mut Report) -> Result<()> {
    if cases.is_empty() {
        return Ok(());
    }
    let (cases, left_out): (Vec<Case>, Vec<Case>) =
        cases.iter().partition(|case| case.without.is_none() || setup::kernel_is_built_here());
    for case in left_out {
        // Another's installed kernel is taken as it is: it cannot be built without a patch.
        report.add(Outcome { name: case.name(), skipped: 1, ..Outcome::default() });
    }
    let boots = boots(ctx, &cases)?;
    for pair in cases.iter().zip(boots).collect::<Vec<_>>().chunks(AT_ONCE) {
        for outcome in both(pair, |(case, boot)| play(ctx, case, boot))? {
            report.add(outcome);
        }
    }
    Ok(())
}

/// What there is to boot for each case, or why there is nothing.
fn boots(ctx: &Context, cases: &[Case]) -> Result<Vec<Result<Boot>>> {
    let mut archs: Vec<Arch> = cases.iter().map(|case| case.arch).collect();
    archs.sort_unstable();
    archs.dedup();
    setup::ensure(&archs)?;
    let _lock = ctx.lock()?;
    let mut programs = BTreeMap::new();
    for arch in archs {
        programs.insert(arch, build_programs(ctx, arch)?);
    }
    let mut boots = Vec::new();
    for pair in cases.chunks(AT_ONCE) {
        boots.extend(both(pair, |case| boot(ctx, case, programs.get(&case.arch)))?);
    }
    Ok(boots)
}

type Programs = BTreeMap<String, guest::Program>;

/// The tests and the loader. The bindings are the same for all of these kernels: no patch changes
/// the interface.
fn build_programs(ctx: &Context, arch: Arch) -> Result<Programs> {
    let prefix = kernel::ensure(ctx, arch, Flavour::Release)?;
    let mut packages = vec![PACKAGE.to_owned()];
    packages.extend((arch == Arch::Aarch64).then(|| LOADER.to_owned()));
    let kernel = Flavour::Release.name();
    let wanted = guest::Programs { arch, prefix: prefix.path(), kernel, base: MODULE_BASE, packages };
    guest::build(ctx, &wanted)
}

fn play(ctx: &Context, case: &Case, boot: &Result<Boot>) -> Outcome {
    let began = Instant::now();
    let mut console = String::new();
    let verdict = match boot {
        Err(error) => Err(format!("{error:#}")),
        Ok(boot) => {
            let read = boot_and_read(boot, case.stops(), &mut console);
            let read = read.and_then(|code| judge(case, code, &console));
            read.map_err(|why| {
                let folder = case.name().replace('/', "-");
                let left = leavings::leave(&ctx.out, &folder, boot, console.as_bytes());
                let left = left.context("the leavings could not be written");
                format!("{why}\n{}", left.unwrap_or_else(|error| format!("{error:#}")))
            })
        }
    };
    let mut outcome = Outcome { name: case.name(), took: began.elapsed(), ..Outcome::default() };
    match verdict {
        Ok(red) => {
            outcome.passed = 1;
            // What a missing patch breaks, in the kernel's tests' own words.
            for line in red {
                println!("      {}: {line}", case.name());
            }
        }
        Err(why) => {
            outcome.failed = 1;
            outcome.why = why;
        }
    }
    outcome
}

/// Builds the kernel and the image.
fn boot(ctx: &Context, case: &Case, programs: Option<&Programs>) -> Result<Boot> {
    let Case { arch, without, .. } = *case;
    let programs = programs.context("nothing was built for this architecture")?;
    let prefix = kernel::build(ctx, arch, Flavour::Release, without.as_slice())?;
    ensure!(
        case.without.is_some() || !setup::kernel_is_built_here() || all_have_tests(prefix.patches()),
        "a kernel patch has no test that fails without it; the kernel has {:?}, and the table is in \
         tools/xtask/src/verbs/test/kernel.rs",
        prefix.patches()
    );
    let program = |name: &str| programs.get(name).with_context(|| format!("`{name}` was not built"));
    let tests = program(PACKAGE)?;
    let loader = match arch {
        Arch::Aarch64 => Some(program(LOADER)?.stripped.as_path()),
        Arch::X86_64 => None,
    };
    let spec = ImageSpec { arch, prefix: &prefix, root_task: &tests.stripped, loader, archive: Vec::new() };
    let folder = ctx.out.join("images").join(case.name().replace('/', "-"));
    let image = image::compose(ctx, &spec, &folder)?;
    let request = Request::plain(arch, false, PACKAGE);
    let symbols = vec![prefix.kernel(), tests.elf.clone()];
    let (files, grants, can_be_apart) = (Files::new(), Grants::default(), Vec::new());
    Ok(Boot { request, folder, image, symbols, files, grants, can_be_apart })
}

fn all_have_tests(patches: &[String]) -> bool {
    let here = PATCHES.map(|(patch, ..)| patch);
    let elsewhere = ELSEWHERE.map(|(patch, _)| patch);
    patches.iter().all(|patch| here.contains(&patch.as_str()) || elsewhere.contains(&patch.as_str()))
}

/// Boots, and reads the console up to the mark that all tests were run; gives the mark's code, or nothing where everything
/// has stopped before, and that was to be expected.
fn boot_and_read(boot: &Boot, stops: bool, console: &mut String) -> Result<Option<u32>, String> {
    let machine = Machine::start(&boot.machine(Clock::Instructions)).map_err(|error| format!("{error:#}"))?;
    let mut seen = Vec::new();
    let mut talk = Conversation::new(machine, Limits::for_budget(BUDGET), |text| {
        seen.extend_from_slice(text);
    });
    let answer = talk.boot();
    talk.quit();
    *console = String::from_utf8_lossy(&seen).into_owned();
    match answer {
        Ok(Answer::Halted(_, code)) => Ok(Some(code)),
        Ok(Answer::Ready(_)) => Err("a prompt came; these tests have none".to_owned()),
        Err(_) if stops => Ok(None),
        Err(broken) => Err(format!("the tests did not come to their end: {broken}\n{console}")),
    }
}

/// Every test once, those that must be red red, the others green, no other line, and a mark that has
/// counted the red ones. Gives their lines. Where there is no mark, those that must be red have said nothing.
fn judge<'a>(case: &Case, code: Option<u32>, console: &'a str) -> Result<Vec<&'a str>, String> {
    let mut silent: BTreeSet<&str> =
        TESTS.iter().filter(|(_, archs)| archs.contains(&case.arch)).map(|(name, _)| *name).collect();
    let (mut wrong, mut red) = (Vec::new(), Vec::new());
    for line in console.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        let said = line.strip_prefix("kernel test ").and_then(|rest| rest.split_once(": "));
        let Some((name, result)) = said.filter(|(name, _)| silent.remove(name)) else {
            wrong.push(format!("nobody announced this line: {line}"));
            continue;
        };
        let failed = result.starts_with("FAILED: ");
        if !failed && result != "ok" {
            wrong.push(format!("neither ok nor FAILED: {line}"));
        } else if failed != case.red.contains(&name) {
            let must = if failed { "pass" } else { "fail" };
            wrong.push(format!("must {must} on this kernel: {line}"));
        } else if failed {
            red.push(line);
        }
    }
    if code.is_none() {
        wrong.extend(red.iter().map(|line| format!("it stopped, but not at this test: {line}")));
        for name in case.red.iter().filter(|name| !silent.remove(**name)) {
            wrong.push(format!("it stopped, but not at the test {name}"));
        }
        red = vec!["nothing runs any more"];
    }
    wrong.extend(silent.iter().map(|name| format!("said nothing: {name}")));
    if let Some(code) = code
        && wrong.is_empty()
        && usize::try_from(code) != Ok(red.len())
    {
        wrong.push(format!("the mark counts {code} failed tests, the lines say {}", red.len()));
    }
    if wrong.is_empty() { Ok(red) } else { Err(wrong.join("\n")) }
}

#[cfg(test)]
#[path = "kernel_tests.rs"]
mod tests;
