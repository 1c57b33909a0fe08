//! What is wrong with a type that is to go over the wire.
use ipc_proto::interface::wire;

#[wire(bytes)] //~ it takes `words` or nothing: `#[wire]`, `#[wire(words)]`
struct Bytes(u64);

#[wire]
union Either { //~ a union does not say what is in it: make it an enum
    a: u32,
    b: u64,
}

#[wire]
struct Borrowed<'a> { //~ a reference does not go over the wire: own what is sent
    text: &'a str,
}

#[wire]
#[derive(Clone, Schema)] //~ `#[wire]` derives Schema itself, where it is needed
struct Twice(u64);

#[wire]
#[serde(transparent)] //~ it is sent as it stands
struct Told(u64);

#[wire]
struct ToldInside {
    #[serde(skip)] //~ it is sent as it stands
    a: u64,
}

#[wire]
enum ToldOfOne {
    #[serde(skip)] //~ it is sent as it stands
    A,
    B,
}

#[wire]
enum ToldWithin {
    A {
        #[serde(with = "elsewhere")] //~ it is sent as it stands
        a: u64,
    },
}

#[wire(words)]
enum Unnumbered { //~ say how its number is sent: `#[repr(u8)]`
    A,
    B,
}

// What is derived asks, too, in words of its own, which begin with the type's name.
#[wire(words)] //~ `Gappy`
struct Gappy { //~ `Gappy` has gaps between or behind its fields
    a: u8,
    b: u64,
}

struct Inside;

#[wire] //~ `Inside: //~ `Inside:
struct Outside {
    a: u64,
    b: Inside, //~ its type does not go over the wire: `#[wire]` has to stand on that, too //~ `Inside: //~ `Inside: //~ `Inside:
}

fn main() {}
