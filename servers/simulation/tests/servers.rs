//! Real servers of this repository in a simulated system: their very files.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at what it does not expect"
)]

use ipc_proto::call_error::CallError;
use ipc_proto::echo::{self as proto, EchoClient, Said, Text};
use ipc_proto::ids::Generation;
use ipc_proto::interface::Failure;
use ipc_proto::version::VersionRange;
use module_rt::Connection;
use module_rt::simulation::{How, Programs, Sweep, System, for_every_death};

#[path = "../../echo/src/main.rs"]
mod echo;
#[path = "../../echo-client/src/main.rs"]
mod echo_client;

fn text(letters: &str) -> Text {
    Text::try_from(letters).unwrap()
}

/// Wherever `echo` dies, its stub asks again: nobody notices but by the generation.
#[test]
fn echo_answers_wherever_it_dies() {
    for_every_death("echo", |system| {
        system.load(echo::simulated());
        let said = system.run_program("caller", |init| {
            let echo: EchoClient<Connection> = init.client()?;
            Ok([echo.say(text("hello")), echo.say(text("again"))])
        });
        match said {
            Ok(said) => {
                let said = said.map(Result::unwrap);
                assert_eq!(said.each_ref().map(|said| said.text.as_str()), ["olleh", "niaga"]);
                assert!(said.iter().all(|said| [Generation(1), Generation(2)].contains(&said.generation)));
            }
            // It has died before it was ever live.
            Err(how) => assert!(matches!(how, How::InitFailed { .. }), "{how}"),
        }
    });
}

/// As README's `crash echo`: who calls `die` is told what became of the call, and the next call finds the next instance.
#[test]
fn echo_dies_when_it_is_told_to() {
    let mut system = System::new(1);
    system.load(echo::simulated());
    let said = system.run_program("caller", |init| {
        let echo: EchoClient<Connection> = init.client()?;
        Ok((echo.die(), echo.words([1, 2, 3, 4]), echo.say(text("ab")).unwrap().generation))
    });
    let interrupted = Err(Failure::Service(proto::EchoError::Interrupted));
    assert_eq!(said.unwrap(), (interrupted, Ok([4, 3, 2, 1]), Generation(2)));
}

/// The middle of README's life of a module: an old capability reaches nothing after an unload, and a new one what is loaded
/// next.
#[test]
fn echo_client_passes_on_what_it_is_sent() {
    let mut system = System::new(2);
    system.load(echo::simulated());
    system.load(echo_client::simulated());
    system.run();
    let say = |system: &mut System| {
        let said = system.run_program("caller", |_| {
            let passer = module_rt::init::lookup("echo-client", VersionRange::ANY)?;
            Ok(passer.call::<_, Said>(proto::SAY, &text("hello")))
        });
        said.unwrap().map(|said| (said.generation.0, said.text.as_str().to_owned()))
    };
    assert_eq!(say(&mut system), Ok((1, "olleh".to_owned())));
    system.unload("echo");
    assert_eq!(say(&mut system), Err(CallError::NotDelivered));
    let lines = ["call of echo: the service is gone: the old capability reaches nothing"];
    assert_eq!(system.lines_of("echo-client"), lines);
    system.load(echo::simulated());
    system.run();
    // The last caller had its place meanwhile: a generation is of a place, and no place has one twice.
    assert_eq!(say(&mut system), Ok((3, "olleh".to_owned())));
}

/// Each death of each of them, while two call: no call is lost, and no error says less than it could.
#[test]
fn every_call_through_both_has_an_answer() {
    for module in ["echo", "echo-client", "name-server"] {
        let test = |system: &mut System| {
            system.load(echo::simulated());
            system.load(echo_client::simulated());
            let callers = ["one", "two"].map(|name| {
                system.start_program(name, |init| {
                    let passer = init.connect("echo-client", VersionRange::ANY)?;
                    Ok([(); 3].map(|()| passer.call::<_, Said>(proto::SAY, &text("hello"))))
                })
            });
            system.run();
            for answer in callers.iter().filter_map(|caller| caller.result(system).ok()).flatten() {
                match answer {
                    Ok(said) => assert_eq!(said.text, "olleh"),
                    // Where `echo` was not there yet, or has died; or `echo-client` itself.
                    Err(CallError::NotDelivered | CallError::Interrupted { .. }) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
        };
        let swept = Sweep::of(module).seeds(0..3).run(test);
        swept.passes();
        assert!(swept.strikes > 30, "{module}: {}", swept.strikes);
    }
}
