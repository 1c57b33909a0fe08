//! Carries goods to `depot` and back: at every size, with what a hostile client says, and beyond the death of each side.
//!
//! Arguments: nothing, and it does all of that; `long` or `open`: it calls a depot that does so; `scribble`: it changes the goods
//! while a slow depot copies them; or `once`: it puts some goods and gets them back, whatever is done to it meanwhile.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::sync::atomic::{AtomicU64, Ordering};

use depot::{CAPACITY, DepotClient, DepotError, DepotInterface, DepotMethods, Label, fill, is_sound};
use ipc_proto::interface::bulk::{self, BulkError, Part, Share};
use ipc_proto::interface::{Failure, Interface};
use ipc_proto::slots::MAX_CONNECTIONS;
use module_rt::{CallError, Connection, Init, InitError, Manifest, Restart, clock, log, yield_now};
use sel4::{MessageInfoBuilder, cap};
use zerocopy::{FromBytes, IntoBytes};

module_rt::program! {
    manifest: Manifest {
        restart: Restart::Never as u8,
        stack_bytes: 12 * 4096,
        memory_bytes: 256 * 1024,
        ..Manifest::new("carter")
    },
    main: main,
}

/// The length of the goods where it does not matter: ten pieces of a slow depot.
const SOME: usize = 640;
/// How often goods are changed: each time later.
const ROUNDS: u64 = 16;
/// What is written over them: no goods are like that.
const OTHER: u64 = 0xa5a5_a5a5_a5a5_a5a5;

type Depot = DepotClient<Connection>;
type Outcome<T> = Result<T, Failure<DepotError>>;

fn wrong(words: core::fmt::Arguments<'_>) -> InitError {
    InitError::new(70, words)
}

fn is<T: PartialEq + core::fmt::Debug>(what: &str, got: T, want: T) -> Result<(), InitError> {
    if got == want { Ok(()) } else { Err(wrong(format_args!("{what}: {got:?}, and should be {want:?}"))) }
}

fn good<T>(what: &str, outcome: Outcome<T>) -> Result<T, InitError> {
    outcome.map_err(|error| wrong(format_args!("{what}: {error}")))
}

fn put(depot: &Depot, number: u64, length: usize) -> Outcome<u64> {
    let mut goods = [0; CAPACITY];
    let goods = goods.get_mut(..length).unwrap_or_default();
    fill(goods, number);
    depot.put(number, &*goods)
}

fn label() -> Label {
    Label::try_from("what does not fit into four words").unwrap_or_default()
}

/// Gets them, and looks whether they are those of that number.
fn get(depot: &Depot, number: u64, length: usize) -> Outcome<bool> {
    let (mut goods, mut same) = ([0; CAPACITY], [0; CAPACITY]);
    let (goods, same) =
        (goods.get_mut(..length).unwrap_or_default(), same.get_mut(..length).unwrap_or_default());
    let (given, named) = depot.get(label(), &mut *goods)?;
    fill(same, number);
    Ok(given as usize == length && named == label() && goods == same)
}

fn sizes(depot: &Depot) -> Result<(), InitError> {
    is("the room", good("share", depot.share())?, CAPACITY)?;
    for (number, length) in (1..).zip([0, 1, 8, 4095, 4096, 4097, CAPACITY.saturating_sub(1), CAPACITY]) {
        is("put", good("put", put(depot, number, length))?, length as u64)?;
        is("the same came back", good("get", get(depot, number, length))?, true)?;
    }
    let too_long = Failure::Bulk(BulkError::TooLong { most: CAPACITY as u32 });
    let long = [0; CAPACITY + 1];
    is("one byte too many", depot.put(9, &long), Err(too_long))?;
    is("what is kept", good("look", depot.look())?.length, CAPACITY as u64)?;
    log!("every size goes both ways; one byte more than {CAPACITY}: {too_long}");
    let in_place = bulk::fill(3, |window| window.copy_from(0, &[4, 5, 9]).unwrap_or_default());
    is("in place", good("put", depot.put(9, in_place))?, 3)?;
    let unsound = bulk::fill(3, |window| window.copy_from(0, &[4, 5, 8]).unwrap_or_default());
    is("unsound goods", depot.put(10, unsound), Err(Failure::Service(DepotError::Unsound)))?;
    is("what is kept", good("look", depot.look())?.number, 9)
}

/// What a message says of so many bytes now.
fn said(length: usize) -> u64 {
    let mut word = [0; 1];
    word.as_mut_bytes().copy_from_slice(Part::new(length, clock::ticks()).as_bytes());
    let [word] = word;
    word
}

/// The seal of the window, and the rest of it.
fn window(way: Connection) -> Result<(&'static AtomicU64, &'static [AtomicU64]), InitError> {
    let memory =
        way.share(DepotInterface::WINDOW_PAGES).map_err(|error| wrong(format_args!("no window: {error}")))?;
    memory.split_last().ok_or_else(|| wrong(format_args!("no seal")))
}

