//! What is refused: by the simulation, and by a module's own init.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at what it does not expect"
)]

mod support;

use std::time::Duration;

use ipc_proto::label::Status;
use ipc_proto::version::VersionRange;
use module_rt::simulation::{Failure, How, Programs, System, module};
use module_rt::{Client, Init, Restart, init::lookup};
use support::{Serves, VERSION, adds, connect, fails, manifest, serves};

/// Scenarios call-back, caps: they are shown on the target only, and a run says so.
#[test]
fn what_is_not_simulated_is_refused_by_name() {
    let refused = |what: &str, main: fn(&mut Init)| {
        let mut system = System::new(10);
        system.load(adds("adder", Restart::Never));
        system.start_program("user", move |init| {
            main(init);
            Ok(())
        });
        let failure = system.try_to_run().unwrap_err();
        let words = failure.to_string();
        assert!(matches!(failure, Failure::NotSimulated { .. }), "{words}");
        assert!(words.contains("user.1 uses") && words.contains(what), "{words}");
    };
    refused("a private endpoint", |init| {
        let adder = connect(init, "adder").unwrap();
        let _ = init.open_to(adder, Duration::from_millis(1));
    });
    refused("the operator's interface", |_| drop(module_rt::operator::ask_dependents(0)));
    refused("a locker for anything but callers", |init| {
        let _ = module_rt::request::stow(connect(init, "adder").unwrap(), 1);
    });
    refused("a locker for anything but callers", |_| assert!(module_rt::locker::copy(1, 2, 3).is_ok()));
    refused("a send on slot 16", |init| {
        let adder = connect(init, "adder").unwrap();
        simulation::calls::nb_send(adder.slot(), simulation::calls::Info::new(0, 0));
    });
    refused("the console's receiver", |_| assert!(module_rt::console::Receiver::take().is_none()));
}

/// A manifest that asks for what is not simulated is refused at its load, as one is that asks for too much.
#[test]
fn a_manifest_that_cannot_be_granted_is_refused() {
    let mut console = manifest("driver", Restart::Never);
    console.device = ipc_proto::manifest::Device::Console as u8;
    let mut hasty = manifest("hasty", Restart::Never);
    hasty.deadline_micros = 1000;
    for (manifest, words) in [
        (
            console,
            "the console, which it is not granted (console); `System::device` makes a device up for it",
        ),
        (hasty, "deadline"),
    ] {
        let load = move || {
            let mut system = System::new(1);
            system.load(serves(manifest, "name", |_, words| Ok(words)));
        };
        let panic = std::panic::catch_unwind(load).unwrap_err();
        let told = panic.downcast_ref::<String>().unwrap();
        assert!(told.contains(words), "{told}");
    }
}

/// Scenario half-init: a fault, a panic, an exit and an error in an init, each in its words; nobody saw its name.
#[test]
fn an_init_that_fails_leaves_nothing() {
    let cases: [(fn() -> How, How); 4] = [
        (|| module_rt::fault::read_address_zero(), How::Fault("read address 0".into())),
        (|| module_rt::request::exit(4), How::Exited(4)),
        (|| panic!("no way"), How::Panicked(String::new())),
        (|| How::Crashed, How::InitFailed { code: 9, reason: "on purpose".into() }),
    ];
    for (end, how) in cases {
        let mut system = System::new(11);
        system.load(module(manifest("half", Restart::Always), move |init: &mut Init| {
            init.reserve("half", VERSION)?;
            end();
            Err::<Serves<fn(Client, u16, [u64; 4]) -> Result<[u64; 4], Status>>, _>(fails("on purpose"))
        }));
        system.run();
        match (system.how_died("half"), how) {
            (Some(How::Panicked(words)), How::Panicked(_)) => {
                assert!(words.ends_with(": no way") && words.contains("refusals.rs:"), "{words}");
            }
            (died, how) => assert_eq!(died, Some(&how)),
        }
        assert_eq!(system.state("half"), None);
        let found = system.run_program("caller", |_| {
            Ok(lookup("half", VersionRange::ANY).map(|_| ()).unwrap_err().to_string())
        });
        assert_eq!(found.unwrap(), "nobody has published that name: `names` lists what there is");
    }
}
