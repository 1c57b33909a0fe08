//! Bulk data between a stub and a server, over memory that both have: every size, every way in which it can be lost, and
//! what a hostile side can say of it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at the first thing that is not as it expects"
)]

#[path = "support/goods.rs"]
mod goods;

use std::sync::atomic::Ordering;

use goods::{GoodsClient, GoodsError, GoodsInterface, GoodsMethods, GoodsServer, Store};
use ipc_proto::interface::bulk::{self, BulkError, CopyError, Shared, Sharing, Shelf, capacity};
use ipc_proto::interface::{Failure, Interface, MAX_REPEATED};
use ipc_proto::label::{self, Status};
use ipc_proto::window::{WindowError, WindowRefusal};

const BADGE: u64 = 0x1234;
const MOST: usize = capacity(2);

type Way<'m> = Sharing<'m, GoodsServer<Store<'m>, &'m Shelf>>;

fn served(shelf: &Shelf) -> Way<'_> {
    Sharing::new(GoodsServer(Store::new(shelf), shelf), BADGE, shelf)
}

fn counting(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index % 251) as u8 + 1).collect()
}

fn lost<T>(error: BulkError) -> Result<T, Failure<GoodsError>> {
    Err(Failure::Bulk(error))
}

#[test]
fn every_size_below_at_and_above_the_window_goes_both_ways() {
    let shelf = Shelf::new();
    let way = served(&shelf);
    let client = GoodsClient::new(&way);
    assert_eq!((MOST, GoodsInterface::WINDOW_PAGES), (8184, 2));
    for (number, length) in [0, 1, 7, 8, 9, 4095, 4096, 4097, MOST - 1, MOST].into_iter().enumerate() {
        let data = counting(length);
        assert_eq!(client.put(number as u32, data.as_slice()), Ok(length as u64), "{length}");
        assert_eq!(client.number(), Ok(number as u32));
        assert_eq!(way.loopback.server().0.goods, data, "{length}");
        for room in [0, length / 2, length, MOST] {
            let mut out = vec![0xee; room];
            let given = length.min(room);
            assert_eq!(client.get(out.as_mut_slice()), Ok(given as u32), "{length} into {room}");
            assert_eq!(out[..given], data[..given]);
        }
    }
    let text = "a text".try_into().unwrap();
    assert_eq!(client.named(&[5, 6, 7], text), Ok("a text".try_into().unwrap()));
    let mut out = [0; 3];
    assert_eq!((client.fetch(&mut out), out), (Ok(3), [5, 6, 7]));
    let long = counting(MOST + 1);
    let too_long = BulkError::TooLong { most: MOST as u32 };
    assert_eq!(client.put(9, long.as_slice()), lost(too_long));
    assert_eq!(client.get(vec![0; MOST + 1].as_mut_slice()), lost(too_long));
    assert_eq!(way.loopback.server().0.goods, [5, 6, 7], "nothing was sent");
}

#[test]
fn the_window_is_the_clients_to_fill_and_to_read_in_place() {
    let shelf = Shelf::new();
    let way = served(&shelf);
    let client = GoodsClient::new(&way);
    let data = bulk::fill(16, |window: Shared<'_>| {
        assert_eq!(window.len(), 16);
        window.copy_from(4, b"in place").unwrap();
        assert!(window.copy_from(16, b"x").is_err());
    });
    assert_eq!(client.put(1, data), Ok(16));
    assert_eq!(way.loopback.server().0.goods, b"\0\0\0\0in place\0\0\0\0");
    let mut sum = 0;
    let data = bulk::drain(12, |window| {
        let mut out = [0; 12];
        window.copy_to(0, &mut out).unwrap();
        sum = out.iter().map(|byte| u32::from(*byte)).sum();
    });
    assert_eq!(client.get(data), Ok(12));
    assert_eq!(sum, b"in place".iter().map(|byte| u32::from(*byte)).sum::<u32>());
}

