//! What the books of a locker keep of callers, and what is handed out of it: each as the scenario shows it on the target that
//! stands beside the test.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at what it does not expect")]

mod support;

use ipc_proto::call_error::CallError;
use ipc_proto::deferred::{Answer, FIRST, LABEL, Request};
use ipc_proto::interface::{Later, Message};
use ipc_proto::label::{self, Status};
use ipc_proto::slots::{self, OWN_ENDPOINT};
use module_rt::simulation::{Programs, System, calls, module};
use module_rt::{Answer as Given, Client, Connection, Init, Restart, Server};
use support::{METHOD, connect};

/// Puts each of its callers aside; those who call [`BANNED`] it bans first, so that nobody waits.
struct Keeper(Vec<Later>);

const KEPT: u16 = 0x101;
const BANNED: u16 = 0x102;

impl Server for Keeper {
    const DEFERS: bool = true;

    fn message(&mut self, client: Client, method: u16, request: module_rt::Request) -> Result<Given, Status> {
        if method == BANNED {
            module_rt::request::revoke(client).unwrap();
        }
        let (later, answer) = Message::defer(request)?;
        self.0.push(later);
        Ok(answer)
    }

    fn words(&mut self, _: Client, _: u16, _: [u64; 4]) -> Result<[u64; 4], Status> {
        Ok([self.0.drain(..).count() as u64; 4])
    }
}

/// Scenario deferred (`fill`): no room is kept where nobody waits for the answer. What a simulated module does not do is to send
/// without waiting; here the call is taken back before it is put aside.
#[test]
fn no_room_is_kept_where_nobody_waits() {
    let mut system = System::new(8);
    let manifest = module_rt::Manifest { locker_bits: 2, ..support::manifest("keeper", Restart::Never) };
    system.load(module(manifest, |init: &mut Init| {
        init.reserve("keeper", support::VERSION)?;
        Ok(Keeper(Vec::new()))
    }));
    let calls = |system: &mut System, name: &str, method| {
        system.start_program(name, move |init: &mut Init| {
            Ok(connect(init, "keeper")?.call::<(), ()>(method, &()).unwrap_err())
        })
    };
    let banned = ["b1", "b2", "b3"].map(|name| calls(&mut system, name, BANNED));
    system.run();
    let kept = ["k1", "k2", "k3"].map(|name| calls(&mut system, name, KEPT));
    system.run();
    let counted =
        system.run_program("counter", |init| Ok(connect(init, "keeper")?.call_words(METHOD, [0; 4])));
    assert_eq!(counted.unwrap(), Ok([2; 4]));
    let cut_off = |error: &CallError| matches!(error, CallError::Interrupted { .. });
    assert!(banned.iter().all(|banned| cut_off(&banned.result(&system).unwrap())));
    let kept = kept.map(|kept| kept.result(&system).unwrap());
    let busy = kept.iter().filter(|error| **error == CallError::Busy).count();
    assert_eq!((kept.iter().filter(|error| cut_off(error)).count(), busy), (2, 1), "{kept:?}");
}

/// Scenario deferred (`steal`): by hand nothing else is handed out, an empty slot is nobody's, and one that is not empty takes
/// nobody.
#[test]
fn nothing_but_a_caller_is_handed_out() {
    let mut system = System::new(7);
    let manifest = module_rt::Manifest { locker_bits: 3, ..support::manifest("thief", Restart::Never) };
    system.load(module(manifest, |init: &mut Init| {
        init.reserve("thief", support::VERSION)?;
        Ok(support::Serves(|_, _, _| {
            let supervisor = Connection::in_slot(slots::SUPERVISOR);
            let take = |index| {
                let words = supervisor.call_words(LABEL, Request::Take { index }.to_words()).unwrap();
                Answer::from_words(words).unwrap()
            };
            let handed = [0, OWN_ENDPOINT, FIRST, 8].map(take);
            assert_eq!(handed, [Answer::Refused, Answer::Refused, Answer::Gone, Answer::Refused]);
            let places = [(OWN_ENDPOINT, 3), (8, 3), (FIRST, 2), (FIRST, 4), (FIRST, 3), (FIRST, 3)];
            let saved = places.map(|(index, bits)| calls::save_caller(index, bits));
            assert_eq!(saved, [false, false, false, false, true, false]);
            assert_eq!([FIRST, FIRST].map(take), [Answer::Ready, Answer::Gone]);
            let info = calls::Info::new(label::reply(Status::Ok), 4);
            for word in [5, 6] {
                calls::message_mut(|words| words[..4].fill(word));
                calls::nb_send(slots::ANSWER, info);
            }
            // And this one reaches nobody, either.
            Ok([7; 4])
        }))
    }));
    let said = system.run_program("caller", |init| {
        let thief = connect(init, "thief")?;
        Ok(thief.call_words(METHOD, [0; 4]))
    });
    assert_eq!(said.unwrap(), Ok([5; 4]), "{:?}", system.how_died("thief"));
}
