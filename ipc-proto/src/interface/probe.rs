//! Which types go as words and which as a message, and what they are made of.
//!
//! A type that has zerocopy's traits can lie in words as it is; up to four of them stay in registers on the kernel's
//! fastpath. A type that has serde's can go as a message. The two sets overlap, and no trait of ours can be implemented for
//! each of them; so [`interface`](super::interface) asks with concrete types, where an associated item of a type itself
//! comes before one of a trait: what [`Plain`] and [`Exchange`] do for fitting types, [`NotPlain`] and [`NoExchange`] do
//! for the others, and is never reached. [`Shape`] says in the same way what a type is made of.

use core::marker::PhantomData;

use postcard_schema_ng::Schema;
use postcard_schema_ng::key::hash::{HashItem, HashOptions, fnv1a64};
use serde::{Serialize, de::DeserializeOwned};
use zerocopy::{Immutable, IntoBytes, TryFromBytes};

use super::{Call, Message};
use crate::call_error::CallError;
use crate::label::Status;
use crate::method::Method;

/// How many words a type takes.
pub const fn words_of<T>() -> usize {
    size_of::<T>().div_ceil(8)
}

/// Asks about one type.
#[derive(Debug)]
pub struct Plain<T>(PhantomData<T>);

impl<T: IntoBytes + TryFromBytes + Immutable> Plain<T> {
    /// It can lie in words.
    pub const IS: bool = true;

    /// Puts it into the words from `at` on; gives where the next one lies.
    #[inline(always)]
    pub fn put(value: &T, words: &mut [u64; 4], at: usize) -> usize {
        let end = at.saturating_add(words_of::<T>());
        let bytes = words.get_mut(at..end).unwrap_or_default().as_mut_bytes();
        if let Some(bytes) = bytes.get_mut(..size_of::<T>()) {
            bytes.copy_from_slice(value.as_bytes());
        }
        end
    }

    /// Reads it from the words from `at` on, and moves `at` behind it. `None` for what it cannot be, and where its last word
    /// holds more.
    #[inline(always)]
    pub fn take(words: &[u64; 4], at: &mut usize) -> Option<T> {
        let end = at.saturating_add(words_of::<T>());
        let (own, rest) = words.get(*at..end)?.as_bytes().split_at_checked(size_of::<T>())?;
        *at = end;
        if rest.iter().any(|byte| *byte != 0) {
            return None;
        }
        T::try_read_from_bytes(own).ok()
    }
}

/// What a type that cannot lie in words has instead.
pub trait NotPlain<T> {
    /// It cannot.
    const IS: bool = false;

    /// Is not reached.
    fn put(_: &T, _: &mut [u64; 4], at: usize) -> usize {
        at
    }

    /// Is not reached.
    fn take(_: &[u64; 4], _: &mut usize) -> Option<T> {
        None
    }
}

impl<T> NotPlain<T> for Plain<T> {}

/// Asks about a request and its answer.
#[derive(Debug)]
pub struct Exchange<R, A>(PhantomData<(R, A)>);

impl<R, A> Exchange<R, A>
where
    R: Serialize + DeserializeOwned,
    A: Serialize + DeserializeOwned,
{
    /// Both can go as messages.
    pub const IS: bool = true;

    /// Calls a method with the one for the other.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn call<C: Call>(to: &C, method: Method, request: &R) -> Result<A, CallError> {
        to.call_message(method, request)
    }

    /// Reads a request.
    ///
    /// # Errors
    /// [`Status::BadMessage`].
    pub fn decode<M: Message>(message: &M) -> Result<R, Status> {
        message.decode()
    }

    /// Writes an answer.
    ///
    /// # Errors
    /// As [`Message::answer`].
    pub fn answer<M: Message>(message: M, answer: &A) -> Result<M::Answer, Status> {
        message.answer(answer)
    }
}

/// What types have instead that cannot go as messages.
pub trait NoExchange<R, A> {
    /// They cannot.
    const IS: bool = false;

    /// Is not reached.
    ///
    /// # Errors
    /// Always.
    fn call<C: Call>(_: &C, _: Method, _: &R) -> Result<A, CallError> {
        Err(CallError::TooLong)
    }

    /// Is not reached.
    ///
    /// # Errors
    /// Always.
    fn decode<M: Message>(_: &M) -> Result<R, Status> {
        Err(Status::UnknownMethod)
    }

    /// Is not reached.
    ///
    /// # Errors
    /// Always.
    fn answer<M: Message>(_: M, _: &A) -> Result<M::Answer, Status> {
        Err(Status::UnknownMethod)
    }
}

impl<R, A> NoExchange<R, A> for Exchange<R, A> {}

/// Asks what a type is made of.
#[derive(Debug)]
pub struct Shape<T>(PhantomData<T>);

impl<T: Schema> Shape<T> {
    /// It says it.
    pub const IS: bool = true;
    /// Differs where it is made of something else: other fields, in another order, by other names, and strings or vectors
    /// with other bounds.
    pub const HASH: u64 = {
        let mut options = HashOptions::DEFAULT;
        options.hash_max_size = true;
        u64::from_le_bytes(fnv1a64::hasher(&options, &[HashItem::Schema(T::SCHEMA)]))
    };
    /// How many bytes of a message a value takes at most; `None` where it has no bound.
    pub const MOST: Option<usize> = T::SCHEMA.max_size();
}

/// What a type has instead that does not say it.
pub trait NoShape {
    /// It does not.
    const IS: bool = false;
    /// Is not reached.
    const HASH: u64 = 0;
    /// Is not reached.
    const MOST: Option<usize> = Some(0);
}

impl<T> NoShape for Shape<T> {}

/// Whether the words behind the last argument are zero, as a stub leaves them.
#[inline(always)]
pub fn is_end(words: &[u64; 4], at: usize) -> bool {
    words.get(at..).unwrap_or_default().iter().all(|word| *word == 0)
}
