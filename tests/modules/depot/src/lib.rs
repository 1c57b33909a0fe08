//! Interface `depot`: keeps goods, which come and go as bulk data. Goods are bytes whose last one is the sum of the others.
#![no_std]
#![forbid(unsafe_code)]

use ipc_proto::heapless::String;
use ipc_proto::interface::bulk::{BulkIn, BulkOut, capacity};
use ipc_proto::interface::{Client, Interface, interface, wire, wire_error};

/// How many bytes there can be at once: the window of two pages, without its seal.
pub const CAPACITY: usize = capacity(DepotInterface::WINDOW_PAGES);
/// What goods are called.
pub type Label = String<48>;

/// What is kept.
#[wire(words)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The number that came with it; 0 at first.
    pub number: u64,
    /// How many bytes.
    pub length: u64,
    /// 1 where it is as goods are.
    pub sound: u64,
    /// How often a client was gone before all was copied.
    pub gone: u64,
}

/// What can go wrong.
#[wire_error]
pub enum DepotError {
    /// The last byte is not the sum of the others.
    Unsound = 1,
    /// The client is gone.
    Gone = 2,
    /// The server died while it had the call, which may have been executed.
    Interrupted = 3,
}

/// Whether these bytes are goods. None at all are.
pub fn is_sound(goods: &[u8]) -> bool {
    goods.split_last().is_none_or(|(last, others)| *last == sum(others))
}

/// The sum of all bytes.
pub fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte))
}

/// Goods of any length that differ by their number.
pub fn fill(goods: &mut [u8], number: u64) {
    let Some((last, others)) = goods.split_last_mut() else { return };
    let mut byte = number as u8;
    for place in others.iter_mut() {
        byte = byte.wrapping_mul(5).wrapping_add(17);
        *place = byte;
    }
    *last = sum(others);
}

/// Keeps goods.
#[interface(name = "depot", version = 1, error = DepotError, window_pages = 2)]
pub trait Depot {
    /// Keeps goods in place of what there was.
    ///
    /// # Request
    /// A number, and the goods.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// How many bytes it has.
    ///
    /// # Errors
    /// `Unsound`, `Interrupted`.
    fn put(&mut self, number: u64, data: BulkIn<'_>) -> Result<u64, DepotError>;

    /// Gives the goods. It goes as a message.
    ///
    /// # Request
    /// What they are to be called, and room for them.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// How many bytes there are now, and what they are called.
    ///
    /// # Errors
    /// `Interrupted`.
    fn get(&mut self, label: Label, data: BulkOut<'_>) -> Result<(u32, Label), DepotError>;

    /// The same, in words, and again where the server dies.
    ///
    /// # Request
    /// Room for them.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// How many bytes there are now.
    ///
    /// # Errors
    /// None of its own.
    #[method(idempotent)]
    fn show(&mut self, client: Client, data: BulkOut<'_>) -> Result<u64, DepotError>;

    /// Says what is kept.
    ///
    /// # Request
    /// Nothing.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// What is kept.
    ///
    /// # Errors
    /// None of its own.
    #[method(idempotent)]
    fn look(&mut self) -> Result<Kept, DepotError>;

    /// Dies.
    ///
    /// # Request
    /// Nothing.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// There is none.
    ///
    /// # Errors
    /// `Interrupted`, always.
    fn die(&mut self) -> Result<(), DepotError>;

    /// Takes the caller's capability back.
    ///
    /// # Request
    /// Nothing.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// There is none.
    ///
    /// # Errors
    /// `Interrupted`, always.
    fn expel(&mut self, client: Client) -> Result<(), DepotError>;
}
