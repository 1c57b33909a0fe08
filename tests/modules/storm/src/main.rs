//! Loads modules that crash as soon as they run, and measures what an operator's commands take meanwhile.
//!
//! Arguments: how many of them (`loop-0` and so on), and how often each command is given; with `stay` behind that they are
//! not unloaded in the end. A command that takes more
//! instructions than its limit is an error. What the shell types would be timed by the host; this program's clock counts
//! instructions.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::fmt::Write;

use heapless::{String, Vec};
use ipc_proto::echo;
use ipc_proto::name::{MAX_NAME, Name};
use ipc_proto::operator::{Answer, LogAnswer, ModuleInfo, Request, State};
use module_rt::{Init, InitError, Manifest, clock, init, log, operator};
use operate as ask;

module_rt::program! {
    manifest: Manifest { memory_bytes: 256 * 1024, stack_bytes: 8 * 4096, ..Manifest::new("storm") },
    main: main,
}

/// What is measured, and how many instructions it may take where all others crash. Whoever asks stands behind a message of
/// each of the others, which can be a death: 27 times some 30,000. Whoever waits for a restart waits behind all the others:
/// for each of them its death, and its load.
const COMMANDS: [(&str, u64); 9] = [
    ("ps", 1_000_000),
    ("log", 1_000_000),
    ("names", 1_000_000),
    ("mem", 1_000_000),
    ("load", 1_000_000),
    ("call", 1_000_000),
    ("crash", 9_000_000),
    ("restart", 9_000_000),
    ("unload", 1_000_000),
];

fn wrong(words: core::fmt::Arguments<'_>) -> InitError {
    InitError::new(100, words)
}

fn looper(number: usize) -> Result<Name, InitError> {
    let mut name = String::<MAX_NAME>::new();
    // It fits.
    let _ = write!(name, "loop-{number}");
    ask::name(&name)
}

/// All modules, page by page.
fn modules() -> Result<Vec<ModuleInfo, 32>, InitError> {
    let mut all = Vec::new();
    let mut from = Some(0);
    while let Some(first) = from {
        match operator::ask(&Request::Modules { from: first })? {
            Answer::Modules(page, next) => {
                all.extend_from_slice(&page).map_err(|_| wrong(format_args!("more than 32 modules")))?;
                from = next;
            }
            other => return Err(wrong(format_args!("the modules: {other:?}"))),
        }
    }
    Ok(all)
}

/// The restarts of all loopers together.
fn restarts() -> Result<u32, InitError> {
    let all = modules()?;
    let loopers = all.iter().filter(|module| module.name.as_str().starts_with("loop-"));
    Ok(loopers.fold(0, |sum, module| sum.saturating_add(module.restarts)))
}

/// What has been logged, up to now: more comes while it is read.
fn read_log(name: Name) -> Result<(), InitError> {
    let (mut from, mut until) = (0, None);
    while until.is_none_or(|until| from < until) {
        match operator::ask_log(Some(name), from)? {
            LogAnswer::Page { page, end } => {
                until.get_or_insert(end);
                let Some(last) = page.last() else { return Ok(()) };
                from = last.sequence.saturating_add(1);
            }
            LogAnswer::Unknown => return Err(wrong(format_args!("nothing is known of {name}"))),
        }
    }
    Ok(())
}

/// Gives a command, and waits for what comes of it.
fn give(command: &str, echo: Name) -> Result<(), InitError> {
    match command {
        "ps" => modules().map(drop),
        "log" => read_log(ask::name("storm")?),
        "names" => Ok(init::list(0).map(drop)?),
        "mem" => ask::books().map(drop),
        "load" => ask::load_live(echo).map(drop),
        "call" => Ok(ask::connect(echo::NAME)?.call_words(echo::WORDS, [0; 4]).map(drop)?),
        "crash" => ask::crash_now(echo),
        "restart" => match operator::ask(&Request::Restart { name: echo })? {
            Answer::Loaded { .. } => Ok(()),
            other => Err(wrong(format_args!("restart: {other:?}"))),
        },
        _ => ask::unload(echo),
    }
}

/// The longest time that each command takes.
fn measure(times: u32, echo: Name) -> Result<[u64; COMMANDS.len()], InitError> {
    let mut longest = [0; COMMANDS.len()];
    for _ in 0..times {
        for ((command, _), longest) in COMMANDS.iter().zip(&mut longest) {
            let began = clock::now();
            give(command, echo)?;
            *longest = (*longest).max(clock::now().saturating_sub(began));
        }
    }
    Ok(longest)
}

fn main(given: &mut Init) -> Result<(), InitError> {
    let args = given.args();
    let usage = || wrong(format_args!("usage: LOOPERS TIMES [stay]"));
    let mut words = args.split(' ');
    let mut number = || words.next().and_then(|word| word.parse::<u16>().ok()).ok_or_else(usage);
    let (loopers, times) = (usize::from(number()?), u32::from(number()?));
    let stay = words.next() == Some("stay");
    let echo = ask::name(echo::NAME)?;
    let quiet = measure(times, echo)?;
    for number in 0..loopers {
        let way = if number.is_multiple_of(2) { "published" } else { "at-once" };
        ask::load_with(looper(number)?, way)?;
    }
    let before = restarts()?;
    let began = clock::now();
    let storm = measure(times, echo)?;
    let took = clock::now().saturating_sub(began);
    let crashes = restarts()?.saturating_sub(before);
    log!("{crashes} restarts in {took} ns");
    for (((command, _), quiet), storm) in COMMANDS.iter().zip(quiet).zip(storm) {
        log!("{command}: at most {quiet} ns alone, {storm} ns meanwhile");
    }
    if let Some(((command, limit), _)) = COMMANDS.iter().zip(storm).find(|((_, limit), storm)| storm > limit)
    {
        return Err(wrong(format_args!("{command} took more than {limit} ns")));
    }
    // Each of them was restarted more than once meanwhile.
    if usize::try_from(crashes).unwrap_or(0) < loopers.saturating_mul(2) {
        return Err(wrong(format_args!("that is no storm: {crashes} restarts")));
    }
    let all = modules()?;
    let failed = all.iter().filter(|module| module.state == State::Failed).count();
    if failed > 0 {
        return Err(wrong(format_args!("{failed} modules have failed: they do not crash any more")));
    }
    for number in (0..loopers).filter(|_| !stay) {
        ask::unload_now(looper(number)?)?;
    }
    Ok(())
}
