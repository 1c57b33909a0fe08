//! Whatever comes over the host's line, with right sums and with wrong ones: a file's bytes land in order, inside of its place and only
//! while that is open, and what is loaded is as long as it was to be and has the sum that it was to have.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it expects"
)]

use ipc_proto::operator::Sentence;
use ipc_proto::push::frame::{self, Frames, MAX_FRAME};
use ipc_proto::push::{MAX_FILE, Reply, Request, sum};
use root_task_core::push::{Place, Reception, Step};

fuzz_tests::target!(line, "line", holds);

/// A place that is as strict as it can be.
#[derive(Default)]
struct Strict {
    open: Option<Vec<u8>>,
    length: usize,
}

impl Place for Strict {
    fn open(&mut self, bytes: u32) -> Result<(), Sentence> {
        assert!((1..=MAX_FILE).contains(&bytes) && self.open.is_none(), "{bytes}");
        (self.open, self.length) = (Some(Vec::new()), bytes as usize);
        Ok(())
    }

    fn write(&mut self, at: u32, piece: &[u8]) {
        let file = self.open.as_mut().unwrap_or_else(|| panic!("it is not open"));
        assert_eq!(file.len(), at as usize);
        file.extend(piece);
        assert!(file.len() <= self.length);
    }

    fn give_up(&mut self) {
        assert!(self.open.take().is_some());
    }
}

/// What is between two zeros is a frame.
fn holds(input: &[u8]) {
    let (mut frames, mut reception, mut place) = (Frames::new(), Reception::new(), Strict::default());
    let mut expected = 0;
    for chunk in input.split(|byte| *byte == 0) {
        for byte in chunk.iter().chain(&[0]) {
            if let Some(Ok(request)) = frames.take(*byte) {
                asks(&mut reception, &mut place, &mut expected, request);
            }
        }
        // A changed frame has a wrong sum: what is in it is looked at all the same.
        let mut framed = chunk.to_vec();
        let length = cobs::decode_in_place(&mut framed).unwrap_or(0).saturating_sub(4);
        if let Ok(request) = postcard::from_bytes::<Request>(&framed[..length]) {
            asks(&mut reception, &mut place, &mut expected, request);
        }
    }
}

fn asks(reception: &mut Reception, place: &mut Strict, expected: &mut u32, request: Request) {
    assert!(frame::encode(&request, &mut [0; MAX_FRAME]).is_ok(), "{request:?}");
    let begins = if let Request::Begin { sum, .. } = &request { Some(*sum) } else { None };
    match reception.take(request, place) {
        Step::Answer(reply) => {
            assert!(frame::encode(&reply, &mut [0; MAX_FRAME]).is_ok(), "{reply:?}");
            if let (Some(sum), Reply::Has { bytes: 0, .. }) = (begins, reply) {
                *expected = sum;
            }
        }
        Step::Refuse(_, reply) => assert!(frame::encode(&reply, &mut [0; MAX_FRAME]).is_ok(), "{reply:?}"),
        Step::Load(delivery) => {
            let file = place.open.take().unwrap_or_else(|| panic!("it was not open"));
            assert_eq!((file.len(), sum(&file), delivery.sum), (place.length, *expected, *expected));
            let reply = Reply::Ended { transfer: delivery.transfer };
            assert!(
                reception.finish(delivery.transfer, &reply) && !reception.finish(delivery.transfer, &reply)
            );
        }
    }
}
