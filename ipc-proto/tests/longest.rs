//! How long a value can become in a message: none is longer than is said of its type, and the fullest is as long.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use core::fmt::Debug;
use core::num::NonZeroU64;

use heapless::{String, Vec};
use ipc_proto::ids::Generation;
use ipc_proto::interface::bulk::Part;
use ipc_proto::interface::probe::Shape;
use ipc_proto::interface::{Passed, wire};
use ipc_proto::passing::Token;
use postcard_schema_ng::Schema;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde::Serialize;

fn length_of<T: Serialize>(value: &T) -> usize {
    postcard::to_slice(value, &mut [0; 16384]).unwrap().len()
}

/// No such value is longer than is said of its type; gives how long that is.
#[track_caller]
fn bounded<T: Serialize + Schema + Debug>(values: impl Strategy<Value = T>) -> usize {
    let most = Shape::<T>::MOST.unwrap();
    TestRunner::default()
        .run(&values, |value| {
            let length = length_of(&value);
            prop_assert!(length <= most, "{length} bytes, and {most} are said to be the most");
            Ok(())
        })
        .unwrap();
    most
}

/// The same, and that this one is as long.
#[track_caller]
fn holds<T: Serialize + Schema + Debug>(values: impl Strategy<Value = T>, fullest: T, most: usize) {
    assert_eq!((bounded(values), length_of(&fullest)), (most, most), "{fullest:?}");
}

/// As much of a text as there is room for.
fn text<const N: usize>() -> impl Strategy<Value = String<N>> {
    vec(any::<char>(), 0..=N).prop_map(|letters| {
        let mut text = String::new();
        letters.into_iter().for_each(|letter| drop(text.push(letter)));
        text
    })
}

fn full<const N: usize>() -> String<N> {
    "x".repeat(N).as_str().try_into().unwrap()
}

fn items<T: Debug + Clone, const N: usize>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<T, N>> {
    vec(of, 0..=N).prop_map(|items| items.into_iter().collect())
}

fn all<T: Clone, const N: usize>(of: T) -> Vec<T, N> {
    core::iter::repeat_n(of, N).collect()
}

#[test]
fn numbers_take_a_byte_for_each_seven_bits() {
    holds(any::<()>(), (), 0);
    holds(any::<bool>(), true, 1);
    holds(any::<u8>(), u8::MAX, 1);
    holds(any::<i8>(), i8::MIN, 1);
    holds(any::<u16>(), u16::MAX, 3);
    holds(any::<i16>(), i16::MIN, 3);
    holds(any::<u32>(), u32::MAX, 5);
    holds(any::<i32>(), i32::MIN, 5);
    holds(any::<u64>(), u64::MAX, 10);
    holds(any::<i64>(), i64::MIN, 10);
    holds(any::<u128>(), u128::MAX, 19);
    holds(any::<i128>(), i128::MIN, 19);
    holds(any::<f32>(), f32::MAX, 4);
    holds(any::<f64>(), f64::MAX, 8);
    holds(any::<char>(), char::MAX, 5);
    holds(any::<NonZeroU64>(), NonZeroU64::MAX, 10);
}

#[test]
fn what_is_made_of_others_takes_what_they_take() {
    holds(any::<Option<u16>>(), Some(u16::MAX), 4);
    holds(any::<Result<u8, u32>>(), Err(u32::MAX), 6);
    holds(any::<Result<u32, u8>>(), Ok(u32::MAX), 6);
    holds(any::<[u32; 5]>(), [u32::MAX; 5], 25);
    holds(any::<(u16, bool, Option<char>)>(), (u16::MAX, true, Some(char::MAX)), 10);
}

/// The length before them takes a byte more from 128 on, and from 16,384 on.
#[test]
fn strings_and_vectors_take_their_bounds_and_a_length() {
    holds(text::<0>(), full(), 1);
    holds(text::<1>(), full(), 2);
    holds(text::<127>(), full(), 128);
    holds(text::<128>(), full(), 130);
    holds(text::<300>(), full(), 302);
    holds(items::<_, 0>(any::<u64>()), all(u64::MAX), 1);
    holds(items::<_, 127>(any::<u8>()), all(u8::MAX), 128);
    holds(items::<_, 128>(any::<u16>()), all(u16::MAX), 386);
    holds(items::<_, 64>(any::<[u64; 4]>()), all([u64::MAX; 4]), 2561);
    holds(items::<_, 3>(text::<9>()), all(full()), 31);
    assert_eq!((Shape::<String<16_383>>::MOST, Shape::<String<16_384>>::MOST), (Some(16_385), Some(16_387)));
    let lengths = [16_383_u64, 16_384].map(|length| length_of(&length));
    assert_eq!(lengths, [2, 3], "of the lengths themselves");
}

