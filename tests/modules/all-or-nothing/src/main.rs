//! Publishes two names again and again, so that a client is scheduled at every step of the publish, while `observer`
//! checks that it never sees one alone.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::fmt::Write;

use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Outcome, Request, State};
use ipc_proto::supervisor::Args;
use module_rt::{Init, InitError, Manifest, log, operator};

module_rt::program! {
    manifest: Manifest::new("all-or-nothing"),
    main: main,
}

/// The publish begins so many instructions before the end of a time slice: from 0, in steps that the argument gives,
/// to this, which is more than the whole publish takes.
const LONGEST: u64 = 4096;

fn ask(request: &Request) -> Result<Answer, InitError> {
    match operator::ask(request)? {
        Answer::Refused(sentence) => Err(InitError::new(41, format_args!("{sentence}"))),
        answer => Ok(answer),
    }
}

fn load(name: &str, args: Args) -> Result<Name, InitError> {
    let name = Name::new(name).map_err(|error| InitError::new(42, format_args!("{error}")))?;
    match ask(&Request::Load { name, args, hold: false })? {
        Answer::Loaded { outcome: Outcome::Live, .. } => Ok(name),
        other => Err(InitError::new(43, format_args!("{name}: {other:?}"))),
    }
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let usage = InitError::new(44, format_args!("usage: load all-or-nothing STEP"));
    let step = init.args().parse().ok().filter(|step: &u64| *step > 0).ok_or(usage)?;
    load("observer", Args::new())?;
    let mut lead = 0;
    let mut publishes = 0u32;
    while lead <= LONGEST {
        let mut args = Args::new();
        // Twenty digits fit.
        let _ = write!(args, "{lead}");
        let twins = load("twins", args)?;
        // The observer sees them as they are now, too.
        for _ in 0..4 {
            module_rt::yield_now();
        }
        ask(&Request::Unload { name: twins })?;
        lead = lead.saturating_add(step);
        publishes = publishes.saturating_add(1);
    }
    log!("{publishes} publishes of two names, one in every {step} instructions of {LONGEST}");
    // The observer ends when it sees this module's name.
    let none = Args::try_from("none").unwrap_or_default();
    load("half-init", none)?;
    while is_loaded("observer")? {
        module_rt::yield_now();
    }
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
