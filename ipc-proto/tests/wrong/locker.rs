//! A server that answers later, and a manifest that does not ask for the room that this takes.
use ipc_proto::interface::dispatch::Events;
use ipc_proto::interface::{Reply, interface, wire_error};
use module_rt::{Init, InitError, Manifest};

/// It can say that it was interrupted.
#[wire_error]
enum Torn {
    /// It was.
    Interrupted = 1,
}

/// Answers later.
#[interface(name = "later", version = 1, error = Torn)]
trait Later {
    /// Does it.
    ///
    /// # Request
    /// Nothing.
    /// # Preconditions
    /// None.
    /// # Response
    /// A number.
    /// # Errors
    /// None.
    #[method(deferred)]
    fn later(&mut self, reply: Reply<u64, Torn>);
}

struct Never;

impl Later for Never {
    fn later(&mut self, reply: Reply<u64, Torn>) {
        drop(reply);
    }
}

impl Events for Never {}

fn init(_: &mut Init) -> Result<LaterServer<Never>, InitError> {
    Ok(LaterServer(Never))
}

mod below {
    module_rt::module! { //~ the server answers calls later, so its manifest asks for a locker
        manifest: super::Manifest { locker_bits: 1, ..super::Manifest::new("later") },
        init: super::init,
    }
}

module_rt::module! {
    manifest: Manifest { locker_bits: 2, ..Manifest::new("later") },
    init: init,
}
