//! The depot of the target's scenarios, its very file, and what clients of it do.
#![allow(dead_code, reason = "each test file uses some of it")]

use depot::{DepotClient, DepotError, Label, fill};
use ipc_proto::interface::Failure;
use ipc_proto::interface::bulk::BulkError;
use module_rt::{Connection, Init, InitError};

#[path = "../../../../tests/modules/depot/src/main.rs"]
pub mod server;

/// The stub.
pub type Depot = DepotClient<Connection>;
/// What its calls come to.
pub type Outcome<T> = Result<T, Failure<DepotError>>;

/// The length of the goods where it does not matter: ten pieces of a slow depot.
pub const SOME: usize = 640;
/// What the calls say of a death.
pub const INTERRUPTED: Failure<DepotError> = Failure::Service(DepotError::Interrupted);
/// See `BulkError`.
pub const LOST: Failure<DepotError> = Failure::Bulk(BulkError::Lost);
/// See `BulkError`.
pub const TORN: Failure<DepotError> = Failure::Bulk(BulkError::Torn);

/// Waits for it.
pub fn connect(init: &mut Init) -> Result<Depot, InitError> {
    Ok(init.client()?)
}

/// Goods of that number and length.
pub fn goods(number: u64, length: usize) -> Vec<u8> {
    let mut goods = vec![0; length];
    fill(&mut goods, number);
    goods
}

/// Puts them.
pub fn put(depot: &Depot, number: u64, length: usize) -> Outcome<u64> {
    depot.put(number, goods(number, length).as_slice())
}

/// Gets as much as there is room for.
pub fn get(depot: &Depot, room: usize) -> Outcome<Vec<u8>> {
    let mut goods = vec![0; room];
    let (given, _) = depot.get(Label::new(), goods.as_mut_slice())?;
    goods.truncate(given as usize);
    Ok(goods)
}
