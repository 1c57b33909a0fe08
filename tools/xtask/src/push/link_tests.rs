//! The tool against the supervisor's half, over a line that loses and changes things; and against peers that keep no rule.

use std::os::unix::net::UnixStream;
use std::thread::{self, JoinHandle};

use ipc_proto::operator::Sentence;
use serde::Serialize;

use super::*;
use crate::push::fake::{INSTANCE, Supervisor};

/// Where it is what ends the test.
const SHORT: Patience = Patience {
    repeat: Duration::from_millis(10),
    silence: Duration::from_millis(700),
    start: Duration::from_millis(700),
};
/// Where nothing of the test waits for its end, however slow the machine is.
const LONG: Patience = Patience {
    repeat: Duration::from_millis(5),
    silence: Duration::from_secs(10),
    start: Duration::from_secs(10),
};

fn parcel(file: &[u8]) -> Parcel<'_> {
    Parcel { name: Name::new("counter").unwrap(), file, transfer: 77 }
}

fn file(bytes: usize) -> Vec<u8> {
    (0..=250).cycle().take(bytes).collect()
}

/// Both ends of a line, ours with its time limits.
fn line() -> (UnixStream, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    ours.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
    ours.set_write_timeout(Some(Duration::from_millis(2))).unwrap();
    (ours, theirs)
}

/// Pushes `file` to a peer that runs in a thread of its own. Gives what came of it, and the peer.
fn push<T: Send + 'static>(
    file: &[u8],
    peer: impl FnOnce(UnixStream) -> T + Send + 'static,
) -> (Result<Pushed, LinkError>, JoinHandle<T>) {
    push_in(LONG, file, peer)
}

fn push_in<T: Send + 'static>(
    patience: Patience,
    file: &[u8],
    peer: impl FnOnce(UnixStream) -> T + Send + 'static,
) -> (Result<Pushed, LinkError>, JoinHandle<T>) {
    let (ours, theirs) = line();
    let peer = thread::spawn(move || peer(theirs));
    (Link::over(ours, patience).push(parcel(file), |_| {}), peer)
}

fn framed<T: Serialize>(message: &T) -> Vec<u8> {
    frame::encode(message, &mut [0; MAX_FRAME]).unwrap().to_vec()
}

/// Hands each request to `answer` until the line is closed.
fn serve(mut stream: UnixStream, mut answer: impl FnMut(Request) -> Vec<u8>) {
    let (mut frames, mut buffer) = (Frames::new(), [0; 300]);
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        for byte in &buffer[..count] {
            if let Some(Ok(request)) = frames.take(*byte) {
                let bytes = answer(request);
                if stream.write_all(&bytes).is_err() {
                    return;
                }
            }
        }
    }
}

const LIVE: Pushed = Pushed::Live { instance: INSTANCE, replaced: false };

#[test]
fn files_of_every_length_arrive_whole() {
    for bytes in [1, MAX_PIECE - 1, MAX_PIECE, MAX_PIECE + 1, 2 * MAX_PIECE, 10 * MAX_PIECE + 7] {
        let file = file(bytes);
        let (pushed, peer) = push(&file, |stream| {
            let mut supervisor = Supervisor::default();
            serve(stream, |request| framed(&supervisor.answer(request)));
            supervisor
        });
        assert_eq!(pushed.unwrap(), LIVE, "{bytes}");
        let supervisor = peer.join().unwrap();
        assert!(supervisor.kept.0 == file && supervisor.loaded == 1, "{bytes}");
    }
}

#[test]
fn what_is_lost_doubled_and_broken_is_said_again() {
    for seed in 1..12_u64 {
        let file = file(5 * MAX_PIECE + 1);
        let (pushed, peer) = push(&file, move |stream| {
            let (mut supervisor, mut random) = (Supervisor::default(), seed);
            let mut draw = move |of: u64| {
                random =
                    random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (random >> 33) % of
            };
            serve(stream, |request| {
                if draw(4) == 0 {
                    return Vec::new(); // The request was lost.
                }
                let mut bytes = framed(&supervisor.answer(request));
                match draw(6) {
                    0 => bytes.clear(),                           // The reply was lost.
                    1 => bytes = [bytes.clone(), bytes].concat(), // It comes twice.
                    2 => bytes.truncate(bytes.len() / 2),         // It is cut off.
                    3 => bytes[0] ^= 1 << draw(8),                // It is changed.
                    4 => bytes = [b"\0noise\0\0".to_vec(), vec![7; 3000], vec![0], bytes].concat(),
                    _ => {}
                }
                bytes
            });
            supervisor
        });
        assert_eq!(pushed.unwrap(), LIVE, "seed {seed}");
        let supervisor = peer.join().unwrap();
        assert!(supervisor.kept.0 == file && supervisor.loaded == 1, "seed {seed}");
    }
}

/// A peer that greets, and then answers by a function.
fn greets(mut answer: impl FnMut(Request) -> Vec<u8>) -> impl FnMut(Request) -> Vec<u8> {
    move |request| match request {
        Request::Hello { number } => framed(&Reply::Here { number, version: VERSION }),
        request => answer(request),
    }
}

fn told(pushed: Result<Pushed, LinkError>) -> String {
    pushed.unwrap_err().to_string()
}