#[test]
fn the_window_is_opened_early_where_that_is_wanted_and_a_refusal_is_told() {
    let shelf = Shelf::new();
    let way = served(&shelf);
    assert_eq!(GoodsClient::new(&way).share(), Ok(MOST));
    shelf.lose();
    shelf.open(1).unwrap();
    let refused = BulkError::Window(WindowError::Refused(WindowRefusal::OtherSize));
    let client = GoodsClient::new(&way);
    assert_eq!(client.share(), Err(Failure::Bulk(refused)));
    assert_eq!(client.put(1, b"abc"), lost(refused));
    shelf.lose();
    assert_eq!(client.put(1, b"abc"), Ok(3), "what was refused once is asked for again");
}

/// Every byte of each kind of message, and the seal. What changes here, old programs do not understand.
#[test]
fn the_bytes_on_the_wire_and_in_the_window_are_these() {
    let shelf = Shelf::new();
    let way = served(&shelf);
    let client = GoodsClient::new(&way);
    let exchanged = |label: u16, request: &[u64], answer: &[u64]| {
        let last = way.loopback.last().unwrap();
        assert_eq!((last.request.0, last.request.1.as_slice()), (label, request), "{label:#x}");
        assert_eq!((last.reply.0, last.reply.1.as_slice()), (0x100, answer), "{label:#x}");
    };
    let word = |index: usize| shelf.window().unwrap()[index].load(Ordering::Relaxed);
    client.put(0x11, b"escrow").unwrap();
    exchanged(0x8101, &[0x11, 0x10_0006, 0, 0], &[6, 0, 0, 0]);
    assert_eq!((word(0), word(1022), word(1023)), (u64::from_le_bytes(*b"escrow\0\0"), 0, 0x10_0006));
    client.get(&mut [0; 7]).unwrap();
    exchanged(0x8102, &[0x20_0007, 0, 0, 0], &[6, 0, 0, 0]);
    assert_eq!(word(1023), 0x20_0007);
    client.named(&[9; MOST], "a".try_into().unwrap()).unwrap();
    // Four bytes of postcard for the word of the data, then the text.
    exchanged(0x103, &[0x6101_01c0_bff8], &[0x6101]);
    assert_eq!(GoodsInterface::HASH, 0xb48e_8bce_13dd_f063, "{:#x}", GoodsInterface::HASH);
}

#[test]
fn the_data_takes_one_word_of_the_message() {
    let labels = [("put", 0x8101), ("get", 0x8102), ("named", 0x103), ("fetch", 0x8104), ("number", 0x8105)];
    let methods = GoodsInterface::METHODS.iter().map(|method| (method.name, method.label));
    assert!(methods.eq(labels));
}

#[test]
fn what_a_hostile_client_says_is_checked_against_the_window_and_changes_nothing() {
    let shelf = Shelf::new();
    let way = served(&shelf);
    let put = GoodsMethods::PUT.label;
    let refused = |words: [u64; 4], status: Status| {
        assert_eq!(way.loopback.send(put, &words).0, label::reply(status), "{words:x?}");
    };
    refused([1, 0x10_0003, 0, 0], Status::Refused);
    GoodsClient::new(&way).put(7, b"abc").unwrap();
    let seal = &shelf.window().unwrap()[1023];
    // A call of another moment than the seal's, of another length, and without a seal.
    for (sealed, part) in [(0x10_0003, 0x20_0003), (0x10_0003, 0x10_0004), (0, 0x10_0003), (0, 0x10_0000)] {
        seal.store(sealed, Ordering::Relaxed);
        refused([1, part, 0, 0], Status::Refused);
    }
    // As long as it is sealed the window's own size counts, whatever the interface's is.
    for (length, fits) in [(MOST as u64, true), (MOST as u64 + 1, false), (8192, false), (0xf_ffff, false)] {
        let part = 0x10_0000 | length;
        seal.store(part, Ordering::Relaxed);
        let status = if fits { Status::Ok } else { Status::BadMessage };
        refused([8, part, 0, 0], status);
        assert_eq!(way.loopback.server().0.goods.len(), MOST, "{length}");
    }
    shelf.lose();
    shelf.open(1).unwrap()[511].store(0x10_0000 | 4089, Ordering::Relaxed);
    refused([9, 0x10_0000 | 4089, 0, 0], Status::BadMessage);
    assert_eq!(way.loopback.server().0.number, 8);
}

