//! Is live at once; when another module is dead, asks for everything that would start it again, and says what it is told.
//!
//! Argument: the other module. An operator that types comes too late for what is done in turns; this one asks between them.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Request, State};
use ipc_proto::supervisor::Args;
use module_rt::{Init, InitError, Manifest, Restart, log, operator, request, yield_now};

module_rt::program! {
    manifest: Manifest { restart: Restart::Never as u8, memory_bytes: 256 * 1024, ..Manifest::new("meddler") },
    main: main,
}

fn is_dead(name: Name) -> Result<bool, InitError> {
    match operate::state_of(name)? {
        Some(state) => Ok(state == State::Dead),
        None => Err(InitError::new(1, format_args!("{name} was gone before anybody could ask"))),
    }
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let name = operate::name(init.args().as_str())?;
    request::publish();
    while !is_dead(name)? {
        yield_now();
    }
    // Nothing else is asked in between: each question takes a turn, and the unload has a few of them only.
    let requests = [
        Request::Restart { name },
        Request::Replace { name, file: name },
        Request::Load { name, args: Args::new(), hold: false, wait: true },
    ];
    for request in &requests {
        match operator::ask(request)? {
            Answer::Refused(why) => log!("{why}"),
            other => return Err(InitError::new(2, format_args!("{request:?}: {other:?}"))),
        }
    }
    Ok(())
}
