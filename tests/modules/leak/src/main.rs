//! Loads, calls and unloads `echo` many times, and has the kernel prove after each time that nothing was lost.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Outcome, Proof, Request};
use ipc_proto::supervisor::Args;
use ipc_proto::version::VersionRange;
use module_rt::init::lookup;
use module_rt::{Init, InitError, Manifest, log, operator};

module_rt::program! {
    manifest: Manifest::new("leak"),
    main: main,
}

fn ask(request: &Request) -> Result<Answer, InitError> {
    match operator::ask(request)? {
        Answer::Refused(sentence) => Err(InitError::new(20, format_args!("{sentence}"))),
        answer => Ok(answer),
    }
}

fn audit() -> Result<Proof, InitError> {
    match ask(&Request::Audit { retype: false })? {
        Answer::Proof(proof) if proof.is_whole() => Ok(proof),
        Answer::Proof(proof) => Err(InitError::new(21, format_args!("kernel and books differ: {proof:?}"))),
        _ => Err(InitError::new(22, format_args!("no proof"))),
    }
}

fn cycle(name: Name) -> Result<(), InitError> {
    let Answer::Loaded { instance, outcome: Outcome::Live } =
        ask(&Request::Load { name, args: Args::new(), hold: false, wait: true })?
    else {
        return Err(InitError::new(23, format_args!("echo did not become live")));
    };
    let echo = lookup(echo::NAME, VersionRange::exactly(echo::VERSION))?;
    let said: Said = echo.call(echo::SAY, &Text::try_from("abc").unwrap_or_default())?;
    if said.generation != instance.generation || said.text != "cba" {
        return Err(InitError::new(24, format_args!("generation {}: {}", said.generation, said.text)));
    }
    ask(&Request::Unload { name, now: false })?;
    Ok(())
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let cycles: u32 =
        init.args().parse().map_err(|_| InitError::new(25, format_args!("usage: load leak CYCLES")))?;
    let name = Name::new(echo::NAME).map_err(|error| InitError::new(26, format_args!("{error}")))?;
    // The first cycle cuts untyped memory into pieces that are then used again.
    cycle(name)?;
    let before = audit()?;
    for number in 1..=cycles {
        cycle(name)?;
        let after = audit()?;
        if after.books.free_bytes != before.books.free_bytes
            || after.books.used_slots != before.books.used_slots
        {
            return Err(InitError::new(
                27,
                format_args!("cycle {number}: {:?}, before: {:?}", after.books, before.books),
            ));
        }
    }
    log!(
        "{cycles} cycles, whole after each: {} bytes in {} untypeds",
        before.kernel_free_bytes,
        before.untypeds
    );
    Ok(())
}
