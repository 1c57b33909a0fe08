//! The raw kernel's side of the call benchmark: answers with the message that came and looks at nothing.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::slots;
use ipc_proto::version::Version;
use module_rt::{Init, InitError, Manifest, request};
use sel4::cap;

module_rt::program! {
    manifest: Manifest::new("raw-server"),
    main: main,
}

fn main(init: &mut Init) -> Result<(), InitError> {
    init.reserve("raw", Version(1))?;
    request::publish();
    let endpoint = cap::Endpoint::from_bits(slots::RECEIVE);
    let mut call = endpoint.recv_with_mrs(());
    loop {
        call = endpoint.reply_recv_with_mrs(call.info, call.msg, ());
    }
}
