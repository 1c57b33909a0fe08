//! What a connection leads to whose service is gone: to nobody, until a later lookup can get no other slot.
#![allow(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

mod support;

use std::time::Duration;

use ipc_proto::manifest::Manifest;
use ipc_proto::window::{WindowError, WindowRefusal};
use module_rt::Restart;
use module_rt::simulation::{Module, System, program};
use support::{METHOD, connect, manifest, serves};

/// Who answers with its number.
fn numbered(name: &'static str, number: u64) -> Module {
    serves(manifest(name, Restart::Never), name, move |_, _| Ok([number, 0, 0, 0]))
}

/// What a client with so many slots hears on its connections to two servers and a third one, when the first two are gone.
fn heard(slots: u8) -> Vec<String> {
    let mut system = System::new(1);
    let servers = [("first", 1), ("second", 2), ("third", 3)];
    let client = Manifest { connections: slots, ..Manifest::new("client") };
    system.load(program(client, move |init| {
        let mut held = Vec::new();
        for (name, _) in servers {
            held.push(connect(init, name)?);
        }
        for one in held {
            let gone = Err(WindowError::Refused(WindowRefusal::NotConnected));
            let answer = one.call_words(METHOD, [0; 4]).map(|[number, ..]| number);
            module_rt::log!(
                "{answer:?}, and shares {}",
                if one.window(1) == gone { "nothing" } else { "memory" }
            );
        }
        Ok(())
    }));
    for (name, number) in servers {
        system.load(numbered(name, number));
        system.run_for(Duration::from_millis(1));
        if name != "third" {
            system.unload(name);
        }
    }
    system.run();
    system.lines_of("client").into_iter().map(str::to_owned).collect()
}

#[test]
fn an_old_connection_reaches_nobody_as_long_as_there_is_a_slot_that_was_never_used() {
    let nobody = "Err(Gone), and shares nothing";
    assert_eq!(heard(3), [nobody, nobody, "Ok(3), and shares memory"]);
    assert_eq!(heard(16), heard(3));
}

/// What then holds is told where `Connection` is documented: the slot that has been empty for the longest time is used again, and
/// who has kept what led there is connected to another module.
#[test]
fn where_none_is_left_the_one_that_was_empty_longest_is_used_again() {
    assert_eq!(
        heard(2),
        ["Ok(3), and shares memory", "Err(Gone), and shares nothing", "Ok(3), and shares memory"]
    );
}
