//! Calls that are answered later: callers who were put aside in the module's locker.
//!
//! An interface says which of its methods are, `#[method(deferred)]`: such a method is given a [`crate::Reply`], keeps it, and answers
//! when it knows the answer. The manifest asks for a locker (`locker_bits`: of 2^n slots, two fewer callers, and not more than 62),
//! and the system's manifest grants it (`locker_slots`). One call too many is answered [`Status::Busy`] at once.

use core::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};

use ipc_proto::deferred::{Answer, LABEL, Places, Request};
use ipc_proto::interface::Later;
use ipc_proto::label::Status;
use ipc_proto::slots;

use crate::connection::Connection;
use crate::{start, sys};

/// What an instance knows of the callers that it has put aside. (A module has one thread: these are atomic for the compiler's
/// sake.)
pub(crate) struct Books {
    /// The size of the locker; nothing is put aside before it is known.
    locker_bits: AtomicU8,
    /// See [`Places`].
    places: AtomicU64,
}

impl Books {
    /// Nobody is put aside.
    pub(crate) const fn new() -> Books {
        Books { locker_bits: AtomicU8::new(0), places: AtomicU64::new(Places::NONE.to_word()) }
    }
}

/// Says how large the locker is.
pub(crate) fn set_up(locker_bits: u8) {
    sys::books(|books| books.locker_bits.store(locker_bits, Relaxed));
}

fn places() -> Places {
    Places::from_word(sys::books(|books| books.places.load(Relaxed)))
}

fn keep(places: Places) {
    sys::books(|books| books.places.store(places.to_word(), Relaxed));
}

/// Puts the caller in hand aside; where there is none, since it was sent and not called or is gone, no room is kept for it.
pub(crate) fn put_aside() -> Result<Later, Status> {
    let (bits, mut places) = (sys::books(|books| books.locker_bits.load(Relaxed)), places());
    let place = places.put_aside(bits, |index| sys::save_caller(index, bits)).ok_or(Status::Busy)?;
    // The kernel moves nobody without an error: then the slot is empty still, and takes nobody once more.
    if sys::save_caller(place, bits) {
        return Err(Status::BadMessage);
    }
    keep(places);
    Ok(Later::new(place, start::instance().generation, give, waits))
}

fn ask(request: Request) -> Option<Answer> {
    let words = Connection::in_slot(slots::SUPERVISOR).call_words(LABEL, request.to_words());
    words.ok().and_then(Answer::from_words)
}

/// Whether one still waits.
fn waits(place: u16) -> bool {
    ask(Request::Look { index: place }) == Some(Answer::Waits)
}

/// Answers one, and gives its slot up.
fn give(place: u16, label: u64, write: &mut dyn FnMut(&mut [u64]) -> usize) -> bool {
    let handed = ask(Request::Take { index: place });
    let mut places = places();
    places.give_up(place);
    keep(places);
    let is_ready = handed == Some(Answer::Ready);
    if is_ready {
        let length =
            sys::message_mut(|words| write(words.get_mut(..ipc_proto::wire::MAX_WORDS).unwrap_or_default()));
        sys::nb_send(slots::ANSWER, sys::info(label, length));
    }
    is_ready
}
