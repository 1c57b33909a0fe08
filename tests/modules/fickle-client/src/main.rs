//! Calls `fickle` by its stub, which dies in a call below, at and above the bound of repetitions, and says what came back.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use fickle::{FickleClient, FickleInterface, Text};
use ipc_proto::interface::{Description, MAX_REPEATED, call};
use module_rt::{Connection, Init, InitError, Manifest, log};

module_rt::program! {
    manifest: Manifest::new("fickle-client"),
    main: main,
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let fickle: FickleClient<Connection> = init.client()?;
    let same = call::describe(fickle.way())? == Description::of::<FickleInterface>();
    log!("the service is of this interface: {same}");
    let mut now = fickle.words(0).map_err(|error| InitError::new(2, format_args!("{error}")))?;
    for deaths in [0, 1, MAX_REPEATED, MAX_REPEATED.saturating_add(1)] {
        let from = now.saturating_add(deaths);
        match fickle.words(from) {
            Ok(served) => log!("words, {deaths} deaths: generation {served}"),
            Err(error) => log!("words, {deaths} deaths: {error}"),
        }
        now = from;
    }
    let from = now.saturating_add(2);
    match fickle.message(from, Text::try_from("a text of more than four words").unwrap_or_default()) {
        Ok((served, text)) => log!("message, 2 deaths: generation {served}: {text}"),
        Err(error) => log!("message, 2 deaths: {error}"),
    }
    match fickle.once(from.saturating_add(1)) {
        Ok(served) => log!("once, 1 death: generation {served}"),
        Err(error) => log!("once, 1 death: {error}"),
    }
    match fickle.once(0) {
        Ok(served) => log!("once, 0 deaths: generation {served}"),
        Err(error) => log!("once, 0 deaths: {error}"),
    }
    for number in [8, 7] {
        match fickle.half(number) {
            Ok(half) => log!("half of {number}: {half}"),
            Err(error) => log!("half of {number}: {error}"),
        }
    }
    Ok(())
}
