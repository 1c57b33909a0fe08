//! Passes a connection to one idler on to another one, and says how long that has waited on it: `SERVER CLIENT`. With one name
//! it waits itself, on a connection that it has looked up.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use idler::{VERSION, WAIT, waits};
use ipc_proto::interface::passing::{Held, Pass};
use ipc_proto::method::{Deadline, Method};
use ipc_proto::version::VersionRange;
use module_rt::{Connection, Init, InitError, Manifest, init, log};

module_rt::program! {
    manifest: Manifest::new("usher"),
    main: main,
}

fn to(name: &str) -> Result<Connection, InitError> {
    Ok(init::lookup(name, VersionRange::exactly(VERSION))?)
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let args = init.args();
    let (server, client) = args.split_once(' ').unwrap_or((&args, "usher"));
    let served = to(server)?;
    let [lasted, interrupted, ..] = if client == "usher" {
        waits(served)
    } else {
        let waiting = to(client)?;
        let token = waiting
            .put_up(&[served.place()])
            .map_err(|why| InitError::new(1, format_args!("{client}: {why}")))?;
        // Its own call is not the one that ends.
        let patient = Method::new(WAIT).within(Deadline::micros(u32::MAX));
        waiting.call_words(patient, [token.0, 0, 0, 0])?
    };
    if interrupted != 1 {
        return Err(InitError::new(2, format_args!("{server} has ended the call, or has not received it")));
    }
    log!("{client} has waited {} ms for {server}", lasted / 1_000_000);
    Ok(())
}
