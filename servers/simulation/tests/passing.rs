//! A connection is passed on in a simulated system: the agent of the target's scenarios, with deaths.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at what it does not expect"
)]

use std::time::Duration;

use agent::{AgentClient, AgentError};
use ipc_proto::echo::{Echo, EchoClient, EchoError, EchoInterface, EchoServer, Said, Text};
use ipc_proto::interface::passing::{Held, Pass};
use ipc_proto::interface::{Failure, Passed};
use ipc_proto::label::Status;
use ipc_proto::method::{Deadline, Method};
use ipc_proto::passing::Token;
use module_rt::simulation::{How, Programs, Sweep, System, module, work_for};
use module_rt::{CallError, Connection, Events, Init, InitError, Manifest, Taken, clock, take};

#[path = "../../../tests/modules/agent/src/main.rs"]
mod agent_itself;
#[path = "../../echo/src/main.rs"]
mod echo;

mod support;

use support::{Seen, Serves};

fn both(system: &mut System) {
    system.load(echo::simulated());
    system.load(agent_itself::simulated());
}

fn connected(init: &mut Init) -> Result<(AgentClient<Connection>, EchoClient<Connection>), InitError> {
    Ok((init.client()?, init.client()?))
}

fn text(letters: &str) -> Text {
    Text::try_from(letters).unwrap()
}

/// Wherever the agent dies, the stub passes the connection again; what an instance was passed goes with it.
#[test]
fn it_is_passed_again_to_the_next_instance() {
    let seen = Seen::default();
    let swept = Sweep::of("agent").seeds(0..2).run(|system| {
        both(system);
        let answers = system.run_program("principal", |init| {
            let (agent, echo) = connected(init)?;
            let taken = agent.adopt(&echo);
            Ok((taken, agent.say(text("hello")).map(|said| said.text)))
        });
        match answers {
            Ok((taken, said)) => {
                assert_eq!(taken.unwrap(), "");
                match said {
                    Ok(said) => assert_eq!(said, "olleh"),
                    Err(Failure::Service(AgentError::Nothing)) => seen.note("another instance"),
                    Err(Failure::Service(AgentError::Interrupted)) => seen.note("the call was interrupted"),
                    Err(other) => panic!("{other}"),
                }
            }
            // It has died before it was ever live.
            Err(how) => assert!(matches!(how, How::InitFailed { .. }), "{how}"),
        }
    });
    swept.passes();
    seen.all(&["another instance", "the call was interrupted"]);
}

/// Wherever its principal dies, the agent goes on, and has what it has taken.
#[test]
fn a_dead_principal_takes_nothing_back() {
    let seen = Seen::default();
    let swept = Sweep::of("principal").seeds(0..2).run(|system| {
        both(system);
        let principal = system.start_program("principal", |init| {
            let (agent, echo) = connected(init)?;
            agent.adopt(&echo).map_err(|error| support::fails(&error.to_string()))
        });
        system.run();
        let asked = system.run_program("other", |init| {
            let agent: AgentClient<Connection> = init.client()?;
            Ok(agent.say(text("hello")).map(|said| said.text))
        });
        match asked.unwrap() {
            Ok(said) => assert_eq!(said, "olleh"),
            Err(Failure::Service(AgentError::Nothing)) => {
                seen.note("nothing was taken");
                assert!(principal.result(system).is_err(), "it has died first");
            }
            Err(other) => panic!("{other}"),
        }
        if principal.result(system).is_err() && system.state("agent").is_some() {
            seen.note("it has died");
        }
    });
    swept.passes();
    seen.all(&["nothing was taken", "it has died"]);
}

