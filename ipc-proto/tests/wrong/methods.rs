//! What is wrong with a trait and its methods.
use ipc_proto::interface::{Client, interface};

#[interface(name = "a", version = 1, error = E)]
trait Generic<T> { //~ an interface has no parameters
    #[method(idempotent)]
    fn any(&mut self) -> Result<u64, E>;
}

#[interface(name = "a", version = 1, error = E)]
trait Constant {
    const ONE: u64; //~ an interface has methods and nothing else
}

#[interface(name = "a", version = 1, error = E)]
trait Methods {
    async fn later(&mut self) -> Result<u64, E>; //~ `later` cannot be `async`
    fn of<T>(&mut self) -> Result<u64, E>; //~ `of` has no parameters
    fn body(&mut self) -> Result<u64, E> { //~ `body` has no body here
        Ok(1)
    }
    fn shared(&self) -> Result<u64, E>; //~ `shared` takes `&mut self` first
    fn without() -> Result<u64, E>; //~ `without` takes `&mut self` first
    fn late(&mut self, a: u64, client: Client) -> Result<u64, E>; //~ who calls comes first
    fn text(&mut self, text: &str) -> Result<u64, E>; //~ a reference does not go over the wire
    fn any(&mut self, of: impl Copy) -> Result<u64, E>; //~ what goes over the wire is of one type
    fn nothing(&mut self); //~ `nothing` returns `Result<_, E>`
    fn plain(&mut self) -> u64; //~ `plain` returns `Result<_, E>`
    fn other(&mut self) -> Result<u64, F>; //~ `other` returns `Result<_, E>`
    fn slice(&mut self) -> Result<&[u8], E>; //~ a reference does not go over the wire
    fn perhaps(&mut self, text: Option<&str>) -> Result<u64, E>; //~ a reference does not go over the wire
    fn pair(&mut self) -> Result<(u64, [&'static str; 2]), E>; //~ a reference does not go over the wire
    fn bare(&mut self, text: str) -> Result<u64, E>; //~ it has no bound, and a message has
    fn heap(&mut self, text: String) -> Result<u64, E>; //~ it has no bound, and a message has
    fn listed(&mut self) -> Result<Vec<u8>, E>; //~ it has no bound, and a message has
    fn boxed(&mut self, of: Option<Box<u8>>) -> Result<u64, E>; //~ it has no bound, and a message has
    fn sized(&mut self, of: (u64, usize)) -> Result<u64, E>; //~ it has another size on another machine
    fn bytes(&mut self, of: [u8]) -> Result<u64, E>; //~ it has no bound, and a message has
    fn server(&mut self) -> Result<Option<Self>, E>; //~ what goes over the wire is of one type
    fn borrowed(&mut self, text: Text<'_>) -> Result<u64, E>; //~ a reference does not go over the wire
    fn part(&mut self, #[cfg(test)] a: u64) -> Result<u64, E>; //~ `a` is there or not there for both sides
    fn new(&mut self) -> Result<u64, E>; //~ the stub has a `new` of its own
    fn way(&mut self) -> Result<u64, E>; //~ the stub has a `way` of its own
    unsafe fn trusted(&mut self) -> Result<u64, E>; //~ `trusted` is a plain `fn`
    extern "C" fn foreign(&mut self) -> Result<u64, E>; //~ `foreign` is a plain `fn`
    #[cfg(test)] //~ `sometimes` is there or not there for both sides
    fn sometimes(&mut self) -> Result<u64, E>;
}

#[interface(name = "a", version = 1, error = crate::E)]
trait Far {
    fn near(&mut self) -> Result<u64, E>; //~ `near` returns `Result<_, crate::E>`
}

#[interface(name = "a", version = 1, error = E)]
trait Alike {
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
    fn alike(&mut self) -> Result<u64, E>;

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
    fn Alike(&mut self) -> Result<u64, E>; //~ another method's number is called `ALIKE` already
}

#[interface(name = "a", version = 1, error = E)]
trait Documented {
    fn silent(&mut self) -> Result<u64, E>; //~ the documentation of `silent` does not begin with what it does

    /// Does it.
    fn short(&mut self) -> Result<u64, E>; //~ the documentation of `short` has no `# Request`

    /// Does it.
    ///
    /// # Request
    /// Nothing.
    /// # Response
    /// A number.
    /// # Preconditions
    /// None.
    /// # Errors
    /// None.
    fn order(&mut self) -> Result<u64, E>; //~ the documentation of `order` has no `# Response`, or not in its place

    /// Does it.
    ///
    /// # Request
    /// # Preconditions
    /// None.
    /// # Response
    /// A number.
    /// # Errors
    /// None.
    fn empty(&mut self) -> Result<u64, E>; //~ the documentation of `empty` has nothing under `# Request`
}

fn main() {}
