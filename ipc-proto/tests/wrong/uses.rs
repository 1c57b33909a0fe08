//! What is wrong around an interface: its errors, its server, and what its stub is given.
use ipc_proto::interface::dispatch::Events;
use ipc_proto::interface::{Call, Dispatch, interface, wire_error};

#[derive(Clone, Copy)]
enum NoErrors {
    One = 1,
}

#[interface(name = "a", version = 1, error = NoErrors)] //~ `NoErrors` is not the errors of an interface
trait Wrong {
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
    fn any(&mut self) -> Result<u64, NoErrors>;
}

/// What can go wrong.
#[wire_error]
enum Errors {
    /// Interrupted.
    Interrupted = 1,
}

#[interface(name = "b", version = 1, error = Errors)]
trait Right {}

struct Eventless;

impl Right for Eventless {}

struct Server;

impl Right for Server {}

impl Events for Server {}

fn serve<D: Dispatch>(_: D) {}

fn reach<C: Call>(_: C) {}

fn main() {
    let init = |_: &mut module_rt::Init| Ok(Eventless);
    module_rt::simulation::module(module_rt::Manifest::new("b"), init); //~ `Eventless` takes no calls: the server of an interface `Counter` is `CounterServer(state)`
    serve(RightServer(Eventless)); //~ `Eventless` does not say what it does with what is no call
    serve(Server); //~ `Server` does not take calls
    reach(Server); //~ `Server` is no way to a server
}
