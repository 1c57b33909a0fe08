//! A connection as an argument of a method: what goes over the wire in its place, and what a stub does before it asks.
//!
//! The capability itself goes through the supervisor, see [`crate::passing`].

use core::marker::PhantomData;

use postcard_schema_ng::Schema;
use postcard_schema_ng::schema::DataModelType;
use serde::{Deserialize, Serialize};
use zerocopy::{Immutable, IntoBytes, TryFromBytes};

use super::call::{self, Broken};
use super::{Call, Failure, Interface, WireError};
use crate::call_error::CallError;
use crate::passing::{PassError, Token};

/// A connection to a service of interface `I` that a client passes on with its call: an argument of a method. The stub
/// takes a stub of that interface instead; the server has it made a connection of its own (`module_rt::passing::take`).
#[derive(Debug, Serialize, Deserialize, IntoBytes, TryFromBytes, Immutable)]
#[serde(bound = "", transparent)]
#[repr(transparent)]
pub struct Passed<I: ?Sized = ()> {
    // Without a parameter it is told by the macro that it needs one.
    token: Token,
    #[serde(skip)]
    of: PhantomData<fn() -> I>,
}

impl<I: ?Sized> Clone for Passed<I> {
    fn clone(&self) -> Passed<I> {
        *self
    }
}

impl<I: ?Sized> Copy for Passed<I> {}

impl<I: ?Sized> Schema for Passed<I> {
    const SCHEMA: &'static DataModelType = u64::SCHEMA;
}

impl<I: ?Sized> PartialEq for Passed<I> {
    fn eq(&self, other: &Passed<I>) -> bool {
        self.token == other.token
    }
}

impl<I: ?Sized> Passed<I> {
    /// What was put up under this token.
    pub const fn of(token: Token) -> Passed<I> {
        Passed { token, of: PhantomData }
    }

    /// The token, for asking the supervisor.
    pub const fn token(self) -> Token {
        self.token
    }
}

/// A way to a server on which connections can be passed to it.
#[diagnostic::on_unimplemented(
    message = "no connection can be passed on `{Self}`: a stub that passes connections takes a `Connection`, or a \
               `&Loopback` in a test"
)]
pub trait Pass: Call {
    /// Puts these up for the server, in place of what was put up before: each is what [`Held::place`] says. Gives the token
    /// of the first; the others have the numbers behind it.
    ///
    /// # Errors
    /// [`PassError`].
    fn put_up(&self, places: &[u64]) -> Result<Token, PassError>;
}

/// A way to a server that can be passed on.
#[diagnostic::on_unimplemented(message = "`{Self}` is no way that can be passed on: a `Connection` is")]
pub trait Held {
    /// Where it is held: the slot of a connection.
    fn place(&self) -> u64;
}

/// A stub whose connection can be passed on, as one to a service of interface `I`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no stub of `{I}` over a `Connection`, so it cannot be passed here"
)]
pub trait Passes<I: Interface> {
    /// As [`Held::place`].
    fn place(&self) -> u64;
}

/// What can be wrong with a call that passes connections.
enum Bad {
    Call(CallError),
    Passed(PassError),
    /// What became of the call before, where they cannot be put up again.
    Before(CallError),
}

impl Broken for Bad {
    fn comes_again(&self) -> bool {
        matches!(self, Bad::Call(error) if error.comes_again())
    }

    fn failure<E: WireError>(self, idempotent: bool) -> Failure<E> {
        match self {
            Bad::Call(error) | Bad::Before(error) => error.failure(idempotent),
            Bad::Passed(error) => Failure::Passed(error),
        }
    }
}

/// As [`call::ask`], for a call that passes connections: they are put up each time that the server is asked, since the
/// one that has died may have taken them. Where that is not possible any more, what came of the call before is told.
///
/// # Errors
/// [`Failure`].
pub fn ask<I: Interface, W: Pass, A>(
    way: &W,
    places: &[u64],
    idempotent: bool,
    mut once: impl FnMut(Token) -> Result<A, CallError>,
) -> Result<A, Failure<I::Errors>> {
    let mut before = None;
    call::ask::<I, _, _>(idempotent, || {
        let first = way.put_up(places).map_err(|error| before.map_or(Bad::Passed(error), Bad::Before))?;
        once(first).map_err(|error| {
            before = Some(error);
            Bad::Call(error)
        })
    })
}
