//! What is wrong with the attributes.
use ipc_proto::interface::{interface, wire_error};

#[interface(version = 1, error = E)] //~ an interface has a `name`
trait NoName {}

#[interface(name = "a", error = E)] //~ an interface has a `version`
trait NoVersion {}

#[interface(name = "a", version = 1)] //~ an interface has a `error`
trait NoError {}

#[interface(name = "a", version = 65536, error = E)] //~ it is a number from 0 to 65535
trait VersionTooHigh {}

#[interface(name = "A", version = 1, error = E)] //~ a name is 1 to 32 of a-z, 0-9 and -, the first a letter
trait BadName {}

#[interface(name = "abcdefghijklmnopqrstuvwxyzabcdefg", version = 1, error = E)] //~ a name is 1 to 32
trait NameTooLong {}

#[interface(name = "a", name = "b", version = 1, error = E)] //~ `name` is here twice
trait TwoNames {}

#[interface(name = "a", version = 1, error = E, deadline = 5)] //~ there is no `deadline` here
trait NoSuchKey {}

#[interface(name = "a", version = 1, error = E)]
trait Methods {
    #[method] //~ it says nothing
    fn nothing(&mut self) -> Result<u64, E>;
    #[method()] //~ it says nothing
    fn empty(&mut self) -> Result<u64, E>;
    #[method(idempotent = true)] //~ `idempotent` takes nothing
    fn value(&mut self) -> Result<u64, E>;
    #[method(deadline_us)] //~ microseconds are a whole number
    fn no_number(&mut self) -> Result<u64, E>;
    #[method(deadline_us = "5")] //~ microseconds are a whole number
    fn text(&mut self) -> Result<u64, E>;
    #[method(idempotent, idempotent)] //~ `idempotent` is here twice
    fn twice(&mut self) -> Result<u64, E>;
    #[method(retry)] //~ there is no such thing here: it can have `idempotent`, `deferred` and `deadline_us = N`
    fn other(&mut self) -> Result<u64, E>;
    #[method(deadline_us = 0)] //~ it is a number from 1 to 4294967295
    fn no_time(&mut self) -> Result<u64, E>;
    #[method(deadline_us = 4294967296)] //~ it is a number from 1 to 4294967295
    fn too_long(&mut self) -> Result<u64, E>;
}

#[wire_error(u8)] //~ it takes nothing
enum Takes {
    /// One.
    One = 1,
}

fn main() {}
