//! What is wrong around an interface with bulk data: its stub's way, what its stub is given, and its server's windows.
use ipc_proto::interface::bulk::{BulkIn, Shelf, Sharing};
use ipc_proto::interface::dispatch::Events;
use ipc_proto::interface::loopback::Loopback;
use ipc_proto::interface::{Dispatch, interface, wire_error};

/// What can go wrong.
#[wire_error]
pub enum Errors {
    /// Interrupted.
    Interrupted = 1,
}

/// Takes.
#[interface(name = "a", version = 1, error = Errors, window_pages = 1)]
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

impl Takes for Server {
    fn take(&mut self, _: BulkIn<'_>) -> Result<(), Errors> {
        Ok(())
    }
}

impl Events for Server {}

struct Nowhere;

fn serve<D: Dispatch>(_: D) {}

fn main() {
    let shelf = Shelf::new();
    serve(TakesServer(Server, Nowhere)); //~ `Nowhere` knows no windows
    let way = Sharing::new(TakesServer(Server, &shelf), 1, &shelf);
    let _ = TakesClient::new(&way).take(7_u64); //~ `u64` is no bulk data
    let without = Loopback::new(TakesServer(Server, &shelf), 1);
    // The type asks for it, and so does `new`.
    let _ = TakesClient::new(&without); //~ no memory can be shared on `&Loopback<TakesServer<Server, &Shelf>>` //~ no memory can be shared on `&Loopback
}
