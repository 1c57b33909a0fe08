//! Clients and servers that were built from two traits of one name and version, in a simulated system.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it does not expect")]

mod support;

use std::time::Duration;

use ipc_proto::interface::{Failure, Interface as _};
use ipc_proto::names::NameFailure;
use module_rt::init::NamesError;
use module_rt::simulation::{How, Module, Programs, Sweep, System, module};
use module_rt::{Connection, Restart, WaitError, client, client_as, client_waiting, start};
use support::{Seen, Serves, manifest};
use till::{TillError, first, raised, swapped};

/// What `take` is answered with, which nobody calls.
const TAKEN: u64 = u64::MAX;

/// A server of the first interface, but for its second instance, which is made of a file with the methods swapped. It gives
/// what is put back, and does not know how to take.
fn till() -> Module {
    module(manifest("till", Restart::Always), |init| {
        let put = if start::instance().generation.0 == 2 {
            init.offer::<swapped::TillInterface>()?;
            swapped::TillMethods::PUT
        } else {
            init.offer::<first::TillInterface>()?;
            first::TillMethods::PUT
        };
        Ok(Serves(move |_, method, [coins, ..]: [u64; 4]| {
            Ok([if method == put.label { coins } else { TAKEN }, 0, 0, 0])
        }))
    })
}

/// Scenario other-interface: every kind of lookup by a stub is refused, and in its own words.
#[test]
fn a_stub_of_another_interface_is_refused() {
    let mut system = System::new(1);
    system.load(till());
    let words = system.run_program("client", |init| {
        let _: first::TillClient<Connection> = init.client()?;
        let of_init = init.client::<swapped::TillClient<Connection>>().unwrap_err();
        let named = init.client_as::<swapped::TillClient<Connection>>("till").unwrap_err();
        let waited = client_waiting::<swapped::TillClient<Connection>>(Duration::from_secs(1)).unwrap_err();
        let at_once = client::<swapped::TillClient<Connection>>().unwrap_err();
        assert_eq!(client_as::<swapped::TillClient<Connection>>("till").unwrap_err(), at_once);
        let [served, spoken] = [first::TillInterface::HASH, swapped::TillInterface::HASH];
        let NamesError::Refused(NameFailure::OtherInterface { served: of, spoken: by }) = at_once else {
            panic!("{at_once}")
        };
        assert_eq!((of, by), (served, spoken));
        for other in [of_init, named, waited] {
            assert_eq!(other, WaitError::Names(at_once));
        }
        let version = client::<raised::TillClient<Connection>>().unwrap_err();
        assert!(matches!(version, NamesError::Refused(NameFailure::Version { .. })), "{version}");
        Ok(at_once.to_string())
    });
    let [served, spoken] = [first::TillInterface::HASH, swapped::TillInterface::HASH];
    assert_eq!(
        words.unwrap(),
        format!("it is of another interface, {served:x} and not {spoken:x}: build both from one trait")
    );
}

/// Scenario other-interface: wherever the server dies, and its next instance is of the other interface, no call reaches a
/// method that was not meant.
#[test]
fn an_instance_of_another_interface_is_not_live_for_who_knows_the_earlier_one() {
    let seen = Seen::default();
    let swept = Sweep::of("till").seeds(0..2).run(|system| {
        system.load(till());
        let client = system.start_program("client", |init| {
            let till: first::TillClient<Connection> = init.client()?;
            Ok([till.put(5), till.put(6), till.put(7)])
        });
        system.run();
        match client.result(system) {
            Ok(put) => {
                for (put, coins) in put.into_iter().zip(5..) {
                    match put {
                        Ok(back) => assert_eq!(back, coins),
                        Err(Failure::Service(TillError::Interrupted)) => {}
                        Err(other) => panic!("{other}"),
                    }
                }
            }
            Err(How::InitFailed { reason, .. }) if reason.contains("it is of another interface") => {
                seen.note("the lookup was refused");
            }
            // It has died before it was ever live.
            Err(how) => assert!(matches!(how, How::InitFailed { .. }), "{how}"),
        }
        let refused = "clients know till as another interface";
        if system.died().iter().any(|died| died.how.to_string().contains(refused)) {
            seen.note("the instance was refused");
            let mut dead = system.died().iter().filter(|died| died.module == "till");
            assert_eq!(dead.next_back().unwrap().generation.0, 2, "the next one serves on");
        }
    });
    swept.passes();
    seen.all(&["the lookup was refused", "the instance was refused"]);
}
