//! What is wrong with an enum of errors.
use ipc_proto::interface::wire_error;

#[wire_error]
enum Zero {
    /// None.
    None = 0, //~ the number of an error is from 1 to 32767, without a type: 0 is none on the wire
}

#[wire_error]
enum TooHigh {
    /// One.
    One = 32768, //~ the number of an error is from 1 to 32767
}

const ONE: u16 = 1;

#[wire_error]
enum Elsewhere {
    /// One.
    One = ONE, //~ the number of an error stands here itself
}

#[wire_error]
enum Typed {
    /// One.
    One = 1u8, //~ the number of an error is from 1 to 32767, without a type
}

#[wire_error]
enum Negative {
    /// One.
    One = -1, //~ the number of an error is from 1 to 32767
}

#[wire_error]
#[derive(Clone, Copy)] //~ `#[wire_error]` derives Clone, Copy, Debug, PartialEq, Eq, Hash itself
enum Derived {
    /// One.
    One = 1,
}

#[wire_error]
#[repr(u8)] //~ `#[wire_error]` chooses the representation itself
enum Represented {
    /// One.
    One = 1,
}

#[wire_error]
enum Sometimes {
    /// One.
    #[cfg(test)] //~ it is there or not there for both sides
    One = 1,
}

#[wire_error]
enum WithoutNumber {
    /// One.
    One, //~ `One` needs its number: `One = 1`
}

#[wire_error]
enum Carries {
    /// One.
    One(u8), //~ `One` carries nothing: an error goes over the wire as its number
}

#[wire_error]
enum Twice {
    /// One.
    One = 1,
    /// Two.
    Two = 1, //~ another error has the number 1 already
}

#[wire_error]
enum Silent {
    One = 1, //~ `One` needs a documentation: its first paragraph is what a person reads
}

#[wire_error]
enum Empty {} //~ it has no error

#[wire_error]
enum Generic<T> { //~ the errors of an interface have no parameters
    /// One.
    One = 1,
}

fn main() {}
