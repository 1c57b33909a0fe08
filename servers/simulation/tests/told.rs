//! Who is told of the death of another one: servers of their clients', clients of their servers'.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at what it does not expect"
)]

mod support;

use std::time::Duration;

use ipc_proto::badge::Holder;
use ipc_proto::ids::{Generation, Instance};
use ipc_proto::label::Status;
use ipc_proto::losses::Now;
use ipc_proto::manifest::Manifest;
use ipc_proto::method::{Deadline, Method};
use module_rt::losses::losses;
use module_rt::simulation::{Act, How, Module, Programs, State, Sweep, System, module, work_for};
use module_rt::{Client, Clients, Init, OnLoss, Restart, Server};
use support::{METHOD, OTHER, Seen, VERSION, adds, connect, manifest};

/// Keeps a number for each client, and says for how many it keeps one.
#[derive(Default)]
struct Keeps(Clients<u64, 4>);

impl Server for Keeps {
    const DEPARTED: Option<fn(&mut Self, Instance)> = Some(|keeps, client| {
        module_rt::log!("departed: generation {}", client.generation);
        keeps.0.departed(client);
    });

    fn words(&mut self, client: Client, method: u16, words: [u64; 4]) -> Result<[u64; 4], Status> {
        if method == METHOD {
            let kept = self.0.of(client).map_err(|_| Status::Refused)?;
            *kept += words[0];
            return Ok([*kept, 0, 0, 0]);
        }
        Ok([self.0.len() as u64, 0, 0, 0])
    }
}

fn keeper() -> Module {
    module(manifest("keeper", Restart::Never), |init: &mut Init| {
        init.reserve("keeper", VERSION)?;
        Ok(Keeps::default())
    })
}

/// Scenario departed-clients: what a server keeps for a client is dropped at whatever moment that one dies, before the next
/// one in its place is heard.
#[test]
fn a_server_is_told_of_every_client_that_dies() {
    let test = |system: &mut System| {
        system.load(keeper());
        for _ in 0..2 {
            let kept = system.run_program("client", |init| {
                let keeper = connect(init, "keeper")?;
                Ok([keeper.call_words(METHOD, [1, 0, 0, 0]), keeper.call_words(METHOD, [2, 0, 0, 0])])
            });
            if let Ok(kept) = kept {
                assert_eq!(kept, [Ok([1, 0, 0, 0]), Ok([3, 0, 0, 0])]);
            }
        }
        let left = system.run_program("last", |init| Ok(connect(init, "keeper")?.call_words(OTHER, [0; 4])));
        assert_eq!(left.unwrap(), Ok([0; 4]));
    };
    let swept = Sweep::of("client").seeds(0..4).run(test);
    swept.passes();
    assert!(swept.strikes > 60, "{}", swept.strikes);
    let mut system = System::new(0);
    test(&mut system);
    assert_eq!(
        system.lines_of("keeper"),
        ["departed: generation 1", "departed: generation 2", "departed: generation 3"]
    );
}

/// As the kernel does it: a signal is received before any call that waits.
#[test]
fn a_departure_is_told_before_the_next_call() {
    struct Busy;
    impl Server for Busy {
        const DEPARTED: Option<fn(&mut Self, Instance)> = Some(|_, _| module_rt::log!("departed"));

        fn words(&mut self, _: Client, _: u16, words: [u64; 4]) -> Result<[u64; 4], Status> {
            module_rt::log!("{}", words[0]);
            work_for(Duration::from_millis(5));
            Ok(words)
        }
    }
    for seed in 0..5 {
        let mut system = System::new(seed);
        system.load(module(manifest("busy", Restart::Never), |init: &mut Init| {
            init.reserve("busy", VERSION)?;
            Ok(Busy)
        }));
        // The first gives up and ends while it is served; the second calls meanwhile.
        for (number, after) in [(1, 0), (2, 2)] {
            system.start_program(&format!("caller-{number}"), move |init| {
                let busy = connect(init, "busy")?;
                work_for(Duration::from_millis(after));
                let method =
                    Method::new(METHOD).within(Deadline::micros(if number == 1 { 1000 } else { 20_000 }));
                let _ = busy.call_words(method, [number, 0, 0, 0]);
                Ok(())
            });
        }
        system.run();
        assert_eq!(system.lines_of("busy"), ["1", "departed", "2", "departed"], "seed {seed}");
    }
}

/// Passes calls on to `adder`, and logs what it has lost.
struct Depends(module_rt::Connection);

