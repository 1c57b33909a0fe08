//! A client of both interfaces of `chest`: what is done by the one is seen by the other, and each has its own methods only.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use chest::{
    ChestClient, ChestError, ChestInterface, ChestMethods, KeyholeClient, KeyholeInterface, KeyholeMethods,
    Label,
};
use ipc_proto::interface::{Description, Failure, call};
use module_rt::{CallError, Connection, Init, InitError, Manifest, log};

module_rt::program! {
    manifest: Manifest::new("looker"),
    main: look,
}

fn wrong(words: core::fmt::Arguments<'_>) -> InitError {
    InitError::new(70, words)
}

fn is<T: PartialEq + core::fmt::Debug>(what: &str, got: T, want: T) -> Result<(), InitError> {
    if got == want { Ok(()) } else { Err(wrong(format_args!("{what}: {got:?}, and should be {want:?}"))) }
}

fn look(init: &mut Init) -> Result<(), InitError> {
    let chest: ChestClient<Connection> = init.client()?;
    let keyhole: KeyholeClient<Connection> = init.client()?;
    is("the chest's interface", call::describe(chest.way())?, Description::of::<ChestInterface>())?;
    is("the keyhole's interface", call::describe(keyhole.way())?, Description::of::<KeyholeInterface>())?;
    is("add", chest.add(3), Ok(3))?;
    is("add more", chest.add(4), Ok(7))?;
    is("add too much", chest.add(994), Err(Failure::Service(ChestError::Full)))?;
    let label = Label::try_from("seven coins, by the last count of them").unwrap_or_default();
    is("write", chest.write(label.clone()), Ok(()))?;
    is("count", keyhole.count(), Ok(7))?;
    is("read", keyhole.read(), Ok(label))?;
    log!("what is done by one interface is seen by the other");
    // The first methods of both have the same number, and the keyhole's takes nothing.
    is("one number", ChestMethods::ADD, KeyholeMethods::COUNT)?;
    let added = keyhole.way().call_words(ChestMethods::ADD, [5, 0, 0, 0]);
    is("adding through the keyhole", added, Err(CallError::BadMessage))?;
    let written: Result<(), _> = keyhole.way().call(ChestMethods::WRITE, &(Label::new(),));
    is("writing through the keyhole", written, Err(CallError::BadMessage))?;
    is("count", keyhole.count(), Ok(7))?;
    log!("who has the keyhole can only look");
    Ok(())
}
