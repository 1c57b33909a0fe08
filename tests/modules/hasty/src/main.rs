//! An operator that sends what others call: it waits for no answer, and nobody must be kept for it.
//!
//! Arguments: `publish`, again and again before it does so by a call; `load`, of a module that it would wait for; `await`, the
//! end of a wait for a name.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::name::Name;
use ipc_proto::operator;
use ipc_proto::supervisor::{self, Args};
use ipc_proto::version::VersionRange;
use ipc_proto::{names, slots, waits, wire};
use module_rt::{Connection, Init, InitError, Manifest, Server};
use sel4::{MessageInfoBuilder, cap, with_ipc_buffer_mut};
use serde::Serialize;

module_rt::module! {
    manifest: Manifest::new("hasty"),
    init: init,
}

/// How often it publishes without waiting.
const OFTEN: u32 = 100;
/// What it waits for, and does not want to find, in microseconds.
const LONG: u64 = 1000;

struct Nothing;

impl Server for Nothing {}

/// Sends a request to the supervisor.
fn send(label: u16, request: &impl Serialize) {
    let length = with_ipc_buffer_mut(|buffer| {
        wire::encode(request, buffer.msg_regs_mut().get_mut(..wire::MAX_WORDS).unwrap_or_default())
    });
    let info = MessageInfoBuilder::default().label(u64::from(label)).length(length.unwrap_or(0)).build();
    cap::Endpoint::from_bits(slots::SUPERVISOR).send(info);
}

fn init(init: &mut Init) -> Result<Nothing, InitError> {
    match init.args().as_str() {
        "publish" => (0..OFTEN).for_each(|_| send(supervisor::LABEL, &supervisor::Request::Publish)),
        "load" => load(operate::name("echo")?)?,
        "await" => wait(operate::name("nobody")?)?,
        other => return Err(InitError::new(9, format_args!("`{other}` is none of publish, load, await"))),
    }
    Ok(Nothing)
}

fn load(name: Name) -> Result<(), InitError> {
    send(operator::LABEL, &operator::Request::Load { name, args: Args::new(), hold: false, wait: true });
    match operate::is_loaded(name)? {
        true => Err(InitError::new(1, format_args!("{name} was loaded for nobody who waits"))),
        false => Ok(()),
    }
}

fn wait(name: Name) -> Result<(), InitError> {
    let entered: names::Answer = Connection::in_slot(slots::NAMES).call(
        names::LABEL,
        &names::Request::Lookup { name, versions: VersionRange::ANY, interface: None, wait: LONG },
    )?;
    send(waits::LABEL, &waits::Request::Await);
    let supervisor = Connection::in_slot(slots::SUPERVISOR);
    let ended: waits::Answer = supervisor.call(waits::LABEL, &waits::Request::Await)?;
    match (entered, ended) {
        (names::Answer::Wait, waits::Answer::None) => Ok(()),
        other => Err(InitError::new(2, format_args!("{other:?}"))),
    }
}