impl Server for Depends {
    fn words(&mut self, _: Client, method: u16, words: [u64; 4]) -> Result<[u64; 4], Status> {
        self.0.call_words(method, words).map_err(|_| Status::NotDelivered)
    }

    fn lost(&mut self) {
        for loss in losses() {
            let now = match loss.now {
                Now::Down => "down",
                Now::Live => "live",
                Now::Failed => "failed",
                Now::Gone => "gone",
            };
            module_rt::log!("{}, which is mine: {}", now, loss.connection == self.0);
        }
    }
}

fn depends(on_loss: OnLoss) -> Module {
    module(Manifest { flags: on_loss as u8, ..manifest("client", Restart::Never) }, |init: &mut Init| {
        let adder = connect(init, "adder")?;
        init.reserve("client", VERSION)?;
        Ok(Depends(adder))
    })
}

/// Scenario dependents: who is notified keeps its connection, and learns how its server is.
#[test]
fn a_client_is_told_what_it_has_lost_and_how_that_is() {
    let told = |seed, what: fn(&mut System)| {
        let mut system = System::new(seed);
        system.load(adds("adder", Restart::OnFailure));
        system.load(depends(OnLoss::Notify));
        system.run();
        what(&mut system);
        system.run();
        assert_eq!(system.generation("client"), Generation(1));
        system.lines_of("client").join("; ")
    };
    for seed in 0..5 {
        let crashed = told(seed, |system| system.crash("adder"));
        assert!(["down, which is mine: true", "live, which is mine: true"].contains(&&*crashed), "{crashed}");
        assert_eq!(told(seed, |system| system.unload("adder")), "gone, which is mine: true");
        let failed = |system: &mut System| {
            system.manifest().max_restarts = 0;
            system.crash("adder");
        };
        let failed = told(seed, failed);
        assert!(failed.ends_with("failed, which is mine: true"), "{failed}");
    }
}

/// Scenario dependents: who is restarted for a loss dies once for it, which counts against nobody's budget.
#[test]
fn a_client_is_restarted_for_what_it_has_lost() {
    let seen = Seen::default();
    let test = |system: &mut System| {
        system.load(adds("adder", Restart::OnFailure));
        system.load(depends(OnLoss::Restart));
        system.run();
        let generations = (system.generation("adder"), system.generation("client"));
        // It is struck before it is ever live, or before anybody is connected to it.
        let early = system.state("adder").is_none() || generations.1 == Generation(1);
        if early || system.struck().is_empty() {
            return;
        }
        assert_eq!(generations, (Generation(2), Generation(2)));
        assert_eq!(system.how_died("client"), Some(&How::Lost("adder".into())));
        let said =
            system.run_program("caller", |init| Ok(connect(init, "client")?.call_words(METHOD, [1; 4])));
        assert_eq!(said.unwrap(), Ok([2, 4, 0, 0]));
        seen.note("restarted");
    };
    Sweep::of("adder").seeds(0..4).run(test).passes();
    seen.all(&["restarted"]);
    Sweep::of("adder").by(Act::Restart).seeds(0..4).run(test).passes();
    let mut system = System::new(1);
    system.load(adds("adder", Restart::OnFailure));
    system.load(depends(OnLoss::Restart));
    system.run();
    for generation in 2..20 {
        // More often than any budget allows: the adder's is forgiven by its restart.
        assert!(system.restart("adder"));
        system.run();
        assert_eq!(system.generation("client"), Generation(generation));
        assert_eq!(system.state("client"), Some(State::Live));
    }
}

/// A client is an instance: a badge tells it from its successor.
#[test]
fn a_badge_tells_instances_apart() {
    let mut system = System::new(2);
    system.load(module(manifest("teller", Restart::Never), |init: &mut Init| {
        init.reserve("teller", VERSION)?;
        Ok(support::Serves(|client: Client, _, _| {
            let Holder { domain, tag } = client.holder().ok_or(Status::Refused)?;
            Ok([u64::from(domain.0), u64::from(tag.0), u64::from(client.service().unwrap_or(99)), 0])
        }))
    }));
    let mut seen = Vec::new();
    for _ in 0..2 {
        let said = system.run_program("client", |init| {
            let own = module_rt::start::instance();
            let said = connect(init, "teller")?.call_words(METHOD, [0; 4]).unwrap();
            assert_eq!(said, [u64::from(own.domain.0), u64::from(own.generation.0), 0, 0]);
            Ok(said)
        });
        seen.push(said.unwrap());
    }
    assert_ne!(seen[0], seen[1]);
}
