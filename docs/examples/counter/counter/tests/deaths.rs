//! Both programs in a simulated system, with a death at every place where one can strike.

use ipc_proto::interface::{Failure, Stub};
use ipc_proto::version::VersionRange;
use module_rt::simulation::{How, Module, Programs, Sweep, System, for_every_death, module};
use module_rt::{Connection, Events, Init, Manifest};

use counter::{Counter, CounterClient, CounterError, CounterInterface, CounterServer};

#[path = "../src/try.rs"]
mod client;
#[path = "../src/main.rs"]
mod server;

type Client = CounterClient<Connection>;

#[test]
fn they_work_together() {
    let mut system = System::new(1);
    system.load(server::simulated());
    system.load(client::simulated());
    system.run();
    assert_eq!(system.lines_of("counter-try"), ["added 3: 3", "the count is 3"]);
}

/// Wherever the server dies: the client comes to its end, and what it was told is true.
#[test]
fn the_client_survives_every_death_of_the_server() {
    let interrupted = format!("added 3: {}", CounterError::Interrupted);
    for_every_death("counter", |system| {
        system.load(server::simulated());
        system.load(client::simulated());
        system.run();
        match &*system.lines_of("counter-try") {
            // An instance that dies takes its count with it.
            [added, "the count is 3" | "the count is 0"] => {
                assert!(*added == "added 3: 3" || *added == interrupted, "{added}");
            }
            // The server has died before it was ever live, and the client has waited for it in vain.
            [] => assert!(matches!(system.how_died("counter-try"), Some(How::InitFailed { .. }))),
            lines => panic!("{lines:?}"),
        }
    });
}

/// A server of the same interface that passes everything on: what it has done is still there when it has died.
struct Desk {
    behind: Client,
}

impl Counter for Desk {
    fn add(&mut self, by: u64) -> Result<u64, CounterError> {
        self.behind.add(by).map_err(|_| CounterError::Interrupted)
    }

    fn count(&mut self) -> Result<u64, CounterError> {
        self.behind.count().map_err(|_| CounterError::Interrupted)
    }
}

impl Events for Desk {}

fn desk() -> Module {
    module(Manifest::new("desk"), |init: &mut Init| {
        let behind = init.client()?;
        init.offer_as::<CounterInterface>("desk")?;
        Ok(CounterServer(Desk { behind }))
    })
}

/// Has 3 added through the desk, and gives what the count is then; `None` where the desk, or the server, has died before
/// it was ever live, so that there was nobody to add to.
fn added_by(system: &mut System, add: fn(&Client)) -> Option<u64> {
    system.load(server::simulated());
    system.load(desk());
    let count = system.run_program("adder", move |init: &mut Init| {
        let desk = Client::over(init.connect("desk", VersionRange::ANY)?);
        add(&desk);
        Ok(desk.count())
    });
    match count {
        Ok(count) => Some(count.expect("a count can be asked for again")),
        Err(How::InitFailed { .. }) => None,
        Err(how) => panic!("{how}"),
    }
}

/// Adds until it works, which is wrong: where the desk dies *after* the addition and before its answer, 3 is added twice.
fn careless(desk: &Client) {
    while desk.add(3) == Err(Failure::Service(CounterError::Interrupted)) {}
}

/// Adds until the count says that it was done. (Nobody else adds meanwhile.)
fn careful(desk: &Client) {
    while desk.count() == Ok(0) {
        let _ = desk.add(3);
    }
}

fn is_added_once(count: Option<u64>) {
    assert!(matches!(count, None | Some(3)), "the count is {count:?}");
}

/// The mistake shows at no other place than between the addition and the answer: no test without a death there finds it.
#[test]
fn who_adds_until_it_works_adds_twice_where_the_desk_dies_before_its_answer() {
    let swept = Sweep::of("desk").run(|system| is_added_once(added_by(system, careless)));
    assert!(swept.strikes > 10 && (1..4).contains(&swept.found.len()), "{swept:?}");
    for found in &swept.found {
        assert!(found.words.contains("the count is Some(6)"), "{found}");
    }
}

#[test]
fn who_looks_at_the_count_before_adding_again_adds_once_wherever_the_desk_dies() {
    for_every_death("desk", |system| is_added_once(added_by(system, careful)));
}
