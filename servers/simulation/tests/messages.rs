//! Messages on their way: whole, in order, and where a server answers before it goes on.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at what it does not expect")]

mod support;

use std::time::Duration;

use ipc_proto::label::Status;
use module_rt::simulation::{Programs, System, module, work_for};
use module_rt::{Answer, Client, Init, Request, Restart, Server, answer, answer_first};
use support::{METHOD, VERSION, connect, manifest, serves};

/// What is longer than the four words in registers comes whole, also where the server calls others before it answers.
#[test]
fn long_messages_come_whole_through_a_server_that_calls_another_one() {
    type Text = heapless::String<200>;
    struct Reverses(Option<module_rt::Connection>);
    impl Server for Reverses {
        fn message(&mut self, _: Client, method: u16, request: Request) -> Result<Answer, Status> {
            let text: Text = request.decode()?;
            let turned: Text = text.chars().rev().collect();
            match self.0 {
                Some(next) => {
                    answer(&next.call::<_, Text>(method, &turned).map_err(|_| Status::NotDelivered)?)
                }
                None => answer(&turned),
            }
        }
    }
    let mut system = System::new(8);
    system.load(module(manifest("last", Restart::Never), |init: &mut Init| {
        init.reserve("last", VERSION)?;
        Ok(Reverses(None))
    }));
    system.load(module(manifest("first", Restart::Never), |init: &mut Init| {
        let last = connect(init, "last")?;
        init.reserve("first", VERSION)?;
        Ok(Reverses(Some(last)))
    }));
    let text: Text = ('a'..='z').cycle().take(190).collect();
    let sent = text.clone();
    let said = system.run_program("caller", move |init| {
        Ok(connect(init, "first")?.call::<_, Text>(0x101_u16, &sent).unwrap())
    });
    assert_eq!(said.unwrap(), text);
}

/// Scenario call-back: a server that answers first goes on without a caller.
#[test]
fn who_answers_first_goes_on_alone() {
    struct Early;
    impl Server for Early {
        fn message(&mut self, _: Client, _: u16, _: Request) -> Result<Answer, Status> {
            let early = answer_first(&5_u32)?;
            module_rt::log!("and on it goes");
            Ok(early)
        }
    }
    let mut system = System::new(9);
    system.load(module(manifest("early", Restart::Never), |init: &mut Init| {
        init.reserve("early", VERSION)?;
        Ok(Early)
    }));
    let said = system
        .run_program("caller", |init| Ok(connect(init, "early")?.call::<_, u32>(0x101_u16, &()).unwrap()));
    assert_eq!(said.unwrap(), 5);
    assert_eq!(system.lines_of("early"), ["and on it goes"]);
}

/// As at any endpoint of the kernel's: who has called first is received first.
#[test]
fn calls_are_received_in_their_order() {
    let orders: Vec<_> = (0..10).map(|seed| order_of(&mut System::new(seed))).collect();
    assert!(orders.iter().any(|order| *order != orders[0]), "{orders:?}");
}

fn order_of(system: &mut System) -> Vec<String> {
    system.load(serves(manifest("busy", Restart::Never), "busy", |_, words| {
        module_rt::log!("{}", words[0]);
        work_for(Duration::from_millis(1));
        Ok(words)
    }));
    for number in 0..4 {
        system.start_program(&format!("caller-{number}"), move |init| {
            Ok(connect(init, "busy")?.call_words(METHOD, [number, 0, 0, 0]).unwrap())
        });
    }
    system.run();
    let received: Vec<_> = system.lines_of("busy").iter().map(ToString::to_string).collect();
    let story = system.story();
    let calls = story.lines().filter_map(|line| line.split_once("caller-")?.1.split_once(".1 calls busy.1"));
    let called: Vec<_> = calls.map(|(number, _)| number.to_owned()).collect();
    assert_eq!(received, called, "{story}");
    received
}
