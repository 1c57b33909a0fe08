//! The client's half: opens the window, has it filled, asks, and has it emptied; and what it makes of a window that was lost.

use core::cell::Cell;
use core::fmt;
use core::ops::Deref;
use core::sync::atomic::AtomicU64;

use super::{BulkError, Part, Sealed, Shared, capacity};
use crate::call_error::CallError;
use crate::interface::call::{self, Broken};
use crate::interface::{Call, DESCRIBE, Failure, Interface, WireError};
use crate::method::Method;
use crate::window::{WindowError, WindowRefusal};

/// A way to a server on which memory can be shared with it.
#[diagnostic::on_unimplemented(
    message = "no memory can be shared on `{Self}`: a stub with bulk data takes a `Connection`, or a `&Sharing` in a test"
)]
pub trait Share: Call {
    /// The memory of a window. It stays, whatever becomes of the server.
    type Memory: Deref<Target = [AtomicU64]> + Copy + fmt::Debug;

    /// The window of so many pages with the server, which is made where there is none.
    ///
    /// # Errors
    /// [`WindowError`].
    fn share(&self, pages: u8) -> Result<Self::Memory, WindowError>;

    /// How many windows this program has had made so far, on whatever connection. Where it is more than when it got one, that
    /// one may be lost, and another one be in its place.
    fn made(&self) -> u64;

    /// A number that is another one at each call.
    fn moment(&self) -> u64;
}

/// A stub's window, once it was opened, and how many were made until then.
#[derive(Clone, Debug)]
pub struct Opened<M: Copy>(Cell<Option<(M, u64)>>);

impl<M: Copy> Opened<M> {
    /// Not yet.
    pub const fn not_yet() -> Opened<M> {
        Opened(Cell::new(None))
    }
}

/// What a client sends: a slice, which is copied into the window, or [`fill`], which writes it there. A slice at the beginning
/// of a word (of a type with the alignment of `u64`) is copied fastest.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no bulk data: pass a `&[u8]`, or `bulk::fill(length, |window| ..)`"
)]
pub trait Fill {
    /// How many bytes it has.
    fn length(&self) -> usize;

    /// Writes them. Once for each time that the server is asked.
    fn fill(&self, window: Shared<'_>);
}

/// What a client does with what it gets: a slice, into which it is copied, or [`drain`], which reads it in the window.
#[diagnostic::on_unimplemented(
    message = "`{Self}` takes no bulk data: pass a `&mut [u8]`, or `bulk::drain(length, |window| ..)`"
)]
pub trait Drain {
    /// For how many bytes there is room.
    fn length(&self) -> usize;

    /// Reads them. The server can change them at any moment: copy, then check.
    fn drain(&mut self, window: Shared<'_>);
}

impl Fill for &[u8] {
    fn length(&self) -> usize {
        self.len()
    }

    fn fill(&self, window: Shared<'_>) {
        // It has this length.
        let _ = window.copy_from(0, self);
    }
}

impl<const N: usize> Fill for &[u8; N] {
    fn length(&self) -> usize {
        N
    }

    fn fill(&self, window: Shared<'_>) {
        Fill::fill(&self.as_slice(), window);
    }
}

impl Drain for &mut [u8] {
    fn length(&self) -> usize {
        self.len()
    }

    fn drain(&mut self, window: Shared<'_>) {
        // It has this length.
        let _ = window.copy_to(0, self);
    }
}

impl<const N: usize> Drain for &mut [u8; N] {
    fn length(&self) -> usize {
        N
    }

