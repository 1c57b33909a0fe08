//! Which types go as words, below, at and above four of them, and what of them a server refuses.
#![allow(missing_docs, dead_code, reason = "the types are what is tested")]

use core::num::NonZeroU64;

use ipc_proto::interface::dispatch::Events;
use ipc_proto::interface::loopback::Loopback;
use ipc_proto::interface::{Interface, interface, wire, wire_error};
use ipc_proto::label::{self, Status};

/// It is aligned to more than a word.
#[wire(words)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(16))]
pub struct Aligned([u64; 2]);

/// It has no bytes.
#[wire(words)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nothing;

#[wire_error]
pub enum KindsError {
    /// Interrupted.
    Interrupted = 1,
}

type Answer<A> = Result<A, KindsError>;

#[interface(name = "kinds", version = 1, error = KindsError)]
pub trait Kinds {
    /// Four words of three types.
    /// # Request
    /// It.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// None.
    fn four(&mut self, a: u128, b: bool, c: char) -> Result<(), KindsError>;

    /// Four words, and nothing behind them.
    /// # Request
    /// It.
    /// # Preconditions
    /// None.
    /// # Response
    /// It.
    /// # Errors
    /// None.
    fn whole(&mut self, a: [u8; 32], b: (), c: Nothing) -> Result<[u8; 32], KindsError>;

    /// An argument in five words, the last of which has one byte.
    /// # Request
    /// It.
    /// # Preconditions
    /// None.
    /// # Response
    /// It.
    /// # Errors
    /// None.
    fn five(&mut self, a: [u8; 25], b: u8) -> Result<u8, KindsError>;

    /// An answer of five words.
    /// # Request
    /// Nothing.
    /// # Preconditions
    /// None.
    /// # Response
    /// Five words.
    /// # Errors
    /// None.
    fn long(&mut self) -> Result<[u64; 5], KindsError>;

    /// More than a word's alignment, and no number as 0.
    /// # Request
    /// It.
    /// # Preconditions
    /// None.
    /// # Response
    /// It.
    /// # Errors
    /// None.
    fn aligned(&mut self, a: Option<NonZeroU64>, b: Aligned, c: f64) -> Result<Aligned, KindsError>;

    /// What is no plain data.
    /// # Request
    /// It.
    /// # Preconditions
    /// None.
    /// # Response
    /// It.
    /// # Errors
    /// None.
    fn perhaps(&mut self, a: Option<u8>, b: f64) -> Result<Option<f64>, KindsError>;
}

struct Server;

impl Events for Server {}

impl Kinds for Server {
    fn four(&mut self, a: u128, b: bool, c: char) -> Answer<()> {
        assert_eq!((a, b, c), (1 << 64 | 2, true, 'x'));
        Ok(())
    }

    fn whole(&mut self, a: [u8; 32], (): (), _: Nothing) -> Answer<[u8; 32]> {
        Ok(a)
    }

    fn five(&mut self, _: [u8; 25], b: u8) -> Answer<u8> {
        Ok(b)
    }

    fn long(&mut self) -> Answer<[u64; 5]> {
        Ok([1, 2, 3, 4, 5])
    }

    fn aligned(&mut self, a: Option<NonZeroU64>, b: Aligned, _: f64) -> Answer<Aligned> {
        assert_eq!(a, None);
        Ok(b)
    }

    fn perhaps(&mut self, a: Option<u8>, b: f64) -> Answer<Option<f64>> {
        Ok(a.map(|_| b))
    }
}

#[test]
fn every_kind_comes_over_and_four_words_are_the_most() {
    let way = Loopback::new(KindsServer(Server), 1);
    let client = KindsClient::new(&way);
    assert_eq!(client.four(1 << 64 | 2, true, 'x'), Ok(()));
    assert_eq!(client.whole([7; 32], (), Nothing), Ok([7; 32]));
    assert_eq!(client.five([1; 25], 9), Ok(9));
    assert_eq!(client.long(), Ok([1, 2, 3, 4, 5]));
    assert_eq!(client.aligned(None, Aligned([1, 2]), 1.5), Ok(Aligned([1, 2])));
    assert_eq!(client.perhaps(Some(1), 1.5), Ok(Some(1.5)));
    let labels = KindsInterface::METHODS.iter().map(|method| method.label);
    assert!(labels.eq([0x8101, 0x8102, 0x103, 0x104, 0x8105, 0x106]));
}

#[test]
fn what_is_no_value_of_a_type_is_refused() {
    let way = Loopback::new(KindsServer(Server), 1);
    for (words, is) in [
        ([2, 1, 1, u64::from('x')], true),
        ([2, 1, 2, u64::from('x')], false),
        ([2, 1, 1, 0xd800], false),
        ([2, 1, 1, 0x0011_0000], false),
        ([2, 1, 1, 1 << 32 | u64::from('x')], false),
    ] {
        let status = if is { Status::Ok } else { Status::BadMessage };
        assert_eq!(way.send(KindsMethods::FOUR.label, &words).0, label::reply(status), "{words:x?}");
    }
}

/// The same trait over two types of one name, of which only one is plain data.
macro_rules! marked {
    ($module:ident, $($wire:tt)*) => {
        mod $module {
            use ipc_proto::interface::wire;

            #[$($wire)*]
            pub struct Marker;

            #[ipc_proto::interface::interface(name = "marked", version = 1, error = super::KindsError)]
            pub trait Marked {
                /// Does it.
                /// # Request
                /// It.
                /// # Preconditions
                /// None.
                /// # Response
                /// Nothing.
                /// # Errors
                /// None.
                fn mark(&mut self, marker: Marker) -> Result<(), super::KindsError>;
            }
        }
    };
}

marked!(as_words, wire(words));
marked!(as_message, wire);

#[test]
fn the_hash_says_which_way_a_method_goes_that_has_no_bytes() {
    assert_eq!((as_words::MarkedMethods::MARK.label, as_message::MarkedMethods::MARK.label), (0x8101, 0x101));
    assert_ne!(as_words::MarkedInterface::HASH, as_message::MarkedInterface::HASH);
}