#[test]
fn nobody_there() {
    let (pushed, _peer) = push_in(SHORT, &file(10), |stream| {
        thread::sleep(SHORT.silence * 2);
        drop(stream);
    });
    assert!(told(pushed).contains("push = true"));
}

#[test]
fn another_version_is_not_talked_to() {
    let (pushed, _peer) = push(&file(10), |stream| {
        serve(stream, |request| match request {
            Request::Hello { number } => framed(&Reply::Here { number, version: VERSION + 1 }),
            _ => panic!("something else was said"),
        });
    });
    assert!(told(pushed).contains(&format!("version {}", VERSION + 1)));
}

#[test]
fn whoever_does_not_get_on_is_given_up() {
    let has = |bytes| move |_| framed(&Reply::Has { transfer: 77, bytes });
    // Always the same, more than there is, more than was sent.
    for bytes in [0, 11, u32::MAX] {
        let (pushed, _peer) = push_in(SHORT, &file(10), move |stream| serve(stream, greets(has(bytes))));
        assert!(told(pushed).contains("has taken no more"), "{bytes}");
    }
}

#[test]
fn replies_to_others_are_none() {
    let (pushed, _peer) = push_in(SHORT, &file(10), |stream| {
        serve(
            stream,
            greets(|_| {
                let others = [
                    Reply::Has { transfer: 78, bytes: 0 },
                    Reply::Working { transfer: 78 },
                    Reply::Live { transfer: 78, instance: INSTANCE, replaced: true },
                    Reply::Ended { transfer: 78 },
                    Reply::Refused { transfer: 78, why: Sentence::new() },
                    Reply::Undone { transfer: 78, again: None, why: Sentence::new() },
                    Reply::Unknown { transfer: 78 },
                    Reply::Here { number: 77, version: VERSION },
                ];
                others.iter().flat_map(framed).collect()
            }),
        );
    });
    assert!(told(pushed).contains("has 0 of 10 bytes"));
}

#[test]
fn a_flood_ends_with_our_patience() {
    for noise in [vec![1_u8; 4096], vec![0; 4096], framed(&Reply::Working { transfer: 78 }).repeat(100)] {
        let (pushed, _peer) =
            push_in(SHORT, &file(10), move |mut stream| while stream.write_all(&noise).is_ok() {});
        assert!(told(pushed).contains("has not answered"));
    }
}

#[test]
fn a_module_that_is_never_live_ends_with_our_patience() {
    let (pushed, _peer) = push_in(SHORT, &file(10), |stream| {
        let mut supervisor = Supervisor::default();
        serve(stream, |request| match supervisor.answer(request) {
            Reply::Live { transfer, .. } => framed(&Reply::Working { transfer }),
            reply => framed(&reply),
        });
    });
    assert!(told(pushed).contains("is not live after"));
}

#[test]
fn a_line_that_is_cut_off_is_told_wherever_it_is() {
    for after in 0..4 {
        let (pushed, _peer) = push(&file(10), move |stream| {
            let mut supervisor = Supervisor::default();
            let mut left = after;
            let closes = stream.try_clone().unwrap();
            serve(stream, |request| {
                if left == 0 {
                    closes.shutdown(std::net::Shutdown::Both).unwrap();
                }
                left -= 1;
                framed(&supervisor.answer(request))
            });
        });
        assert!(told(pushed).contains("cut off"), "{after}");
    }
}

#[test]
fn a_peer_that_reads_nothing_keeps_nobody() {
    let (ours, _theirs) = line();
    let mut full = ours.try_clone().unwrap();
    while full.write(&[1; 4096]).is_ok() {}
    let pushed = Link::over(ours, SHORT).push(parcel(&file(10)), |_| {});
    assert!(told(pushed).contains("has not answered"));
}

#[test]
fn what_was_forgotten_is_told() {
    let (pushed, _peer) = push(&file(10), |stream| {
        let mut supervisor = Supervisor::default();
        serve(stream, |request| match request {
            // The system was started anew.
            Request::Deliver { .. } => framed(&Supervisor::default().answer(request)),
            request => framed(&supervisor.answer(request)),
        });
    });
    assert!(told(pushed).contains("has forgotten the file"));
}

#[test]
fn a_refusal_is_no_command_for_the_terminal() {
    let (pushed, _peer) = push(&file(10), |stream| {
        serve(
            stream,
            greets(|_| {
                let why = Sentence::try_from("no \x1b[2Jroom\n").unwrap();
                framed(&Reply::Refused { transfer: 77, why })
            }),
        );
    });
    assert_eq!(pushed.unwrap(), Pushed::Refused("no ?[2Jroom?".into()));
}

#[test]
fn who_was_replaced_in_vain_is_no_refusal() {
    for again in [Some(INSTANCE), None] {
        let (pushed, _peer) = push(&file(10), move |stream| {
            let mut supervisor = Supervisor::default();
            serve(stream, |request| match supervisor.answer(request) {
                Reply::Working { transfer } => {
                    let why = Sentence::try_from("it was \x1b[2Jnot replaced").unwrap();
                    framed(&Reply::Undone { transfer, again, why })
                }
                reply => framed(&reply),
            });
        });
        assert_eq!(pushed.unwrap(), Pushed::Undone { again, why: "it was ?[2Jnot replaced".into() });
    }
}
