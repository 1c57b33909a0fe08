//! What is wrong with connections that are passed on.
use ipc_proto::interface::{Passed, interface};

struct C;

#[interface(name = "a", version = 1, error = E)]
trait Methods {
    fn of_what(&mut self, a: Passed) -> Result<u64, E>; //~ say of which interface the connection is: `Passed<CounterInterface>`
    fn given(&mut self) -> Result<Passed<C>, E>; //~ a connection is no answer
    fn perhaps(&mut self, a: Option<Passed<C>>) -> Result<u64, E>; //~ a connection that is passed is an argument of its own
    fn pair(&mut self) -> Result<(u64, Passed<C>), E>; //~ a connection that is passed is an argument of its own
    fn lent(&mut self, a: &Passed<C>) -> Result<u64, E>; //~ a reference does not go over the wire
    fn five(&mut self, a: Passed<C>, b: Passed<C>, c: Passed<C>, d: Passed<C>, e: Passed<C>) -> Result<u64, E>; //~ `five` passes 4 connections already, which is the most
}

#[interface(name = "a", version = 1, error = E, window_pages = 1)]
trait Both {
    fn both(&mut self, a: BulkIn<'_>, b: Passed<C>) -> Result<u64, E>; //~ `both` has bulk data, so it passes no connection
}

fn main() {}
