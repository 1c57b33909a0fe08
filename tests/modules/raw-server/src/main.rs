//! The raw kernel's side of the call benchmark: answers four words with four words and looks at nothing.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::slots;
use ipc_proto::version::Version;
use module_rt::{Init, InitError, Manifest, request};
use sel4::{MessageInfoBuilder, cap};

module_rt::program! {
    manifest: Manifest::new("raw-server"),
    main: main,
}

fn main(init: &mut Init) -> Result<(), InitError> {
    init.reserve("raw", Version(1))?;
    request::publish();
    let endpoint = cap::Endpoint::from_bits(slots::RECEIVE);
    let info = MessageInfoBuilder::default().length(4).build();
    let mut call = endpoint.recv_with_mrs(());
    loop {
        call = endpoint.reply_recv_with_mrs(info, call.msg, ());
    }
}
