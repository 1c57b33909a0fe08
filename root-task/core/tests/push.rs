//! A file that comes over the line, against peers that keep the rules and peers that keep none.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::name::Name;
use ipc_proto::operator::Sentence;
use ipc_proto::push::{Bytes, MAX_FILE, MAX_PIECE, Reply, Request, VERSION, sum};
use root_task_core::push::{Delivery, Place, Reception, Step};

#[derive(Debug, Default)]
struct Kept {
    open: Option<Vec<u8>>,
    full: bool,
    opened: u32,
}

impl Place for Kept {
    fn open(&mut self, bytes: u32) -> Result<(), Sentence> {
        if self.full {
            return Err(Sentence::try_from("as many as there can be").unwrap());
        }
        assert!(self.open.is_none(), "the other one was given up");
        self.open = Some(vec![0; bytes as usize]);
        self.opened += 1;
        Ok(())
    }

    fn write(&mut self, at: u32, piece: &[u8]) {
        self.open.as_mut().unwrap()[at as usize..][..piece.len()].copy_from_slice(piece);
    }

    fn give_up(&mut self) {
        assert!(self.open.take().is_some());
    }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn begin(transfer: u32, file: &[u8]) -> Request {
    Request::Begin { transfer, name: name("counter"), bytes: file.len() as u32, sum: sum(file) }
}

fn piece(transfer: u32, at: u32, bytes: &[u8]) -> Request {
    Request::Piece { transfer, at, bytes: Bytes::from_slice(bytes).unwrap() }
}

fn has(transfer: u32, bytes: u32) -> Step {
    Step::Answer(Reply::Has { transfer, bytes })
}

fn unknown(transfer: u32) -> Step {
    Step::Answer(Reply::Unknown { transfer })
}

/// Why it is refused, where it was not before: that is told once.
fn refusal(step: Step) -> String {
    match step {
        Step::Refuse(_, Reply::Refused { why, .. }) => why.as_str().to_owned(),
        step => panic!("{step:?}"),
    }
}

/// All of `file` is there.
fn received(file: &[u8]) -> (Reception, Kept) {
    let (mut reception, mut kept) = (Reception::new(), Kept::default());
    assert_eq!(reception.take(begin(1, file), &mut kept), has(1, 0));
    for (index, bytes) in file.chunks(MAX_PIECE).enumerate() {
        let at = (index * MAX_PIECE) as u32;
        assert_eq!(reception.take(piece(1, at, bytes), &mut kept), has(1, at + bytes.len() as u32));
    }
    (reception, kept)
}

const FILE: &[u8] = b"a file of a module";

#[test]
fn a_file_comes_and_is_loaded_once() {
    let file: Vec<u8> = (0..3 * MAX_PIECE + 5).map(|index| index as u8).collect();
    let (mut reception, mut kept) = received(&file);
    assert_eq!(kept.open.as_deref(), Some(file.as_slice()));
    let delivery = Delivery { transfer: 1, name: name("counter"), sum: sum(&file) };
    let deliver = || Request::Deliver { transfer: 1 };
    assert_eq!(reception.take(deliver(), &mut kept), Step::Load(delivery));
    // Whatever is said twice while it is loaded.
    for again in [deliver(), begin(1, &file), piece(1, 0, b"x")] {
        assert_eq!(reception.take(again, &mut kept), Step::Answer(Reply::Working { transfer: 1 }));
    }
    let instance = Instance { domain: DomainId(3), generation: Generation(1) };
    let live = Reply::Live { transfer: 1, instance, replaced: true };
    assert!(!reception.finish(2, &live), "that was another one");
    assert!(reception.finish(1, &live));
    assert!(!reception.finish(1, &live), "it is known already");
    for again in [deliver(), begin(1, &file), piece(1, 0, b"x")] {
        assert_eq!(reception.take(again, &mut kept), Step::Answer(live.clone()));
    }
    assert_eq!(kept.opened, 1);
}

#[test]
fn only_the_next_piece_is_taken() {
    let (mut reception, mut kept) = (Reception::new(), Kept::default());
    reception.take(begin(1, FILE), &mut kept);
    assert_eq!(reception.take(piece(1, 0, &FILE[..8]), &mut kept), has(1, 8));
    for (at, bytes) in [(0, &b"XXXX"[..]), (7, b"X"), (9, b"X"), (u32::MAX, b"X"), (8, b"")] {
        assert_eq!(reception.take(piece(1, at, bytes), &mut kept), has(1, 8), "{at}");
    }
    assert_eq!(reception.take(Request::Deliver { transfer: 1 }, &mut kept), has(1, 8), "it is not whole");
    assert_eq!(reception.take(begin(1, FILE), &mut kept), has(1, 8), "the answer was lost");
    assert_eq!(reception.take(piece(1, 8, &FILE[8..]), &mut kept), has(1, FILE.len() as u32));
    assert_eq!(kept.open.as_deref(), Some(FILE));
}

#[test]
fn the_length_of_a_file_below_at_and_above_its_bounds() {
    for (bytes, taken) in [(0, false), (1, true), (MAX_FILE, true), (MAX_FILE + 1, false), (u32::MAX, false)]
    {
        let (mut reception, mut kept) = (Reception::new(), Kept::default());
        let begin = Request::Begin { transfer: 1, name: name("a"), bytes, sum: 0 };
        let step = reception.take(begin.clone(), &mut kept);
        assert_eq!(kept.opened, u32::from(taken), "{bytes}");
        if taken {
            assert_eq!(step, has(1, 0));
        } else {
            let why = refusal(step.clone());
            assert!(why.contains(if bytes == 0 { "empty" } else { "520192 at most" }), "{why}");
            let Step::Refuse(_, reply) = step else { panic!("{step:?}") };
            assert_eq!(
                reception.take(begin, &mut kept),
                Step::Answer(reply.clone()),
                "as often as it is asked"
            );
            assert_eq!(reception.take(piece(1, 0, b"x"), &mut kept), Step::Answer(reply));
        }
    }
}

#[test]
fn more_than_was_announced_is_refused() {
    for (at, bytes) in [(0, FILE.len() + 1), (FILE.len(), 1)] {
        let (mut reception, mut kept) = if at == 0 {
            let mut begun = (Reception::new(), Kept::default());
            begun.0.take(begin(1, FILE), &mut begun.1);
            begun
        } else {
            received(FILE)
        };
        let step = reception.take(piece(1, at as u32, &vec![7; bytes]), &mut kept);
        assert!(refusal(step).contains("18 bytes, and more are sent"));
        assert!(kept.open.is_none(), "its place is free");
        assert!(matches!(
            reception.take(Request::Deliver { transfer: 1 }, &mut kept),
            Step::Answer(Reply::Refused { .. })
        ));
    }
}

#[test]
fn another_sum_is_refused() {
    let (mut reception, mut kept) = (Reception::new(), Kept::default());
    let bytes = FILE.len() as u32;
    reception.take(Request::Begin { transfer: 1, name: name("a"), bytes, sum: 1 }, &mut kept);
    reception.take(piece(1, 0, FILE), &mut kept);
    let why = refusal(reception.take(Request::Deliver { transfer: 1 }, &mut kept));
    assert!(why.contains("was to have 00000001"), "{why}");
    assert!(kept.open.is_none());
}

#[test]
fn the_newest_transfer_is_the_only_one() {
    let (mut reception, mut kept) = received(FILE);
    assert_eq!(reception.take(begin(2, b"other"), &mut kept), has(2, 0));
    for request in [piece(1, 0, b"x"), Request::Deliver { transfer: 1 }, piece(3, 0, b"x")] {
        let transfer = if matches!(request, Request::Piece { transfer: 3, .. }) { 3 } else { 1 };
        assert_eq!(reception.take(request, &mut kept), unknown(transfer));
    }
    assert_eq!(reception.take(piece(2, 0, b"other"), &mut kept), has(2, 5));
    assert!(matches!(reception.take(Request::Deliver { transfer: 2 }, &mut kept), Step::Load(_)));
    // While that is loaded, too; what comes of it nobody is told.
    kept.open = None;
    assert_eq!(reception.take(begin(4, FILE), &mut kept), has(4, 0));
    assert!(!reception.finish(2, &Reply::Ended { transfer: 2 }));
    assert_eq!(reception.take(piece(4, 0, FILE), &mut kept), has(4, 18), "and it goes on");
}

#[test]
fn the_same_number_for_another_file_is_another_file() {
    let (mut reception, mut kept) = received(FILE);
    assert_eq!(reception.take(begin(1, b"other"), &mut kept), has(1, 0));
    assert_eq!(kept.opened, 2);
}

#[test]
fn where_there_is_no_place_that_is_told_until_there_is_one() {
    let (mut reception, mut kept) = (Reception::new(), Kept { full: true, ..Kept::default() });
    assert!(refusal(reception.take(begin(1, FILE), &mut kept)).contains("as many as there can be"));
    kept.full = false;
    assert_eq!(reception.take(begin(2, FILE), &mut kept), has(2, 0));
}

#[test]
fn before_the_first_transfer() {
    let (mut reception, mut kept) = (Reception::new(), Kept::default());
    let here = Reply::Here { number: 9, version: VERSION };
    assert_eq!(reception.take(Request::Hello { number: 9 }, &mut kept), Step::Answer(here));
    assert_eq!(reception.take(piece(1, 0, b"x"), &mut kept), unknown(1));
    assert_eq!(reception.take(Request::Deliver { transfer: 1 }, &mut kept), unknown(1));
}