    fn drain(&mut self, window: Shared<'_>) {
        Drain::drain(&mut self.as_mut_slice(), window);
    }
}

/// Bulk data that is written or read in the window itself: [`fill`] and [`drain`].
#[derive(Clone, Copy, Debug)]
pub struct InPlace<F> {
    length: usize,
    f: F,
}

/// So many bytes, which `f` writes into the window: without a copy of its own. They are what was there before where it does
/// not write.
pub fn fill<F: Fn(Shared<'_>)>(length: usize, f: F) -> InPlace<F> {
    InPlace { length, f }
}

/// Room for so many bytes, which `f` reads in the window. What it makes of them counts only where the call has succeeded.
pub fn drain<F: FnMut(Shared<'_>)>(length: usize, f: F) -> InPlace<F> {
    InPlace { length, f }
}

impl<F: Fn(Shared<'_>)> Fill for InPlace<F> {
    fn length(&self) -> usize {
        self.length
    }

    fn fill(&self, window: Shared<'_>) {
        (self.f)(window);
    }
}

impl<F: FnMut(Shared<'_>)> Drain for InPlace<F> {
    fn length(&self) -> usize {
        self.length
    }

    fn drain(&mut self, window: Shared<'_>) {
        (self.f)(window);
    }
}

/// Why it did not go well this time.
enum Bad {
    Call(CallError),
    Bulk(BulkError),
}

/// The window of a connection, which is opened where it is not. A server that is just being restarted is waited for by a call
/// that does nothing, which also says where none follows.
fn open<W: Share>(way: &W, opened: &Opened<W::Memory>, pages: u8) -> Result<W::Memory, Bad> {
    // What was made since may be another server's, in the place of this one's.
    if let Some((memory, _)) = opened.0.get().filter(|(_, made)| *made == way.made()) {
        return Ok(memory);
    }
    let memory = match way.share(pages) {
        Err(WindowError::Refused(WindowRefusal::NotConnected)) => {
            way.call_words(Method::new(DESCRIBE), [0; 4]).map_err(Bad::Call)?;
            way.share(pages)
        }
        other => other,
    };
    let memory = memory.map_err(|error| Bad::Bulk(BulkError::Window(error)))?;
    opened.0.set(Some((memory, way.made())));
    Ok(memory)
}

/// Opens the window, if it is not yet: gives how many bytes there is room for.
///
/// # Errors
/// [`Failure::Bulk`] with the supervisor's reason, and [`Failure::Call`] where no server comes again.
pub fn share<I: Interface, W: Share>(
    way: &W,
    opened: &Opened<W::Memory>,
    pages: u8,
) -> Result<usize, Failure<I::Errors>> {
    match open(way, opened, pages) {
        Ok(_) => Ok(capacity(pages)),
        Err(bad) => Err(bad.failure(false)),
    }
}

impl Broken for Bad {
    /// A lost window is another way in which the server has died.
    fn comes_again(&self) -> bool {
        match self {
            Bad::Call(error) => error.comes_again(),
            Bad::Bulk(error) => matches!(error, BulkError::Lost | BulkError::Torn),
        }
    }

    fn failure<E: WireError>(self, idempotent: bool) -> Failure<E> {
        match self {
            Bad::Call(error) => error.failure(idempotent),
            Bad::Bulk(error) => Failure::Bulk(error),
        }
    }
}

/// A call with bulk data that the server gets.
///
/// # Errors
/// [`Failure`].
pub fn send<I: Interface, W: Share, A>(
    to: (&W, &Opened<W::Memory>, u8),
    idempotent: bool,
    data: impl Fill,
    mut once: impl FnMut(Part) -> Result<A, CallError>,
) -> Result<A, Failure<I::Errors>> {
    let (length, fill) = (data.length(), |window: Shared<'_>| data.fill(window));
    call::ask::<I, _, _>(idempotent, || one(to, length, &fill, &mut None::<fn(Shared<'_>)>, &mut once))
}

/// A call with bulk data that the client gets.
///
/// # Errors
/// [`Failure`].
pub fn receive<I: Interface, W: Share, A>(
    to: (&W, &Opened<W::Memory>, u8),
    idempotent: bool,
    mut data: impl Drain,
    mut once: impl FnMut(Part) -> Result<A, CallError>,
) -> Result<A, Failure<I::Errors>> {
    let length = data.length();
    let mut drain = Some(|window: Shared<'_>| data.drain(window));
    call::ask::<I, _, _>(idempotent, || one(to, length, &|_| (), &mut drain, &mut once))
}

fn one<W: Share, A>(
    (way, opened, pages): (&W, &Opened<W::Memory>, u8),
    length: usize,
    fill: &impl Fn(Shared<'_>),
    drain: &mut Option<impl FnMut(Shared<'_>)>,
    once: &mut impl FnMut(Part) -> Result<A, CallError>,
) -> Result<A, Bad> {
    let most = capacity(pages);
    let too_long = Bad::Bulk(BulkError::TooLong { most: u32::try_from(most).unwrap_or(u32::MAX) });
    if length > most {
        return Err(too_long);
    }
    let memory = open(way, opened, pages)?;
    let (Some(sealed), part) = (Sealed::of(&memory), Part::new(length, way.moment())) else {
        return Err(too_long);
    };
    let Some(data) = sealed.data.first(length) else { return Err(too_long) };
    sealed.close(part);
    fill(data);
    let outcome = match once(part) {
        Ok(answer) => match drain {
            None => return Ok(answer),
            Some(drain) => {
                drain(data);
                // Who died before that has taken the seal with him.
                if sealed.is_closed(part) {
                    return Ok(answer);
                }
                Bad::Bulk(BulkError::Torn)
            }
        },
        // Which only a dispatch without a window says.
        Err(CallError::Refused) => Bad::Bulk(BulkError::Lost),
        Err(error @ CallError::Error(_)) => return Err(Bad::Call(error)),
        Err(error) => Bad::Call(error),
    };
    // Whatever it was, the supervisor knows whether there is a window.
    opened.0.set(None);
    Err(outcome)
}