/// Does not wait for the depot, and writes over the goods after it has copied more and more of them.
fn scribble(depot: &Depot) -> Result<(), InitError> {
    let (way, mut goods) = (*depot.way(), [0; SOME]);
    let (seal, data) = window(way)?;
    let mut kept = 0_u32;
    for round in 1..=ROUNDS {
        fill(&mut goods, round);
        // The words of the goods, which are whole ones.
        for (place, word) in data.iter().zip(goods.chunks_exact(size_of::<u64>())) {
            place.store(u64::read_from_bytes(word).unwrap_or_default(), Ordering::Relaxed);
        }
        let word = said(SOME);
        seal.store(word, Ordering::Relaxed);
        let info = MessageInfoBuilder::default().label(u64::from(DepotMethods::PUT.label)).length(4).build();
        cap::Endpoint::from_bits(way.slot()).nb_send_with_mrs(info, [round, word, 0, 0]);
        (0..round).for_each(|_| yield_now());
        data.iter().for_each(|place| place.store(OTHER, Ordering::Relaxed));
        let now = good("look", depot.look())?;
        is(
            "what is kept is as goods are",
            (now.sound, now.length),
            (1, if kept == 0 && now.number == 0 { 0 } else { SOME as u64 }),
        )?;
        kept = kept.saturating_add(u32::from(now.number == round));
    }
    let all = u32::try_from(ROUNDS).unwrap_or_default();
    log!("goods that were changed during the copy: kept some: {}, refused some: {}", kept > 0, kept < all);
    Ok(())
}

/// Its connection is taken back, and there is another one in the same slot: the window of the first is no window of the second.
fn expelled(depot: &Depot) -> Result<(), InitError> {
    good("put", put(depot, 1, SOME))?;
    is("expel", depot.expel(), Err(Failure::Service(DepotError::Interrupted)))?;
    is("without a connection", depot.look().map(drop), Err(Failure::Call(CallError::Gone)))?;
    let mut again: Depot = module_rt::client()?;
    // Each of its slots is used once before that one comes again.
    for _ in 1..MAX_CONNECTIONS {
        if again.way().slot() == depot.way().slot() {
            break;
        }
        is("without a connection", depot.look().map(drop), Err(Failure::Call(CallError::Gone)))?;
        is("expel", again.expel(), Err(Failure::Service(DepotError::Interrupted)))?;
        again = module_rt::client()?;
    }
    is("the same slot", again.way().slot(), depot.way().slot())?;
    let kept = good("look", depot.look())?;
    is("put into what is left of the old window", put(depot, 2, SOME), Err(Failure::Bulk(BulkError::Lost)))?;
    is("what is kept", good("look", depot.look())?, kept)?;
    is("put into a new one", good("put", put(depot, 3, SOME))?, SOME as u64)?;
    is("the same came back", good("get", get(&again, 3, SOME))?, true)?;
    log!("a connection that is taken back takes its window along, whatever comes into its slot");
    Ok(())
}

/// What no stub says: the server's window is what counts, and this call's seal in it.
fn lies(depot: &Depot) -> Result<(), InitError> {
    let way = *depot.way();
    let (seal, _) = window(way)?;
    let before = good("look", depot.look())?;
    for (length, is_sealed, refused) in [
        (CAPACITY + 1, true, CallError::BadMessage),
        ((1 << 20) - 1, true, CallError::BadMessage),
        (3, false, CallError::Refused),
        (CAPACITY + 1, false, CallError::BadMessage),
    ] {
        let word = said(length);
        seal.store(if is_sealed { word } else { !word }, Ordering::Relaxed);
        let outcome = way.call_words(DepotMethods::PUT, [77, word, 0, 0]);
        is("what a hostile client says", outcome, Err(refused))?;
    }
    is("what is kept", good("look", depot.look())?, before)?;
    log!("lengths beyond the window, and other seals: refused, and nothing was kept");
    Ok(())
}

fn deaths(depot: &Depot) -> Result<(), InitError> {
    let interrupted = Failure::Service(DepotError::Interrupted);
    is("die", depot.die(), Err(interrupted))?;
    match put(depot, 1, SOME) {
        Err(error @ Failure::Bulk(BulkError::Lost)) => log!("the next call after a death: {error}"),
        other => return Err(wrong(format_args!("the next call after a death: {other:?}"))),
    }
    is("the one after it", good("put", put(depot, 2, SOME))?, SOME as u64)?;
    // In the middle of the client's own copy.
    let mut goods = [0; SOME];
    let torn = bulk::drain(SOME, |window| {
        let _ = window.copy_to(0, goods.get_mut(..SOME / 2).unwrap_or_default());
        let _ = depot.die();
        let _ = window.copy_to(SOME / 2, goods.get_mut(SOME / 2..).unwrap_or_default());
    });
    match depot.get(label(), torn) {
        Err(error @ Failure::Bulk(BulkError::Torn)) => log!("a death during the client's copy: {error}"),
        other => return Err(wrong(format_args!("a death during the client's copy: {other:?}"))),
    }
    is("the one after it", good("put", put(depot, 3, SOME))?, SOME as u64)?;
    is("the same came back", good("get", get(depot, 3, SOME))?, true)?;
    is("die", depot.die(), Err(interrupted))?;
    let shown = good("show", depot.show(&mut goods))?;
    is("an idempotent one is asked again, of a server that has nothing", shown, 0)
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let depot: Depot = init.client()?;
    match init.args().as_str() {
        "once" => {
            good("put", put(&depot, 5, SOME))?;
            is("the same came back", good("get", get(&depot, 5, SOME))?, true)
        }
        "scribble" => scribble(&depot),
        "long" => {
            good("put", put(&depot, 5, SOME))?;
            let mut goods = [0; SOME];
            let given = good("show", depot.show(&mut goods))?;
            log!("{given} bytes were given; what there is of them is sound: {}", is_sound(&goods));
            Ok(())
        }
        "open" => {
            good("put", put(&depot, 5, SOME))?;
            match depot.show(&mut [0; SOME]) {
                Err(error) => log!("a server that writes over the window: {error}"),
                other => return Err(wrong(format_args!("a server that writes over the window: {other:?}"))),
            }
            is("a new one", good("put", put(&depot, 6, SOME))?, SOME as u64)
        }
        _ => {
            sizes(&depot)?;
            lies(&depot)?;
            deaths(&depot)?;
            expelled(&depot)
        }
    }
}
