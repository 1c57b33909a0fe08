//! What a type is made of, and the bounds in it, are seen by the hash of the interface that has it, however deep they lie.
#![allow(missing_docs, dead_code, reason = "the types are what is tested")]

use heapless::{String, Vec};
use ipc_proto::interface::{Interface, interface, wire, wire_error};

#[wire_error]
pub enum ShapesError {
    /// Interrupted.
    Interrupted = 1,
}

/// An interface whose method takes and gives what a type of that name is, which is called the same in all of them.
macro_rules! shape {
    ($name:ident: $($types:tt)*) => {
        mod $name {
            use super::*;

            $($types)*

            #[interface(name = "shapes", version = 1, error = ShapesError)]
            pub trait Shapes {
                /// Does it.
                /// # Request
                /// It.
                /// # Preconditions
                /// None.
                /// # Response
                /// Nothing.
                /// # Errors
                /// None.
                fn takes(&mut self, of: Of) -> Result<(), ShapesError>;

                /// Does it.
                /// # Request
                /// Nothing.
                /// # Preconditions
                /// None.
                /// # Response
                /// It.
                /// # Errors
                /// None.
                fn gives(&mut self) -> Result<Of, ShapesError>;
            }

            pub const HASH: u64 = ShapesInterface::HASH;
        }
    };
}

shape! { message:
    #[wire] pub struct Of { a: u32, b: Option<Inner> }
    #[wire] pub enum Inner { One(u8), Other }
}
shape! { the_same:
    #[wire] #[derive(Debug)] pub struct Of { pub a: u32, pub b: Option<Inner> }
    #[wire] #[derive(Debug)] pub enum Inner { One(u8), Other }
}
shape! { swapped:
    #[wire] pub struct Of { b: Option<Inner>, a: u32 }
    #[wire] pub enum Inner { One(u8), Other }
}
shape! { renamed:
    #[wire] pub struct Of { c: u32, b: Option<Inner> }
    #[wire] pub enum Inner { One(u8), Other }
}
shape! { retyped:
    #[wire] pub struct Of { a: i32, b: Option<Inner> }
    #[wire] pub enum Inner { One(u8), Other }
}
shape! { longer:
    #[wire] pub struct Of { a: u32, b: Option<Inner>, c: () }
    #[wire] pub enum Inner { One(u8), Other }
}
shape! { inside:
    #[wire] pub struct Of { a: u32, b: Option<Inner> }
    #[wire] pub enum Inner { One(i8), Other }
}
shape! { in_another_order:
    #[wire] pub struct Of { a: u32, b: Option<Inner> }
    #[wire] pub enum Inner { Other, One(u8) }
}
shape! { bounds:
    #[wire] pub struct Of { a: Text<8>, b: Option<Inner> }
    #[wire] pub enum Inner { One(Vec<u16, 4>), Other }
    #[wire] pub struct Text<const N: usize>(String<N>);
}
shape! { longer_text:
    #[wire] pub struct Of { a: Text<9>, b: Option<Inner> }
    #[wire] pub enum Inner { One(Vec<u16, 4>), Other }
    #[wire] pub struct Text<const N: usize>(String<N>);
}
shape! { more_items:
    #[wire] pub struct Of { a: Text<8>, b: Option<Inner> }
    #[wire] pub enum Inner { One(Vec<u16, 5>), Other }
    #[wire] pub struct Text<const N: usize>(String<N>);
}
shape! { other_items:
    #[wire] pub struct Of { a: Text<8>, b: Option<Inner> }
    #[wire] pub enum Inner { One(Vec<u32, 4>), Other }
    #[wire] pub struct Text<const N: usize>(String<N>);
}
shape! { words:
    #[wire(words)] pub struct Of { a: u32, b: Inner, c: [u8; 3] }
    #[wire(words)] #[repr(u8)] pub enum Inner { One = 1, Other = 2 }
}
shape! { words_swapped:
    #[wire(words)] pub struct Of { a: u32, c: [u8; 3], b: Inner }
    #[wire(words)] #[repr(u8)] pub enum Inner { One = 1, Other = 2 }
}
shape! { words_retyped:
    #[wire(words)] pub struct Of { a: i32, b: Inner, c: [u8; 3] }
    #[wire(words)] #[repr(u8)] pub enum Inner { One = 1, Other = 2 }
}
shape! { numbered:
    #[wire(words)] pub struct Of { a: u32, b: Inner, c: [u8; 3] }
    #[wire(words)] #[repr(u8)] pub enum Inner { One = 2, Other = 1 }
}

#[test]
fn what_a_type_is_made_of_is_in_the_hash() {
    assert_eq!(message::HASH, the_same::HASH);
    let all = [
        message::HASH,
        swapped::HASH,
        renamed::HASH,
        retyped::HASH,
        longer::HASH,
        inside::HASH,
        in_another_order::HASH,
        bounds::HASH,
        longer_text::HASH,
        more_items::HASH,
        other_items::HASH,
        words::HASH,
        words_swapped::HASH,
        words_retyped::HASH,
        numbered::HASH,
    ];
    for (place, one) in all.iter().enumerate() {
        assert!(!all.iter().skip(place + 1).any(|other| one == other), "{place}: {all:x?}");
    }
}
