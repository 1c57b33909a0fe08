//! What an interface is between its trait and the wire: what [`interface`] writes the stub and the dispatch against.
//!
//! | file | what it holds |
//! |---|---|
//! | [`mod@call`] | the client's half: the way to a server, and how often it is asked again |
//! | [`mod@dispatch`] | the server's half: from a message to a method |
//! | [`reply`] | a call that is answered later |
//! | [`probe`] | which types go as words and which as a message, decided by the types |
//! | [`room`] | whether what a method sends has room in a message, asked when it is compiled |
//! | [`passing`] | a connection that a client passes on with its call |
//! | [`several`] | several interfaces in one module, with one state |
//! | [`bulk`] | data that is too large for a message: memory that client and server share |
//! | `loopback` | both halves without a kernel, for tests; not there on the target |
//!
//! The trait is the interface. Its methods are what a server implements, and what a client calls on the stub; both are written
//! against it, and a word that is wrong in it does not compile.
//!
//! ```
//! use ipc_proto::interface::dispatch::Events;
//! use ipc_proto::interface::loopback::Loopback;
//! use ipc_proto::interface::{Failure, interface, wire_error};
//!
//! /// What a counter answers instead.
//! #[wire_error]
//! pub enum CounterError {
//!     /// It has no room for more.
//!     Full = 1,
//!     /// It died while it had the call: whether it has counted nobody knows.
//!     Interrupted = 2,
//! }
//!
//! /// Counts.
//! #[interface(name = "counter", version = 1, error = CounterError)]
//! pub trait Counter {
//!     /// Counts by a number.
//!     ///
//!     /// # Request
//!     /// The number.
//!     /// # Preconditions
//!     /// None.
//!     /// # Response
//!     /// How much it is now.
//!     /// # Errors
//!     /// `Full`, and nothing was counted; `Interrupted`.
//!     fn add(&mut self, number: u64) -> Result<u64, CounterError>;
//!
//!     /// How much it is.
//!     ///
//!     /// # Request
//!     /// Nothing.
//!     /// # Preconditions
//!     /// None.
//!     /// # Response
//!     /// How much it is.
//!     /// # Errors
//!     /// None. The stub asks again where the server dies.
//!     #[method(idempotent, deadline_us = 100_000)]
//!     fn value(&mut self) -> Result<u64, CounterError>;
//! }
//!
//! struct Tally(u64);
//!
//! impl Events for Tally {}
//!
//! impl Counter for Tally {
//!     fn add(&mut self, number: u64) -> Result<u64, CounterError> {
//!         self.0 = self.0.checked_add(number).ok_or(CounterError::Full)?;
//!         Ok(self.0)
//!     }
//!
//!     fn value(&mut self) -> Result<u64, CounterError> {
//!         Ok(self.0)
//!     }
//! }
//!
//! // On the target `CounterServer` is what a module's init returns, and the stub is over a `Connection`.
//! let server = Loopback::new(CounterServer(Tally(2)), 1);
//! let counter = CounterClient::new(&server);
//! assert_eq!(counter.add(3), Ok(5));
//! assert_eq!(counter.add(u64::MAX), Err(Failure::Service(CounterError::Full)));
//! assert_eq!(counter.value(), Ok(5));
//! ```

pub mod bulk;
pub mod call;
pub mod dispatch;
#[cfg(not(target_os = "none"))]
pub mod loopback;
pub mod passing;
pub mod probe;
pub mod reply;
pub mod room;
pub mod several;

pub use call::{Call, Failure, MAX_REPEATED};
pub use dispatch::{Client, Dispatch, Event, Message};
pub use ipc_macros::{interface, wire, wire_error};
pub use passing::Passed;
pub use reply::{Later, Reply};
pub use several::{Offered, Serves, Several};

use crate::label::{self, Code};
use crate::version::Version;

