//! What is wrong with a method that is answered later.
use ipc_proto::interface::{Client, Reply, interface, wire, wire_error};

#[interface(name = "a", version = 1, error = E)]
trait Later {
    #[method(deferred)]
    fn none(&mut self, of: u64); //~ `none` is answered later: its last argument is `reply: Reply<_, _>`
    fn unsaid(&mut self, reply: Reply<u64, E>); //~ `unsaid` has a reply: say that it is answered later
    #[method(deferred)]
    fn both(&mut self, reply: Reply<u64, E>) -> Result<u64, E>; //~ `both` is answered later: it returns nothing
    #[method(deferred)]
    fn first(&mut self, reply: Reply<u64, E>, of: u64); //~ the reply comes last, behind what goes over the wire
    #[method(deferred)]
    fn other(&mut self, reply: Reply<u64, F>); //~ `other` owes a `Reply<_, E>`
    #[method(deferred)]
    fn borrowed(&mut self, client: Client, reply: Reply<&'static str, E>); //~ a reference does not go over the wire
    #[method(deferred)]
    fn bounded(&mut self, reply: Reply<[u8], E>); //~ it has no bound, and a message has
    #[method(deferred)]
    fn two(&mut self, reply: Reply<u64, E>, again: Reply<u64, E>); //~ the reply comes last
    #[method(deferred)]
    fn bulky(&mut self, data: BulkIn<'_>, reply: Reply<u64, E>); //~ `bulky` is answered later: it has no bulk data
    #[method(deferred = true)] //~ `deferred` takes nothing
    fn said(&mut self, reply: Reply<u64, E>);
    #[method(deferred, deferred)] //~ `deferred` is here twice
    fn twice(&mut self, reply: Reply<u64, E>);
}

#[wire(words)]
struct Small(u64);

/// It can say that it was interrupted.
#[wire_error]
enum Torn {
    /// It was.
    Interrupted = 1,
}

/// Wrong.
#[interface(name = "a", version = 1, error = Torn)]
trait Plain {
    /// Does it.
    ///
    /// # Request
    /// Nothing.
    /// # Preconditions
    /// None.
    /// # Response
    /// Something.
    /// # Errors
    /// None.
    #[method(deferred)]
    fn small(&mut self, reply: Reply<Small, Torn>); //~ `small` is answered later, so it goes as a message
}

fn main() {}
