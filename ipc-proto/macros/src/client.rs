//! The stub: a method for each of the trait's.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Index, Type};

use crate::bulk::Bulk;
use crate::description::{Interface, Method};
use crate::names::{interface_of, is_words, methods_of, number_of, own, request_of};
use crate::passing::Passing;

/// The answer that lies in the words, with an error of a call where it is none.
fn taken(answer: &Type) -> TokenStream {
    let (words, at, reply) = (own("words"), own("at"), own("answer"));
    quote! {
        let mut #at = 0;
        match ::ipc_proto::interface::probe::Plain::<#answer>::take(&#words, &mut #at) {
            ::core::option::Option::Some(#reply) if ::ipc_proto::interface::probe::is_end(&#words, #at) => ::core::result::Result::Ok(#reply),
            _ => ::core::result::Result::Err(::ipc_proto::call_error::CallError::BadAnswer),
        }
    }
}

/// The words of a request, of these values.
fn put(method: &Method, values: &[TokenStream]) -> TokenStream {
    let types = method.arguments.iter().map(|(_, ty)| ty);
    let (words, at) = (own("words"), own("at"));
    quote! {
        let mut #words = [0_u64; 4];
        let #at = 0;
        #(let #at = ::ipc_proto::interface::probe::Plain::<#types>::put(&#values, &mut #words, #at);)*
        let _ = #at;
    }
}

/// What is in a method whose data all goes in the message.
fn plain(interface: &Interface, method: &Method) -> TokenStream {
    let Method { idempotent, answer, .. } = method;
    let (methods, number, as_words) = (methods_of(interface), number_of(method), is_words(method));
    let (request, of_interface) = (request_of(method), interface_of(interface));
    let names: Vec<_> = method.arguments.iter().map(|(name, _)| quote! { #name }).collect();
    let (put, taken) = (put(method, &names), taken(answer));
    let (words, whole) = (own("words"), own("request"));
    quote! {
        if #methods::#as_words {
            #put
            let #words = ::ipc_proto::interface::call::ask::<#of_interface, _, _>(#idempotent, || {
                ::ipc_proto::interface::Call::call_words(&self.to, #methods::#number, #words)
            })?;
            { #taken }.map_err(::ipc_proto::interface::Failure::Call)
        } else {
            let #whole = (#(#names,)*);
            ::ipc_proto::interface::call::ask::<#of_interface, _, _>(#idempotent, || {
                ::ipc_proto::interface::probe::Exchange::<#request, #answer>::call(&self.to, #methods::#number, &#whole)
            })
        }
    }
}

