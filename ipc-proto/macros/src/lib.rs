//! The macros of `ipc_proto::interface`: an interface is a trait, and its errors an enum.
//!
//! Each uses those above it only.
//!
//! | file | what it does |
//! |---|---|
//! | `text.rs` | tokens as text, and a text's hash |
//! | `attributes.rs` | what stands in `#[interface(..)]` and `#[method(..)]` |
//! | `headings.rs` | the four headings under which a method is documented |
//! | `bulk.rs` | the argument of a method whose data lies in shared memory |
//! | `passing.rs` | the arguments of a method that are connections |
//! | `owned.rs` | which types cannot be in an interface |
//! | `later.rs` | the answer of a method that is answered later |
//! | `description.rs` | an interface and its methods, as they were read |
//! | `names.rs` | what things are called in the generated code |
//! | `read.rs` | the trait as such a description, or what is wrong with it |
//! | `canonical.rs` | the text of which the compatibility hash is made |
//! | `methods.rs`, `client.rs`, `server.rs` | the code: numbers, the stub, the dispatch |
//! | `checks.rs` | what only the types can say: assertions that the compiler evaluates |
//! | `wire.rs` | a type that goes over the wire |
//! | `errors.rs` | the enum of errors |
//!
//! A wrong use is told at the place where it stands, in the words of the interface and not of the generated code; what
//! only the types decide is told by assertions that the compiler evaluates.
#![forbid(unsafe_code)]

mod attributes;
mod bulk;
mod canonical;
mod checks;
mod client;
mod description;
mod errors;
mod headings;
mod later;
mod methods;
mod names;
mod owned;
mod passing;
mod read;
mod server;
mod text;
mod wire;

use proc_macro::TokenStream;
use quote::quote;
use syn::{Attribute, DeriveInput, ItemEnum, ItemTrait, parse_macro_input, parse_quote};

/// Makes a trait an interface: `#[interface(name = "counter", version = 1, error = CounterError)]`.
///
/// - `name`: under which its services are published; 1 to 32 of `a`-`z`, `0`-`9` and `-`, the first a letter.
/// - `version`: a number below 65,536. Raise it where old clients would not understand the new server.
/// - `error`: an enum made by [`macro@wire_error`]; every method returns `Result<_, that>`.
/// - `window_pages`: where methods have bulk data, how large the window is in which it lies, 1 to 16 pages of 4 KiB. Eight
///   bytes of it are the macro's own. All interfaces that a client uses of one module have windows of the same size.
///
/// Each method takes `&mut self`, then, where it wants to know who calls, a `Client`, then what goes over the wire. Its
/// attribute `#[method(..)]` has
///
/// - `idempotent`: executed twice it does what it does once, so that the stub asks again where the server dies;
/// - `deadline_us = N`: how long a call may take, in microseconds; the module's own deadline where it is left out.
///
/// For a trait `Counter` there are then
///
/// - `CounterClient`, the stub over whatever is a `Call`: a method for each of the trait's;
/// - `CounterServer`, which dispatches calls to whatever implements `Counter`; a module with several interfaces has a `Several`
///   in its place, which takes one server for all of them;
/// - `CounterInterface`, its name, version and compatibility hash, and `CounterMethods`, the numbers.
///
/// Numbers follow the order in the trait: add methods at its end. Types of one's own have [`macro@wire`] on them. A method whose request and answer are plain data of four
/// words at most, each argument in whole words, goes in registers; any other one as a message, in postcard, which has room
/// for 960 bytes. What the types of a request or an answer can come to has to fit there, or the interface does not compile: a
/// string or a vector counts with its bound and a length of up to three bytes, a number of 16, 32, 64 or 128 bits with 3, 5, 10
/// or 19 bytes.
///
/// One argument of a method can be bulk data, which lies in memory that client and server share: a `BulkIn<'_>`, which the
/// client fills, or a `BulkOut<'_>`, which it gets. The message has one word for it. The stub takes a slice of bytes instead,
/// or a function that works on the window itself, and has a method `share`, which opens the window; the first call does so
/// otherwise. The server is `CounterServer(server, module_rt::bulk::Windows)` then.
///
/// An argument can be a connection that the client passes on, of which the message has one word, too: a
/// `Passed<CounterInterface>`. The stub takes a `&CounterClient<_>`; the server takes the connection with
/// `module_rt::passing::take`.
#[proc_macro_attribute]
pub fn interface(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let attribute = parse_macro_input!(attribute as attributes::OfInterface);
    let mut item = parse_macro_input!(item as ItemTrait);
    let read = read::interface(attribute, &mut item);
    match read {
        Ok(interface) => {
            let unserved = format!(
                "`{{Self}}` does not serve `{}`: what serves it implements the trait `{}`",
                interface.attribute.name.value(),
                interface.name
            );
            let told = parse_quote! { #[diagnostic::on_unimplemented(message = #unserved)] };
            // A trait that says something of that itself is left to it.
            if !item.attrs.iter().any(is_told) {
                item.attrs.push(told);
            }
            let written =
                [methods::write, checks::write, client::write, server::write].map(|write| write(&interface));
            quote! { #item #(#written)* }.into()
        }
        Err(error) => {
            let errors = error.into_compile_error();
            quote! { #item #errors }.into()
        }
    }
}

/// Whether it says what is told where the trait is not implemented.
fn is_told(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|last| last.ident == "on_unimplemented")
}

/// Makes an enum the errors of an interface: `#[wire_error] pub enum CounterError { /// It is full. Full = 1 }`.
///
/// Each has a number from 1 to 32,767, which is what goes over the wire, and a documentation whose first paragraph is
/// what a person reads. One that is called `Interrupted` says that the server died while it had the call, which may have
/// been executed: methods that are not idempotent need it.
///
/// The macro derives `Clone`, `Copy`, `Debug`, `PartialEq`, `Eq` and `Hash` and writes `Display` and `Error`; what is derived
/// beside them stands below it.
#[proc_macro_attribute]
pub fn wire_error(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as ItemEnum);
    errors::write(&attribute.into(), item).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Lets a struct or an enum be an argument or an answer: `#[wire] pub struct Note { pub at: u64, pub text: String<64> }`.
///
/// It goes as a message, in postcard: serde's `Serialize` and `Deserialize` are derived. Plain data of four words at most
/// stays in registers with `#[wire(words)]`, which derives zerocopy's `IntoBytes`, `TryFromBytes` and `Immutable`, and
/// `#[repr(C)]` for a struct that says nothing of that; all of its bytes have to be its fields'. Both derive postcard_schema_ng's
/// `Schema`, so that the hash of an interface sees what the type is made of, and the compiler how long it can become. The package
/// needs none of these crates itself.
#[proc_macro_attribute]
pub fn wire(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    wire::write(&attribute.into(), &item).unwrap_or_else(syn::Error::into_compile_error).into()
}