#[test]
fn a_client_that_changes_the_data_during_the_copy_changes_what_was_not_copied_yet_and_nothing_else() {
    let shelf = Shelf::new();
    let way = served(&shelf);
    way.loopback.server().0.meanwhile = Some((1, |shelf| {
        let window = shelf.window().unwrap();
        window[..1023].iter().for_each(|word| word.store(u64::MAX, Ordering::Relaxed));
    }));
    assert_eq!(GoodsClient::new(&way).put(1, &[1; 16]), Ok(16));
    assert_eq!(way.loopback.server().0.goods, [[1; 8], [0xff; 8]].concat());
}

#[test]
fn a_client_that_dies_in_the_middle_of_a_copy_is_noticed_by_the_server_before_it_keeps_anything() {
    let shelf = Shelf::new();
    let way = served(&shelf);
    let client = GoodsClient::new(&way);
    client.put(1, &[7; 64]).unwrap();
    way.loopback.server().0.meanwhile = Some((1, Shelf::lose));
    assert_eq!(client.put(2, &[8; 64]), Err(Failure::Service(GoodsError::Gone)));
    assert_eq!(way.loopback.server().0.goods, [7; 64]);
    assert_eq!(way.loopback.server().0.number, 1);
    way.loopback.server().0.meanwhile = Some((1, Shelf::lose));
    assert_eq!(client.fetch(&mut [0; 64]), lost(BulkError::Lost), "the window is gone before the next call");
    assert_eq!(client.fetch(&mut [0; 64]), Err(Failure::Service(GoodsError::Gone)), "and in this one");
    assert_eq!(CopyError::Lost.to_string(), "the client or its call is gone, and the memory that it shared");
}

#[test]
fn a_window_that_was_lost_before_a_call_is_told_by_it_and_the_next_one_has_a_new_one() {
    let shelf = Shelf::new();
    let way = served(&shelf);
    let client = GoodsClient::new(&way);
    client.share().unwrap();
    for _ in 0..3 {
        shelf.lose();
        assert_eq!(client.put(1, b"abc"), lost(BulkError::Lost));
        assert_eq!(client.put(1, b"abc"), Ok(3));
    }
    // While it is filled.
    assert_eq!(client.put(2, bulk::fill(3, |_| shelf.lose())), lost(BulkError::Lost));
    assert_eq!(way.loopback.server().0.number, 1);
    assert_eq!(client.put(2, b"de"), Ok(2));
    shelf.lose();
    assert_eq!(client.get(&mut [0; 9]), Ok(2), "an idempotent one is asked again");
}

#[test]
fn an_answer_that_was_lost_before_it_was_copied_is_none() {
    let shelf = Shelf::new();
    let way = served(&shelf);
    let client = GoodsClient::new(&way);
    client.put(1, b"abc").unwrap();
    way.loopback.server().0.at_the_end = Some((1, Shelf::lose));
    let mut out = [0; 3];
    assert_eq!(client.fetch(&mut out), lost(BulkError::Torn));
    assert_eq!((client.fetch(&mut out), out), (Ok(3), *b"abc"));
    // In the middle of the client's own copy.
    let torn = client.fetch(bulk::drain(3, |_| shelf.lose()));
    assert_eq!(torn, lost(BulkError::Torn));
    // What was sent has arrived, whatever becomes of the window after that.
    way.loopback.server().0.at_the_end = Some((1, Shelf::lose));
    assert_eq!(client.put(2, b"de"), Ok(2));
}

#[test]
fn an_idempotent_method_is_asked_again_as_often_as_may_be() {
    let shelf = Shelf::new();
    let way = served(&shelf);
    let client = GoodsClient::new(&way);
    client.put(1, b"abc").unwrap();
    for (losses, fits) in [(1, true), (MAX_REPEATED, true), (MAX_REPEATED + 1, false)] {
        way.loopback.server().0.at_the_end = Some((losses, Shelf::lose));
        let expected = if fits { Ok(3) } else { lost(BulkError::Torn) };
        assert_eq!(client.get(&mut [0; 3]), expected, "{losses}");
    }
}