/// What is in a method of whose request a part is another one each time that the server is asked: `word` is what that is made
/// of, `renewed` the argument at an index where it is one of these, `first` what stands there before, and `ask` the call of
/// this closure.
fn each_time(
    (interface, method): (&Interface, &Method),
    word: &Ident,
    renewed: impl Fn(usize) -> Option<TokenStream>,
    first: &TokenStream,
    ask: impl Fn(TokenStream) -> TokenStream,
) -> TokenStream {
    let (methods, number, as_words) = (methods_of(interface), number_of(method), is_words(method));
    let (request, answer) = (request_of(method), &method.answer);
    let (words, whole) = (own("words"), own("request"));
    let (mut values, mut kept, mut renewals) = (Vec::new(), Vec::new(), Vec::new());
    for (index, (name, _)) in method.arguments.iter().enumerate() {
        match renewed(index) {
            Some(value) => {
                let index = Index::from(index);
                renewals.push(quote! { #whole.#index = #value; });
                values.push(value);
                kept.push(first.clone());
            }
            None => {
                values.push(quote! { #name });
                kept.push(quote! { #name });
            }
        }
    }
    let (put, taken) = (put(method, &values), taken(answer));
    let by_words = ask(quote! {
        |#word| {
            #put
            let #words = ::ipc_proto::interface::Call::call_words(&self.to, #methods::#number, #words)?;
            #taken
        }
    });
    let by_message = ask(quote! {
        |#word| {
            #(#renewals)*
            ::ipc_proto::interface::probe::Exchange::<#request, #answer>::call(&self.to, #methods::#number, &#whole)
        }
    });
    quote! {
        if #methods::#as_words {
            #by_words
        } else {
            let mut #whole = (#(#kept,)*);
            #by_message
        }
    }
}

/// What is in a method with bulk data: its part of the message says how much there is, and which call it belongs to.
fn with_bulk(interface: &Interface, method: &Method, bulk: &Bulk) -> TokenStream {
    let (idempotent, call, part) = (method.idempotent, bulk.way.call(), own("part"));
    let of_interface = interface_of(interface);
    let data = method.arguments.get(bulk.index).map(|(name, _)| name);
    let pages = interface.attribute.window_pages.map_or(0, |(pages, _)| pages);
    let renewed = |index| (index == bulk.index).then(|| quote! { #part });
    let first = quote! { ::ipc_proto::interface::bulk::Part::new(0, 0) };
    each_time((interface, method), &part, renewed, &first, |once| {
        quote! { #call::<#of_interface, _, _>((&self.to, &self.window, #pages), #idempotent, #data, #once) }
    })
}

/// What is in a method that passes connections, which are put up anew each time.
fn with_passed(interface: &Interface, method: &Method) -> TokenStream {
    let Method { idempotent, passed, .. } = method;
    let (token, of_these, of_interface) = (own("first"), own("places"), interface_of(interface));
    let renewed = |index| {
        let place = passed.iter().position(|one| one.index == index)?;
        let place = u8::try_from(place).unwrap_or(u8::MAX);
        Some(quote! { ::ipc_proto::interface::Passed::of(#token.behind(#place)) })
    };
    let places = passed.iter().filter_map(|Passing { index, interface }| {
        let (name, _) = method.arguments.get(*index)?;
        Some(quote! { ::ipc_proto::interface::passing::Passes::<#interface>::place(#name) })
    });
    let first = quote! { ::ipc_proto::interface::Passed::of(::ipc_proto::passing::Token(0)) };
    let asked = each_time((interface, method), &token, renewed, &first, |once| {
        quote! { ::ipc_proto::interface::passing::ask::<#of_interface, _, _>(&self.to, &#of_these, #idempotent, #once) }
    });
    quote! {
        let #of_these = [#(#places),*];
        #asked
    }
}

fn method(interface: &Interface, method: &Method) -> TokenStream {
    let Method { name, docs, answer, .. } = method;
    let error = &interface.attribute.error;
    let arguments = method.arguments.iter().enumerate().map(|(index, (name, ty))| match &method.bulk {
        Some(bulk) if bulk.index == index => {
            let passed = bulk.way.passed();
            quote! { #name: #passed }
        }
        _ => match method.passed.iter().find(|one| one.index == index).map(Passing::passed) {
            Some(passed) => quote! { #name: #passed },
            None => quote! { #name: #ty },
        },
    });
    let passes =
        (!method.passed.is_empty()).then(|| quote! { where __To: ::ipc_proto::interface::passing::Pass });
    let body = match &method.bulk {
        None if passes.is_some() => with_passed(interface, method),
        None => plain(interface, method),
        Some(bulk) => with_bulk(interface, method, bulk),
    };
    quote! {
        #(#docs)*
        #[inline]
        pub fn #name(
            &self,
            #(#arguments),*
        ) -> ::core::result::Result<#answer, ::ipc_proto::interface::Failure<#error>>
        #passes
        {
            #body
        }
    }
}

/// The window of a stub: its type's bound, how it is derived, its field, the field's first value, and the method that opens it.
fn window(interface: &Interface) -> [TokenStream; 5] {
    let (error, of_interface) = (&interface.attribute.error, interface_of(interface));
    match interface.attribute.window_pages {
        None => [
            quote! { ::ipc_proto::interface::Call },
            quote! { Clone, Copy, Debug },
            quote! {},
            quote! {},
            quote! {},
        ],
        Some((pages, _)) => [
            quote! { ::ipc_proto::interface::bulk::Share },
            quote! { Clone, Debug },
            quote! { window: ::ipc_proto::interface::bulk::Opened<__To::Memory>, },
            quote! { window: ::ipc_proto::interface::bulk::Opened::not_yet(), },
            quote! {
                /// Opens the window for bulk data, if it is not yet: gives for how many bytes there is room. The first call
                /// with bulk data does so otherwise.
                ///
                /// # Errors
                /// The supervisor's reason, as `Failure::Bulk`; `Failure::Call` where there is no server any more.
                pub fn share(&self) -> ::core::result::Result<usize, ::ipc_proto::interface::Failure<#error>> {
                    ::ipc_proto::interface::bulk::client::share::<#of_interface, _>(&self.to, &self.window, #pages)
                }
            },
        ],
    }
}

/// Writes it.
pub fn write(interface: &Interface) -> TokenStream {
    let Interface { visibility, name, methods, .. } = interface;
    let (client, of_interface) = (format_ident!("{name}Client"), interface_of(interface));
    let doc = format!("Calls a service of interface [`{name}`], over whatever leads to it.");
    let methods = methods.iter().map(|one| method(interface, one));
    let [bound, derived, field, empty, share] = window(interface);
    // A struct that names what its parameter has needs the bound itself.
    let of_struct = interface.attribute.window_pages.map(|_| quote! { : #bound });
    quote! {
        #[doc = #doc]
        #[derive(#derived)]
        #visibility struct #client<__To #of_struct> {
            to: __To,
            #field
        }

        impl<__To: #bound> #client<__To> {
            /// A stub over this way to the service.
            pub const fn new(to: __To) -> Self {
                #client { to, #empty }
            }

            /// The way to the service.
            pub const fn way(&self) -> &__To {
                &self.to
            }

            #share

            #(#methods)*
        }

        impl<T: #bound + ::ipc_proto::interface::passing::Held>
            ::ipc_proto::interface::passing::Passes<#of_interface> for #client<T>
        {
            fn place(&self) -> u64 {
                ::ipc_proto::interface::passing::Held::place(&self.to)
            }
        }

        impl<T: #bound> ::ipc_proto::interface::Stub<T> for #client<T> {
            type Of = #of_interface;

            fn over(to: T) -> Self {
                #client::new(to)
            }
        }
    }
}
