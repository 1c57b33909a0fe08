//! An interface with bulk data in both ways and over both transports, and a server of it.
#![allow(dead_code, reason = "each of those who use it needs another part of it")]
#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at the first thing that is not as it expects"
)]

use heapless::String;
use ipc_proto::interface::bulk::{BulkIn, BulkOut, Shelf};
use ipc_proto::interface::dispatch::Events;
use ipc_proto::interface::{Client, interface, wire_error};

/// What can go wrong.
#[wire_error]
pub enum GoodsError {
    /// What was sent has no end.
    Endless = 1,
    /// The client is gone.
    Gone = 2,
    /// The server died while it had the goods.
    Interrupted = 3,
}

/// Keeps goods.
#[interface(name = "goods", version = 1, error = GoodsError, window_pages = 2)]
pub trait Goods {
    /// Keeps what is sent.
    ///
    /// # Request
    /// A number that is kept, too, and the goods.
    /// # Preconditions
    /// None.
    /// # Response
    /// How many bytes are kept.
    /// # Errors
    /// `Gone`, `Interrupted`.
    fn put(&mut self, number: u32, data: BulkIn<'_>) -> Result<u64, GoodsError>;

    /// Gives what is kept.
    ///
    /// # Request
    /// Room for it.
    /// # Preconditions
    /// None.
    /// # Response
    /// How much was given: as much as there was room for.
    /// # Errors
    /// `Gone`.
    #[method(idempotent)]
    fn get(&mut self, client: Client, data: BulkOut<'_>) -> Result<u32, GoodsError>;

    /// The same as `put`, with a text: it goes as a message.
    ///
    /// # Request
    /// The goods, and a text.
    /// # Preconditions
    /// None.
    /// # Response
    /// The text.
    /// # Errors
    /// `Gone`.
    #[method(idempotent)]
    fn named(&mut self, data: BulkIn<'_>, text: String<32>) -> Result<String<32>, GoodsError>;

    /// The same as `get`, once.
    ///
    /// # Request
    /// Room for it.
    /// # Preconditions
    /// None.
    /// # Response
    /// How much was given.
    /// # Errors
    /// `Gone`, `Interrupted`.
    fn fetch(&mut self, data: BulkOut<'_>) -> Result<u32, GoodsError>;

    /// Says the number, without goods.
    ///
    /// # Request
    /// Nothing.
    /// # Preconditions
    /// None.
    /// # Response
    /// The number.
    /// # Errors
    /// None.
    #[method(idempotent)]
    fn number(&mut self) -> Result<u32, GoodsError>;
}

/// In how many calls something is done to the memory, and what.
pub type Act = (u32, fn(&Shelf));

/// A server.
pub struct Store<'m> {
    /// What its windows are of.
    pub shelf: &'m Shelf,
    /// What is kept.
    pub goods: Vec<u8>,
    /// The number.
    pub number: u32,
    /// What somebody does to the memory in the middle of the next copies, and in how many.
    pub meanwhile: Option<Act>,
    /// The same when the method is done, before its answer is there.
    pub at_the_end: Option<Act>,
}

impl<'m> Store<'m> {
    /// It keeps nothing.
    pub fn new(shelf: &'m Shelf) -> Store<'m> {
        Store { shelf, goods: Vec::new(), number: 0, meanwhile: None, at_the_end: None }
    }

    fn act(of: &mut Option<Act>, shelf: &Shelf) {
        if let Some((times, act)) = of {
            act(shelf);
            *times -= 1;
            if *times == 0 {
                *of = None;
            }
        }
    }

    /// In two halves, so that something can come in between.
    fn take(&mut self, data: BulkIn<'_>) -> Result<(), GoodsError> {
        let mut goods = vec![0; data.len()];
        let half = goods.len() / 2;
        let copied = data.copy_to(0, &mut goods[..half]);
        Self::act(&mut self.meanwhile, self.shelf);
        copied.and_then(|()| data.copy_to(half, &mut goods[half..])).map_err(|_| GoodsError::Gone)?;
        self.goods = goods;
        Self::act(&mut self.at_the_end, self.shelf);
        Ok(())
    }

    fn give(&mut self, data: BulkOut<'_>) -> Result<u32, GoodsError> {
        let given = self.goods.len().min(data.len());
        let copied = data.copy_from(0, &self.goods[..given / 2]);
        Self::act(&mut self.meanwhile, self.shelf);
        copied
            .and_then(|()| data.copy_from(given / 2, &self.goods[given / 2..given]))
            .map_err(|_| GoodsError::Gone)?;
        Self::act(&mut self.at_the_end, self.shelf);
        Ok(given as u32)
    }
}

impl Goods for Store<'_> {
    fn put(&mut self, number: u32, data: BulkIn<'_>) -> Result<u64, GoodsError> {
        self.take(data)?;
        self.number = number;
        Ok(self.goods.len() as u64)
    }

    fn get(&mut self, client: Client, data: BulkOut<'_>) -> Result<u32, GoodsError> {
        assert_eq!(client.badge(), 0x1234);
        self.give(data)
    }

    fn named(&mut self, data: BulkIn<'_>, text: String<32>) -> Result<String<32>, GoodsError> {
        self.take(data)?;
        Ok(text)
    }

    fn fetch(&mut self, data: BulkOut<'_>) -> Result<u32, GoodsError> {
        self.give(data)
    }

    fn number(&mut self) -> Result<u32, GoodsError> {
        Ok(self.number)
    }
}

impl Events for Store<'_> {}
