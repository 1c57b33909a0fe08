//! What is wrong with bulk data.
use ipc_proto::interface::bulk::{BulkIn, BulkOut};
use ipc_proto::interface::interface;

#[interface(name = "a", version = 1, error = E, window_pages = 0)] //~ it is a number from 1 to 16
trait NoPages {}

#[interface(name = "a", version = 1, error = E, window_pages = 17)] //~ it is a number from 1 to 16
trait TooManyPages {}

#[interface(name = "a", version = 1, error = E, window_pages = 1, window_pages = 1)] //~ `window_pages` is here twice
trait Twice {}

#[interface(name = "a", version = 1, error = E, window_pages = 1)] //~ no method has bulk data, so there is no window
trait Needless {}

#[interface(name = "a", version = 1, error = E)]
trait NoWindow {
    fn put(&mut self, data: BulkIn<'_>) -> Result<u64, E>; //~ `put` has bulk data: say how large its window is
    fn get(&mut self, data: BulkOut<'_>) -> Result<u64, E>; //~ `get` has bulk data: say how large its window is
}

#[interface(name = "a", version = 1, error = E, window_pages = 1)]
trait Methods {
    fn two(&mut self, a: BulkIn<'_>, b: BulkIn<'_>) -> Result<u64, E>; //~ `two` has bulk data already
    fn both(&mut self, a: BulkIn<'_>, b: BulkOut<'_>) -> Result<u64, E>; //~ `both` has bulk data already
    fn given(&mut self) -> Result<BulkOut<'_>, E>; //~ bulk data is no answer
    fn part(&mut self, a: Option<BulkIn<'_>>) -> Result<u64, E>; //~ bulk data is an argument of its own
    fn pair(&mut self, a: (u64, BulkIn<'_>)) -> Result<u64, E>; //~ bulk data is an argument of its own
    fn perhaps(&mut self) -> Result<Option<BulkOut<'_>>, E>; //~ bulk data is an argument of its own
    fn lent(&mut self, a: &BulkIn<'_>) -> Result<u64, E>; //~ a reference does not go over the wire
    fn share(&mut self) -> Result<u64, E>; //~ the stub has a `share` of its own
}

fn main() {}