/// A number is good for nobody but who was meant, from nobody but who has put it up; and for them it is.
#[test]
fn a_number_is_good_from_one_client_for_one_server() {
    let mut system = System::new(3);
    both(&mut system);
    // It puts something up for each of the two, and sends what it is told to.
    system.load(module(Manifest::new("principal"), |init| {
        let (agent, echo) = connected(init)?;
        init.reserve("principal", support::VERSION)?;
        Ok(Serves(move |_, method, [token, ..]: [u64; 4]| {
            let number = match method {
                support::METHOD if token == 0 => echo.way().put_up(&[agent.way().place()]).unwrap().0,
                support::METHOD => agent.way().put_up(&[echo.way().place()]).unwrap().0,
                _ => u64::from(agent.adopt_as(token).unwrap().is_empty()),
            };
            Ok([number, 0, 0, 0])
        }))
    }));
    system.run();
    let tells = |system: &mut System, method, word| {
        let told = system.run_program("shell", move |init| {
            let principal = support::connect(init, "principal")?;
            Ok(principal.call_words(method, [word, 0, 0, 0]).unwrap()[0])
        });
        told.unwrap()
    };
    let for_echo = tells(&mut system, support::METHOD, 0);
    assert_eq!(tells(&mut system, support::OTHER, for_echo), 0, "it was put up for another server");
    let for_agent = tells(&mut system, support::METHOD, 1);
    let stolen = system.run_program("thief", |init| {
        let agent: AgentClient<Connection> = init.client()?;
        Ok((0..16).filter(|number| agent.adopt_as(*number).unwrap().is_empty()).count())
    });
    assert_eq!(stolen, Ok(0));
    assert_eq!(tells(&mut system, support::OTHER, for_agent), 1, "nobody has taken it meanwhile");
    assert_eq!(tells(&mut system, support::OTHER, for_agent), 0, "not twice");
}

/// An `echo` that takes longer than anybody waits for it.
struct Slow;

impl Echo for Slow {
    fn say(&mut self, _: Text) -> Result<Said, EchoError> {
        Err(EchoError::Interrupted)
    }

    fn words(&mut self, words: [u64; 4]) -> Result<[u64; 4], EchoError> {
        work_for(Duration::from_secs(10));
        Ok(words)
    }

    fn die(&mut self) -> Result<(), EchoError> {
        Ok(())
    }
}

impl Events for Slow {}

/// How long a call to a slow server lasts, in nanoseconds, where the two manifests say so many microseconds: on a connection
/// that its client was passed, or on one that it has looked up.
fn lasts(server: u32, client: u32, passed: bool) -> u64 {
    let mut system = System::new(4);
    system.load(module(Manifest { deadline_micros: server, ..Manifest::new("echo") }, |init| {
        init.offer::<EchoInterface>()?;
        Ok(EchoServer(Slow))
    }));
    system.load(module(Manifest { deadline_micros: client, ..Manifest::new("taker") }, move |init| {
        let own: Option<EchoClient<Connection>> = if passed { None } else { Some(init.client()?) };
        init.reserve("taker", support::VERSION)?;
        Ok(Serves(move |who, _, [token, ..]: [u64; 4]| {
            let taken: Option<Taken<EchoClient<Connection>>> = match own {
                Some(_) => None,
                None => Some(take(who, Passed::of(Token(token))).map_err(|_| Status::Refused)?),
            };
            let began = clock::now();
            let answer = match (&own, &taken) {
                (Some(echo), _) => echo.words([0; 4]),
                (None, Some(echo)) => echo.words([0; 4]),
                (None, None) => return Err(Status::Refused),
            };
            assert!(matches!(answer, Err(Failure::Call(CallError::Interrupted { .. }))), "{answer:?}");
            Ok([clock::now().saturating_sub(began), 0, 0, 0])
        }))
    }));
    let told = system.run_program("principal", |init| {
        let echo: EchoClient<Connection> = init.client()?;
        let taker = support::connect(init, "taker")?;
        let token = taker.put_up(&[echo.way().place()]).unwrap();
        // Its own call is not what ends.
        let patient = Method::new(support::METHOD).within(Deadline::micros(u32::MAX));
        Ok(taker.call_words(patient, [token.0, 0, 0, 0]).unwrap()[0])
    });
    told.unwrap()
}

/// Scenario passing-deadline: who is passed a connection waits no longer on it than its own calls may take, and no longer than
/// the server's may; who has looked it up waits as long as the server says.
#[test]
fn on_a_connection_that_was_passed_the_shorter_deadline_counts() {
    let (short, long) = (2_000_000, 4_000_000);
    for (server, client, passed, micros) in [
        (long, short, true, short),
        (short, short, true, short),
        (short, long, true, short),
        (long, short, false, long),
    ] {
        let lasted = lasts(server, client, passed);
        let due = u64::from(micros) * 1000;
        assert!((due..due + 100_000).contains(&lasted), "{server}, {client}, {passed}: {lasted}");
    }
}
