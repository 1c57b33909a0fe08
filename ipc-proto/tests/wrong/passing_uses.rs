//! What is wrong around an interface that passes connections: its stub's way, and what its stub is given.
use ipc_proto::call_error::CallError;
use ipc_proto::interface::dispatch::Events;
use ipc_proto::interface::loopback::Loopback;
use ipc_proto::interface::{Call, Passed, interface, wire_error};
use ipc_proto::method::Method;

/// What can go wrong.
#[wire_error]
pub enum Errors {
    /// Interrupted.
    Interrupted = 1,
}

/// Is passed.
#[interface(name = "b", version = 1, error = Errors)]
pub trait Sink {}

/// Takes.
#[interface(name = "a", version = 1, error = Errors)]
pub trait Takes {
    /// Takes it.
    ///
    /// # Request
    /// It.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// None.
    fn take(&mut self, sink: Passed<SinkInterface>) -> Result<(), Errors>;
}

struct Server;

impl Takes for Server {
    fn take(&mut self, _: Passed<SinkInterface>) -> Result<(), Errors> {
        Ok(())
    }
}

impl Events for Server {}

struct Line;

impl Call for Line {
    fn call_message<R: ?Sized, A>(&self, _: Method, _: &R) -> Result<A, CallError> {
        Err(CallError::Gone)
    }

    fn call_words(&self, _: Method, _: [u64; 4]) -> Result<[u64; 4], CallError> {
        Err(CallError::Gone)
    }
}

fn main() {
    let way = Loopback::new(TakesServer(Server), 1);
    let stub = TakesClient::new(&way);
    let _ = stub.take(&stub); //~ `TakesClient<&Loopback<TakesServer<Server>>>` is no stub of `SinkInterface` over a `Connection`
    let _ = stub.take(&7_u64); //~ `u64` is no stub of `SinkInterface` over a `Connection`
    let _ = stub.take(&SinkClient::new(Line)); //~ `Line` is no way that can be passed on
    let _ = TakesClient::new(Line).take(&SinkClient::new(&way)); //~ no connection can be passed on `Line`
}
