//! The client's half: the way to a server, what can go wrong on it, and how often a server is asked again.

use core::fmt;

use serde::{Serialize, de::DeserializeOwned};

use super::bulk::BulkError;
use super::{DESCRIBE, Description, Interface, WireError};
use crate::call_error::CallError;
use crate::ids::Generation;
use crate::method::Method;
use crate::passing::PassError;

/// How often the stub asks again for an idempotent method, where the server has died with the call and another one comes. Few
/// enough that a request of which its server dies does not, by itself, use up the restarts that a module has by default.
pub const MAX_REPEATED: u32 = 2;

/// The way to a server: a connection, or what stands for one in a test.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no way to a server: a stub takes a `Connection`, or a `&Loopback` in a test"
)]
pub trait Call {
    /// Calls a method that goes as a message.
    ///
    /// # Errors
    /// [`CallError`] says whether the request may have been executed, and what to do.
    fn call_message<R: Serialize + ?Sized, A: DeserializeOwned>(
        &self,
        method: Method,
        request: &R,
    ) -> Result<A, CallError>;

    /// Calls a method that goes as words.
    ///
    /// # Errors
    /// As [`Call::call_message`].
    fn call_words(&self, method: Method, words: [u64; 4]) -> Result<[u64; 4], CallError>;
}

/// Why a method has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure<E> {
    /// The service says so: it has executed the method, which ended with that error. Or it is the error that says that
    /// the server died meanwhile ([`WireError::INTERRUPTED`]), of a method that must not be asked twice.
    Service(E),
    /// The call came to nothing.
    Call(CallError),
    /// Its bulk data did not come over.
    Bulk(BulkError),
    /// A connection that it was to pass on could not be put up; the call was not made.
    Passed(PassError),
}

impl<E: fmt::Display> fmt::Display for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Service(error) => error.fmt(f),
            Failure::Call(error) => error.fmt(f),
            Failure::Bulk(error) => error.fmt(f),
            Failure::Passed(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for Failure<E> {}

/// Asks once, or, where a method is `idempotent`, up to [`MAX_REPEATED`] times more as long as the server dies with the
/// call and is started again. A server that lives and was too slow is not asked again: it would have still more to do.
///
/// # Errors
/// [`Failure`].
#[inline(always)]
pub fn ask<I: Interface, A, B: Broken>(
    idempotent: bool,
    mut once: impl FnMut() -> Result<A, B>,
) -> Result<A, Failure<I::Errors>> {
    let mut repeated = 0_u32;
    loop {
        match once() {
            Ok(answer) => return Ok(answer),
            Err(broken) if idempotent && repeated < MAX_REPEATED && broken.comes_again() => {
                repeated = repeated.saturating_add(1);
            }
            Err(broken) => return Err(broken.failure(idempotent)),
        }
    }
}

/// Why asking once came to nothing. What there is beside the call itself (a window, connections to pass) adds to it.
pub trait Broken {
    /// Whether the server has died with the call, and another instance will take the next one.
    fn comes_again(&self) -> bool;

    /// What the caller is told where it is not asked again.
    fn failure<E: WireError>(self, idempotent: bool) -> Failure<E>;
}

impl Broken for CallError {
    #[cold]
    fn comes_again(&self) -> bool {
        matches!(self, CallError::Interrupted { generation, next } if next != generation && *next != Generation::NONE)
    }

    #[cold]
    fn failure<E: WireError>(self, idempotent: bool) -> Failure<E> {
        match (self, E::INTERRUPTED) {
            // A code that the interface does not have comes from a server of another one.
            (CallError::Error(code), _) => {
                E::from_code(code).map_or(Failure::Call(CallError::BadAnswer), Failure::Service)
            }
            (CallError::Interrupted { .. }, Some(interrupted)) if !idempotent => {
                Failure::Service(interrupted)
            }
            (error, _) => Failure::Call(error),
        }
    }
}

/// Asks a service what it is.
///
/// # Errors
/// [`CallError`]; `UnknownMethod` where its server is not made by [`interface`](super::interface).
pub fn describe(to: &impl Call) -> Result<Description, CallError> {
    let words = to.call_words(Method::new(DESCRIBE), [0; 4])?;
    Description::from_words(words).ok_or(CallError::BadAnswer)
}
