//! A server that answers with the text it was sent, reversed: a whole module on one page.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

use ipc_proto::echo::{Echo, EchoError, EchoInterface, EchoServer, Said, Text};
use module_rt::{Events, Init, InitError, Manifest, start};

module_rt::module! {
    // One page of stack: the deepest chain of calls, down to the panic handler, takes less than 3 KiB of it.
    manifest: Manifest { stack_bytes: 4096, connections: 0, ..Manifest::new("echo") },
    init: init,
}

struct Reverser;

fn init(init: &mut Init) -> Result<EchoServer<Reverser>, InitError> {
    init.offer::<EchoInterface>()?;
    Ok(EchoServer(Reverser))
}

impl Echo for Reverser {
    fn say(&mut self, text: Text) -> Result<Said, EchoError> {
        let mut reversed = Text::new();
        for letter in text.chars().rev() {
            // There is room: it is as long as the text.
            let _ = reversed.push(letter);
        }
        Ok(Said { generation: start::instance().generation, text: reversed })
    }

    #[inline(always)]
    fn words(&mut self, [a, b, c, d]: [u64; 4]) -> Result<[u64; 4], EchoError> {
        Ok([d, c, b, a])
    }

    fn die(&mut self) -> Result<(), EchoError> {
        module_rt::fault::read_address_zero()
    }
}

impl Events for Reverser {}