/// The number of the method that every interface has: what it is. See [`Description`].
pub const DESCRIBE: u16 = 0x100 | label::WORDS;
/// The number of an interface's first method; the others follow in the order of the trait.
pub const FIRST_METHOD: u16 = 0x101;

/// What [`wire`] derives, under a path that its code knows.
#[doc(hidden)]
pub mod derived {
    pub use postcard_schema_ng;
    pub use serde;
    pub use zerocopy;
}

/// An interface, as [`interface`] describes it.
pub trait Interface {
    /// Its errors.
    type Errors: WireError;
    /// The name under which its services are published, unless they choose another one.
    const NAME: &'static str;
    /// Its version.
    const VERSION: Version;
    /// Differs where stub and dispatch would not understand each other: it is made of the methods' names and order, their
    /// types as they are written and what these are made of, the bounds of strings and vectors among it, which of them go as
    /// words, the size of the window, and the codes of the errors.
    const HASH: u64;
    /// Of how many pages the window is that client and server share for bulk data; 0 where no method has any.
    const WINDOW_PAGES: u8;
    /// Its methods, in the order of the trait.
    const METHODS: &'static [MethodInfo];
}

/// A stub, as [`interface`] writes it: what it speaks, and how it is made of a way to a service.
pub trait Stub<T> {
    /// The interface.
    type Of: Interface;

    /// A stub over this way.
    fn over(to: T) -> Self;
}

/// A method, for those who list what an interface has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MethodInfo {
    /// What it is called.
    pub name: &'static str,
    /// The label of its messages; with the bit of [`label::WORDS`] where it goes as words.
    pub label: u16,
    /// Whether the stub asks again where the server dies.
    pub idempotent: bool,
}

/// What a service says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// [`Interface::HASH`].
    pub hash: u64,
    /// [`Interface::VERSION`].
    pub version: Version,
}

impl Description {
    /// That of an interface.
    pub const fn of<I: Interface>() -> Description {
        Description { hash: I::HASH, version: I::VERSION }
    }

    /// As an answer.
    pub const fn to_words(self) -> [u64; 4] {
        [self.hash, self.version.0 as u64, 0, 0]
    }

    /// Reads it; `None` for what is none.
    pub const fn from_words([hash, version, rest @ ..]: [u64; 4]) -> Option<Description> {
        if version > u16::MAX as u64 || rest[0] != 0 || rest[1] != 0 {
            return None;
        }
        Some(Description { hash, version: Version(version as u16) })
    }
}

/// The errors of an interface, as [`wire_error`] makes them of an enum.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the errors of an interface: make it an enum with `#[wire_error]`",
    label = "its errors"
)]
pub trait WireError: Copy + Eq + core::fmt::Display + 'static {
    /// The one that says that the server died while it had the call, which may have been executed; `None` where there is
    /// none, so that every method has to be idempotent.
    const INTERRUPTED: Option<Self>;
    /// Differs where the names or numbers do.
    const HASH: u64;

    /// Its number on the wire.
    fn code(self) -> Code;

    /// The error of that number.
    fn from_code(code: Code) -> Option<Self>;
}

/// [`WireError::HASH`] of an interface's errors. What the macro writes asks the interface and not the type, so that a type that
/// is none is told once, where it stands.
pub const fn errors_hash<I: Interface>() -> u64 {
    I::Errors::HASH
}

/// Whether an interface's errors can say that the server died with the call, asked in the same way.
pub const fn says_interrupted<I: Interface>() -> bool {
    I::Errors::INTERRUPTED.is_some()
}

/// Goes on with a hash (FNV-1a, 64 bits; Fowler, Noll and Vo, draft-eastlake-fnv).
pub const fn mix(hash: u64, more: u64) -> u64 {
    let mut hash = hash;
    let mut bytes: &[u8] = &more.to_le_bytes();
    while let [first, rest @ ..] = bytes {
        hash = (hash ^ *first as u64).wrapping_mul(0x100_0000_01b3);
        bytes = rest;
    }
    hash
}
