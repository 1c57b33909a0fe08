//! What only the types say: asked when everything else is right.
use ipc_proto::interface::{interface, wire, wire_error};

struct Opaque;

#[derive(zerocopy::IntoBytes, zerocopy::TryFromBytes, zerocopy::Immutable)]
#[repr(C)]
struct Unseen(u64);

#[wire(words)]
struct Large([u64; 5]);

#[wire(words)]
struct Small(u64);

/// It cannot say that it was interrupted.
#[wire_error]
enum Calm {
    /// No.
    No = 1,
}

/// Wrong.
#[interface(name = "a", version = 1, error = Calm)]
trait Types {
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
    fn once(&mut self) -> Result<u64, Calm>; //~ `once` may be executed twice or not at all where its server dies

    /// Does it.
    ///
    /// # Request
    /// Something.
    /// # Preconditions
    /// None.
    /// # Response
    /// A number.
    /// # Errors
    /// None.
    #[method(idempotent)]
    fn takes(
        &mut self,
        what: Opaque, //~ `what` of `takes` does not go over the wire
    ) -> Result<u64, Calm>;

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
    #[method(idempotent)]
    fn gives(
        &mut self,
    ) -> Result<
        Opaque, //~ the answer of `gives` does not go over the wire
        Calm,
    >;

    /// Does it.
    ///
    /// # Request
    /// Five words.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// None.
    #[method(idempotent)]
    fn large(&mut self, words: Large) -> Result<(), Calm>; //~ `large` takes or gives more than four words, or what is no plain data, so it goes as a message

    /// Does it.
    ///
    /// # Request
    /// One that goes as a message only, and one that does not.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// None.
    #[method(idempotent)]
    fn mixed(&mut self, a: Option<u64>, b: Small) -> Result<(), Calm>; //~ `mixed` takes or gives more than four words, or what is no plain data
}

/// Wrong.
#[interface(name = "b", version = 1, error = Calm)]
trait Seen {
    /// Does it.
    ///
    /// # Request
    /// What says nothing of itself.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// None.
    #[method(idempotent)]
    fn unseen(
        &mut self,
        what: Unseen, //~ `what` of `unseen` does not say what it is made of
    ) -> Result<(), Calm>;
}

fn main() {}
