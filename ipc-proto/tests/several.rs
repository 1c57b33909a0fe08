//! Several interfaces with one state: a call is served by the interface of the service that it came to.
#![allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it expects")]

#[path = "support/goods.rs"]
mod goods;
#[path = "support/notes.rs"]
mod notes;

use goods::{Goods, GoodsClient, GoodsError, GoodsInterface, Store};
use ipc_proto::badge::{Badge, GenerationTag, Holder, Kind};
use ipc_proto::ids::{DomainId, Generation, Instance, ServiceRef};
use ipc_proto::interface::bulk::{BulkIn, BulkOut, Sharing, Shelf};
use ipc_proto::interface::dispatch::Events;
use ipc_proto::interface::{
    Client, DESCRIBE, Description, Dispatch, Event, Failure, Interface, Offered, Several, call,
};
use ipc_proto::label::{self, Status};
use notes::{
    Keeper, Note, NoteError, Notes, NotesClient, NotesInterface, NotesMethods, NotesServer, Sample, Way,
};

/// What one client's call to a service carries.
fn badge(service: u16) -> u64 {
    let holder = Holder { domain: DomainId(3), tag: GenerationTag::of(Generation(1)) };
    Badge { kind: Kind::Client, service, holder }.to_word()
}

const fn service(index: u16) -> ServiceRef {
    ServiceRef { index, epoch: 1 }
}

/// Notes, under two names, and goods.
struct House<'m> {
    notes: Keeper,
    goods: Store<'m>,
}

impl Notes for House<'_> {
    fn add(&mut self, by: u64, way: Way) -> Result<u64, NoteError> {
        self.notes.add(by, way)
    }

    fn keep(&mut self, client: Client, note: Note, place: u16) -> Result<(), NoteError> {
        self.notes.keep(client, note, place)
    }

    fn last(&mut self) -> Result<Note, NoteError> {
        self.notes.last()
    }

    fn turn(&mut self, client: Client, sample: Sample, words: [u64; 2]) -> Result<Sample, NoteError> {
        self.notes.turn(client, sample, words)
    }

    fn sum(&mut self, words: [u64; 5]) -> Result<u64, NoteError> {
        self.notes.sum(words)
    }
}

impl Goods for House<'_> {
    fn put(&mut self, number: u32, data: BulkIn<'_>) -> Result<u64, GoodsError> {
        self.notes.count = u64::from(number);
        self.goods.put(number, data)
    }

    fn get(&mut self, _: Client, data: BulkOut<'_>) -> Result<u32, GoodsError> {
        self.goods.fetch(data)
    }

    fn named(
        &mut self,
        data: BulkIn<'_>,
        text: heapless::String<32>,
    ) -> Result<heapless::String<32>, GoodsError> {
        self.goods.named(data, text)
    }

    fn fetch(&mut self, data: BulkOut<'_>) -> Result<u32, GoodsError> {
        self.goods.fetch(data)
    }

    fn number(&mut self) -> Result<u32, GoodsError> {
        self.goods.number()
    }
}

impl Events for House<'_> {}

/// Hears what is no call.
#[derive(Debug, Default, PartialEq)]
struct Listener {
    gone: Option<Instance>,
    lost: u32,
    event: Option<Event>,
}

impl Events for Listener {
    const DEPARTED: Option<fn(&mut Self, Instance)> = Some(|listener, client| listener.gone = Some(client));

    fn lost(&mut self) {
        self.lost = self.lost.saturating_add(1);
    }

    fn event(&mut self, event: Event) {
        self.event = Some(event);
    }
}

fn house(shelf: &Shelf) -> Sharing<'_, impl Dispatch + use<'_>> {
    let house = House { notes: Keeper::default(), goods: Store::new(shelf) };
    let several = Several::of(house)
        .with(Offered::<NotesInterface>::of(service(4)))
        .with(Offered::<GoodsInterface>::of(service(9)))
        .with(Offered::<NotesInterface>::of(service(5)))
        .sharing(shelf);
    Sharing::new(several, badge(4), shelf)
}

#[test]
fn each_service_is_served_by_its_interface_and_all_have_one_state() {
    let shelf = Shelf::new();
    let way = house(&shelf);
    let (notes, goods) = (NotesClient::new(&way), GoodsClient::new(&way));
    way.loopback.call_as(badge(9));
    assert_eq!(call::describe(&&way), Ok(Description::of::<GoodsInterface>()));
    assert_eq!(goods.put(40, b"goods"), Ok(5));
    for index in [4, 5] {
        way.loopback.call_as(badge(index));
        assert_eq!(call::describe(&&way), Ok(Description::of::<NotesInterface>()));
        assert_eq!(notes.add(1, Way::Up), Ok(37 + u64::from(index)), "what the goods have set, and one more");
        assert_eq!(notes.last(), Err(Failure::Service(NoteError::Empty)), "a message");
    }
    way.loopback.call_as(badge(9));
    let mut out = [0; 5];
    assert_eq!((goods.get(&mut out), out), (Ok(5), *b"goods"));
    assert_eq!(goods.named(b"x", "y".try_into().unwrap()), Ok("y".try_into().unwrap()), "a message");
}

#[test]
fn a_service_that_it_does_not_have_has_no_method() {
    let shelf = Shelf::new();
    let way = house(&shelf);
    for index in [0, 3, 6, 8, 10, 63] {
        way.loopback.call_as(badge(index));
        for (method, words) in
            [(DESCRIBE, &[0; 4][..]), (NotesMethods::ADD.label, &[0, 1, 0, 0]), (0x103, &[])]
        {
            let (reply, answer) = way.loopback.send(method, words);
            assert_eq!(
                (reply, answer.len()),
                (label::reply(Status::UnknownMethod), 0),
                "{index} {method:#x}"
            );
        }
    }
    // A badge that nobody has.
    way.loopback.call_as(u64::MAX);
    assert_eq!(way.loopback.send(DESCRIBE, &[0; 4]).0, label::reply(Status::UnknownMethod));
    let none = Several::of(Keeper::default());
    let mut none = none;
    assert_eq!(none.words(Client::of(badge(0)), DESCRIBE, [0; 4]), Err(Status::UnknownMethod));
}

fn departs<D: Dispatch>(server: &mut D, client: Instance) {
    D::DEPARTED.unwrap()(server, client);
}

/// So that the supervisor is asked for nothing that nobody has a use for.
#[test]
fn who_does_nothing_at_a_death_is_not_to_be_told() {
    fn is_told<D: Dispatch>(_: &D) -> bool {
        D::DEPARTED.is_some()
    }
    assert!(is_told(&Several::of(Listener::default())) && is_told(&NotesServer(Keeper::default())));
    let shelf = Shelf::new();
    let house = House { notes: Keeper::default(), goods: Store::new(&shelf) };
    assert!(!is_told(&Several::of(house)));
}

#[test]
fn what_is_no_call_reaches_the_one_server() {
    let gone = Instance { domain: DomainId(3), generation: Generation(2) };
    let mut several = Several::of(Listener::default());
    departs(&mut several, gone);
    several.lost();
    several.event(Event::Alarm);
    assert_eq!(several.server, Listener { gone: Some(gone), lost: 1, event: Some(Event::Alarm) });
    assert_eq!(
        format!("{:?}", Offered::<NotesInterface>::of(service(1))),
        "notes as ServiceRef { index: 1, epoch: 1 }"
    );
    assert_eq!(NotesInterface::NAME, "notes");
}
