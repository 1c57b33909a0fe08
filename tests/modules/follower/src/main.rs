//! An operator that is signalled for nothing else follows its own lines: it reads one when it is told of it.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::badge::LOGGED;
use ipc_proto::operator::{Answer, LogAnswer, Request};
use ipc_proto::slots;
use module_rt::{Init, InitError, Manifest, log, operator};
use sel4::cap;

module_rt::program! {
    manifest: Manifest { connections: 0, ..Manifest::new("follower") },
    main: main,
}

fn main(_: &mut Init) -> Result<(), InitError> {
    let own = operate::name("follower")?;
    match operator::ask(&Request::Follow { module: Some(own), from: 0 })? {
        Answer::Done => {}
        other => return Err(InitError::new(1, format_args!("follow: {other:?}"))),
    }
    log!("followed");
    let (_, badge) = cap::Endpoint::from_bits(slots::RECEIVE).recv(());
    if badge != LOGGED {
        return Err(InitError::new(2, format_args!("signalled with {badge:#x}")));
    }
    match operator::ask_log(Some(own), 0)? {
        LogAnswer::Page { page, .. } if page.iter().any(|line| line.text == "followed") => Ok(()),
        other => Err(InitError::new(3, format_args!("{other:?}"))),
    }
}
