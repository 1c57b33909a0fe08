//! Loads a module again and again, each time so that the module's time slice ends a little earlier in what it does, and
//! `observer` runs at that instruction.
//!
//! `STEP publish` loads `twins`, which publishes two names. `STEP fail` loads `half-init`, which reserves two names and
//! fails, in each of its ways.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::fmt::{Arguments, Write};

use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Outcome, Request, State};
use ipc_proto::supervisor::Args;
use module_rt::{Init, InitError, Manifest, log, operator};

module_rt::program! {
    manifest: Manifest { memory_bytes: 256 * 1024, ..Manifest::new("stepper") },
    main: main,
}

/// More instructions than a publish of two names takes, from the return of init to the answer.
const PUBLISH: u64 = 4096;
/// More instructions than two reservations and a failure take, what others do for them included.
const FAIL: u64 = 16384;
/// The ways in which `half-init` fails.
const WAYS: [&str; 4] = ["error", "panic", "fault", "exit"];

fn args(text: Arguments<'_>) -> Args {
    let mut args = Args::new();
    // The longest is a way and a number of five digits.
    let _ = args.write_fmt(text);
    args
}

fn ask(request: &Request) -> Result<Answer, InitError> {
    match operator::ask(request)? {
        Answer::Refused(sentence) => Err(InitError::new(41, format_args!("{sentence}"))),
        answer => Ok(answer),
    }
}

fn name(text: &str) -> Result<Name, InitError> {
    Name::new(text).map_err(|error| InitError::new(42, format_args!("{error}")))
}

fn load(what: &str, args: Args) -> Result<Name, InitError> {
    let name = name(what)?;
    match ask(&Request::Load { name, args, hold: false, wait: true })? {
        Answer::Loaded { outcome: Outcome::Live, .. } => Ok(name),
        other => Err(InitError::new(43, format_args!("{name}: {other:?}"))),
    }
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let usage = InitError::new(44, format_args!("usage: load stepper STEP publish|fail"));
    let given = init.args().clone();
    let (step, what) = given.split_once(' ').ok_or(usage.clone())?;
    let step = step.parse().ok().filter(|step: &u64| *step > 0).ok_or(usage.clone())?;
    match what {
        "publish" => publish(step)?,
        "fail" => fail(step)?,
        _ => return Err(usage),
    }
    while is_loaded("observer")? {
        module_rt::yield_now();
    }
    Ok(())
}

fn publish(step: u64) -> Result<(), InitError> {
    load("observer", args(format_args!("pair twin-a twin-b half-a")))?;
    let (mut lead, mut publishes) = (0, 0u32);
    while lead <= PUBLISH && is_loaded("observer")? {
        let twins = load("twins", args(format_args!("{lead}")))?;
        // The observer sees them as they are now, too.
        for _ in 0..4 {
            module_rt::yield_now();
        }
        ask(&Request::Unload { name: twins, now: false })?;
        lead = lead.saturating_add(step);
        publishes = publishes.saturating_add(1);
    }
    log!("{publishes} publishes of two names, one in every {step} instructions of {PUBLISH}");
    load("half-init", args(format_args!("none")))?;
    Ok(())
}

fn fail(step: u64) -> Result<(), InitError> {
    load("observer", args(format_args!("never half-a half-b twin-a")))?;
    let (mut lead, mut failures) = (0, 0u32);
    while lead <= FAIL && is_loaded("observer")? {
        for way in WAYS {
            let request = Request::Load {
                name: name("half-init")?,
                args: args(format_args!("{way} {lead}")),
                hold: false,
                wait: true,
            };
            match operator::ask(&request)? {
                Answer::Refused(sentence) if sentence.ends_with("nothing was published") => {}
                other => return Err(InitError::new(47, format_args!("{way}: {other:?}"))),
            }
            failures = failures.saturating_add(1);
        }
        lead = lead.saturating_add(step);
    }
    log!(
        "{failures} failures of an init, in each of {} ways every {step} instructions of {FAIL}",
        WAYS.len()
    );
    load("twins", args(format_args!("0")))?;
    Ok(())
}

fn is_loaded(name: &str) -> Result<bool, InitError> {
    match ask(&Request::Modules { from: 0 })? {
        Answer::Modules(page, _) => {
            let module = page.iter().find(|module| module.name.as_str() == name);
            match module.map(|module| module.state) {
                Some(State::Failed) => {
                    Err(InitError::new(46, format_args!("{name} failed: see its lines above")))
                }
                state => Ok(state.is_some()),
            }
        }
        other => Err(InitError::new(45, format_args!("{other:?}"))),
    }
}
