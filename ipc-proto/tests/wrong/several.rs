//! What is wrong with a server of several interfaces.
use ipc_proto::ids::ServiceRef;
use ipc_proto::interface::bulk::BulkIn;
use ipc_proto::interface::dispatch::Events;
use ipc_proto::interface::{Dispatch, Offered, Several, interface, wire_error};

/// What can go wrong.
#[wire_error]
pub enum Errors {
    /// Interrupted.
    Interrupted = 1,
}

/// Is served.
#[interface(name = "a", version = 1, error = Errors)]
pub trait Served {}

/// Is not served.
#[interface(name = "b", version = 1, error = Errors)]
pub trait Other {}

/// Has bulk data.
#[interface(name = "c", version = 1, error = Errors, window_pages = 1)]
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
    fn take(&mut self, data: BulkIn<'_>) -> Result<(), Errors>;
}

struct Server;

impl Served for Server {}

impl Takes for Server {
    fn take(&mut self, _: BulkIn<'_>) -> Result<(), Errors> {
        Ok(())
    }
}

impl Events for Server {}

const SERVICE: ServiceRef = ServiceRef { index: 0, epoch: 1 };

fn serve<D: Dispatch>(_: D) {}

fn main() {
    serve(Several::of(Server).with(Offered::<ServedInterface>::of(SERVICE)));
    serve(Several::of(Server).with(Offered::<OtherInterface>::of(SERVICE))); //~ `Server` does not serve `b`: what serves it implements the trait `Other`
    serve(Several::of(Server).with(Offered::<TakesInterface>::of(SERVICE))); //~ `()` knows no windows
}
