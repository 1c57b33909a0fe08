//! What is too long for a message by one byte; what has just room is in `tests/too_long.rs`.
use ipc_proto::heapless::{String, Vec};
use ipc_proto::interface::bulk::BulkIn;
use ipc_proto::interface::derived::postcard_schema_ng::Schema;
use ipc_proto::interface::derived::postcard_schema_ng::schema::DataModelType;
use ipc_proto::interface::derived::serde::{Deserialize, Serialize};
use ipc_proto::interface::{Passed, Reply, interface, wire, wire_error};

#[wire]
struct Page {
    number: u16,
    lines: Vec<Line, 16>,
}

#[wire]
enum Line {
    Empty,
    Text { at: u32, text: String<53> },
}

#[derive(Serialize, Deserialize)]
#[serde(crate = "ipc_proto::interface::derived::serde")]
struct Endless(u8);

impl Schema for Endless {
    const SCHEMA: &'static DataModelType = &DataModelType::String { max_len: None };
}

/// What can go wrong.
#[wire_error]
enum Errors {
    /// Interrupted.
    Interrupted = 1,
}

/// Wrong.
#[interface(name = "a", version = 1, error = Errors, window_pages = 1)]
trait Room {
    /// Does it.
    ///
    /// # Request
    /// A text.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// None.
    fn takes(
        &mut self,
        number: u64,
        text: String<959>, //~ `text` of `takes` takes up to 961 bytes, and a message has room for 960: give its strings and vectors smaller bounds, or take bulk data (`BulkIn<'_>`)
    ) -> Result<u64, Errors>;

    /// Does it.
    ///
    /// # Request
    /// Nothing.
    /// # Preconditions
    /// None.
    /// # Response
    /// A text.
    /// # Errors
    /// None.
    fn gives(
        &mut self,
    ) -> Result<
        String<959>, //~ the answer of `gives` takes up to 961 bytes, and a message has room for 960: give its strings and vectors smaller bounds, or take bulk data (`BulkOut<'_>`)
        Errors,
    >;

    /// Does it.
    ///
    /// # Request
    /// A text.
    /// # Preconditions
    /// None.
    /// # Response
    /// A text.
    /// # Errors
    /// None.
    #[method(deferred)]
    fn later(
        &mut self,
        reply: Reply<
            String<959>, //~ the answer of `later` takes up to 961 bytes, and a message has room for 960
            Errors,
        >,
    );

    /// Does it.
    ///
    /// # Request
    /// Two texts.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// None.
    fn both( //~ the arguments of `both` together take up to 961 bytes, and a message has room for 960: give its strings and vectors smaller bounds, or take bulk data (`BulkIn<'_>`)
        &mut self,
        one: String<478>,
        other: String<479>,
    ) -> Result<(), Errors>;

    /// Does it.
    ///
    /// # Request
    /// Bulk data, which takes ten bytes of a message, and a text.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// None.
    fn sends( //~ the arguments of `sends` together take up to 961 bytes
        &mut self,
        data: BulkIn<'_>,
        text: String<949>,
    ) -> Result<(), Errors>;

    /// Does it.
    ///
    /// # Request
    /// A connection, which takes ten bytes of a message, and a text.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// None.
    fn passes( //~ the arguments of `passes` together take up to 961 bytes
        &mut self,
        to: Passed<RoomInterface>,
        text: String<949>,
    ) -> Result<(), Errors>;

    /// Does it.
    ///
    /// # Request
    /// Nothing.
    /// # Preconditions
    /// None.
    /// # Response
    /// A page, in which the bounds lie deeper.
    /// # Errors
    /// None.
    fn page(
        &mut self,
    ) -> Result<
        Page, //~ the answer of `page` takes up to 964 bytes
        Errors,
    >;

    /// Does it.
    ///
    /// # Request
    /// Numbers, each of which takes more bytes in a message than in memory.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// None.
    fn numbers(
        &mut self,
        numbers: Vec<[u64; 4], 24>, //~ `numbers` of `numbers` takes up to 961 bytes
    ) -> Result<(), Errors>;

    /// Does it.
    ///
    /// # Request
    /// Something that says of itself that it has no bound.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// None.
    fn endless(
        &mut self,
        text: Endless, //~ `text` of `endless` has no bound, and a message has room for 960 bytes
    ) -> Result<(), Errors>;
}

fn main() {}
