//! What only the types can say of a method, asked by assertions that the compiler evaluates.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use crate::description::{Interface, Method};
use crate::names::{interface_of, is_words, methods_of, request_of};

/// What to do about a message that is too long.
fn instead(data: &str) -> String {
    format!("give its strings and vectors smaller bounds, or take bulk data (`{data}<'_>`)")
}

/// That what goes as a message has room in one: each argument and the answer alone, told at its type, then the arguments
/// together, told at the method's name.
fn room(interface: &Interface, method: &Method) -> TokenStream {
    let (name, methods, as_words) = (&method.name, methods_of(interface), is_words(method));
    let most = |ty: &Type| quote! { ::ipc_proto::interface::probe::Shape::<#ty>::MOST };
    let one = |what: String, ty: &Type, instead: String| {
        let most = most(ty);
        quote_spanned! { ty.span() =>
            const _: () = if !#methods::#as_words {
                ::ipc_proto::interface::room::of_one(#what, #most, #instead)
            };
        }
    };
    let arguments = method
        .arguments
        .iter()
        .map(|(argument, ty)| one(format!("`{argument}` of `{name}`"), ty, instead("BulkIn")));
    let answer = one(format!("the answer of `{name}`"), &method.answer, instead("BulkOut"));
    let each = method.arguments.iter().map(|(_, ty)| most(ty));
    let (what, instead) = (format!("the arguments of `{name}`"), instead("BulkIn"));
    let together = quote_spanned! { name.span() =>
        const _: () = if !#methods::#as_words {
            ::ipc_proto::interface::room::of_all(#what, &[#(#each),*], #instead)
        };
    };
    quote! { #(#arguments)* #answer #together }
}

/// What it tells of a method, at the type, or at the method's name.
fn of_method(interface: &Interface, method: &Method) -> TokenStream {
    let (name, methods, as_words) = (&method.name, methods_of(interface), is_words(method));
    let (request, answer, of_interface) = (request_of(method), &method.answer, interface_of(interface));
    let goes = |ty: &syn::Type| {
        quote! {
            (::ipc_proto::interface::probe::Plain::<#ty>::IS
                || ::ipc_proto::interface::probe::Exchange::<#ty, #ty>::IS)
        }
    };
    let wire = |what: String, ty: &syn::Type| {
        let goes = goes(ty);
        let text = format!(
            "{what} of `{name}` does not go over the wire: put `#[wire(words)]` on its type, where it is plain data of four \
             words at most and has no gaps, or `#[wire]`; a string or a vector is one of `ipc_proto::heapless`"
        );
        let unseen = format!(
            "{what} of `{name}` does not say what it is made of, which the hash of the interface has to see: put `#[wire]` \
             on its type, or derive postcard_schema_ng's `Schema` for it"
        );
        quote_spanned! { ty.span() =>
            const _: () = assert!(#goes, #text);
            const _: () = assert!(!#goes || ::ipc_proto::interface::probe::Shape::<#ty>::IS, #unseen);
        }
    };
    let arguments = method.arguments.iter().map(|(argument, ty)| wire(format!("`{argument}`"), ty));
    let answers = wire("the answer".to_owned(), answer);
    let why = match method.deferred {
        true => "is answered later",
        false => "takes or gives more than four words, or what is no plain data",
    };
    let message =
        format!("`{name}` {why}, so it goes as a message: each type of one's own in it needs `#[wire]`");
    // What cannot go at all is told where it stands.
    let each = method.arguments.iter().map(|(_, ty)| ty).chain([answer]).map(goes);
    let message = quote_spanned! { name.span() =>
        const _: () = assert!(
            #methods::#as_words
                || ::ipc_proto::interface::probe::Exchange::<#request, #answer>::IS
                || !(#(#each)&&*),
            #message
        );
    };
    let interrupted = format!(
        "`{name}` may be executed twice or not at all where its server dies: say that it is `idempotent`, or give the \
         errors one that is called `Interrupted`"
    );
    let interrupted = (!method.idempotent).then(|| {
        quote_spanned! { name.span() =>
            const _: () = assert!(
                ::ipc_proto::interface::says_interrupted::<#of_interface>(),
                #interrupted
            );
        }
    });
    let room = room(interface, method);
    quote! { #(#arguments)* #answers #message #room #interrupted }
}

/// Writes all of it.
pub fn write(interface: &Interface) -> TokenStream {
    let methods = interface.methods.iter().map(|method| of_method(interface, method));
    quote! { #(#methods)* }
}