/// A struct of all kinds of fields.
#[wire]
#[derive(Clone, Debug)]
struct Note {
    at: u64,
    by: Option<Generation>,
    text: String<40>,
}

/// A struct whose bounds are parameters.
#[wire]
#[derive(Clone, Debug)]
struct Few<T, const N: usize>(Vec<T, N>, T);

/// One without fields.
#[wire]
#[derive(Clone, Debug)]
struct Nothing;

/// The longest variant is in the middle.
#[wire]
#[derive(Clone, Debug)]
enum Kind<T> {
    /// None.
    Unit(Nothing),
    /// Two.
    Two(u16, T),
    /// Named.
    Named { at: u32 },
}

#[test]
fn types_of_ones_own_take_what_they_are_made_of() {
    let note = || {
        (any::<u64>(), any::<Option<u32>>(), text()).prop_map(|(at, by, text)| Note {
            at,
            by: by.map(Generation),
            text,
        })
    };
    let fullest = || Note { at: u64::MAX, by: Some(Generation(u32::MAX)), text: full() };
    holds(note(), fullest(), 10 + 6 + 41);
    let few = (items::<_, 3>(note()), note()).prop_map(|(few, one)| Few(few, one));
    holds(few, Few(all(fullest()), fullest()), 1 + 4 * 57);
    let kind = prop_oneof![
        Just(Kind::Unit(Nothing)),
        (any::<u16>(), text::<8>()).prop_map(|(two, text)| Kind::Two(two, text)),
        any::<u32>().prop_map(|at| Kind::Named { at }),
    ];
    holds(kind, Kind::Two(u16::MAX, full()), 1 + 3 + 9);
}

#[test]
fn what_stands_for_a_connection_or_for_bulk_data_takes_ten() {
    holds(any::<u64>().prop_map(|token| Passed::<()>::of(Token(token))), Passed::of(Token(u64::MAX)), 10);
    holds(
        (0..4096_usize, any::<u64>()).prop_map(|(at, moment)| Part::new(at, moment)),
        Part::new(1, u64::MAX),
        10,
    );
}

/// An enum of 130 variants.
macro_rules! many {
    ($($name:ident)*) => {
        #[wire]
        #[derive(Clone, Debug)]
        #[allow(dead_code, reason = "they are counted")]
        enum Many {
            Long(u64),
            $($name,)*
            Last,
        }
    };
}

many! {
    A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 AA AB AC AD AE AF
    B0 B1 B2 B3 B4 B5 B6 B7 B8 B9 BA BB BC BD BE BF
    C0 C1 C2 C3 C4 C5 C6 C7 C8 C9 CA CB CC CD CE CF
    D0 D1 D2 D3 D4 D5 D6 D7 D8 D9 DA DB DC DD DE DF
    E0 E1 E2 E3 E4 E5 E6 E7 E8 E9 EA EB EC ED EE EF
    F0 F1 F2 F3 F4 F5 F6 F7 F8 F9 FA FB FC FD FE FF
    G0 G1 G2 G3 G4 G5 G6 G7 G8 G9 GA GB GC GD GE GF
    H0 H1 H2 H3 H4 H5 H6 H7 H8 H9 HA HB HC HD HE HF
}

/// The one type whose bound no value may reach: the number of a variant is taken to be as long as the last one's.
#[test]
fn the_longest_variant_of_more_than_128_can_have_a_shorter_number_than_the_last() {
    let many = prop_oneof![any::<u64>().prop_map(Many::Long), Just(Many::A0), Just(Many::Last)];
    assert_eq!(bounded(many), 12);
    assert_eq!((length_of(&Many::Long(u64::MAX)), length_of(&Many::Last)), (11, 2));
}
