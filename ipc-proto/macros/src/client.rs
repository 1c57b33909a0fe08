//! The stub: a method for each of the trait's.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Index, Type};

use crate::bulk::Bulk;
use crate::methods::{is_words, methods_of, number_of, own, request_of};
use crate::passing::Passing;
use crate::read::{Interface, Method};

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
    let request = request_of(method);
    let names: Vec<_> = method.arguments.iter().map(|(name, _)| quote! { #name }).collect();
    let (put, taken) = (put(method, &names), taken(answer));
    let (words, whole) = (own("words"), own("request"));
    quote! {
        if #methods::#as_words {
            #put
            let #words = ::ipc_proto::interface::call::ask(#idempotent, || {
                ::ipc_proto::interface::Call::call_words(&self.to, #methods::#number, #words)
            })?;
            { #taken }.map_err(::ipc_proto::interface::Failure::Call)
        } else {
            let #whole = (#(#names,)*);
            ::ipc_proto::interface::call::ask(#idempotent, || {
                ::ipc_proto::interface::probe::Exchange::<#request, #answer>::call(&self.to, #methods::#number, &#whole)
            })
        }
    }
}

/// What is in a method with bulk data, of which the message has another word each time.
fn with_bulk(interface: &Interface, method: &Method, bulk: &Bulk) -> TokenStream {
    let Method { idempotent, answer, .. } = method;
    let (methods, number, as_words) = (methods_of(interface), number_of(method), is_words(method));
    let (request, call, index) = (request_of(method), bulk.way.call(), Index::from(bulk.index));
    let (words, whole, part) = (own("words"), own("request"), own("part"));
    let values = |of_bulk: TokenStream| -> Vec<_> {
        let value = |(index, (name, _)): (usize, &(Ident, Type))| {
            if index == bulk.index {
                of_bulk.clone()
            } else {
                quote! { #name }
            }
        };
        method.arguments.iter().enumerate().map(value).collect()
    };
    let (put, taken) = (put(method, &values(quote! { #part })), taken(answer));
    let first = values(quote! { ::ipc_proto::interface::bulk::Part::new(0, 0) });
    let data = method.arguments.get(bulk.index).map(|(name, _)| name);
    let pages = interface.attribute.window_pages.map_or(0, |(pages, _)| pages);
    quote! {
        if #methods::#as_words {
            #call((&self.to, &self.window, #pages), #idempotent, #data, |#part| {
                #put
                let #words = ::ipc_proto::interface::Call::call_words(&self.to, #methods::#number, #words)?;
                #taken
            })
        } else {
            let mut #whole = (#(#first,)*);
            #call((&self.to, &self.window, #pages), #idempotent, #data, |#part| {
                #whole.#index = #part;
                ::ipc_proto::interface::probe::Exchange::<#request, #answer>::call(&self.to, #methods::#number, &#whole)
            })
        }
    }
}

/// What is in a method that passes connections, of which the message has another token each time.
fn with_passed(interface: &Interface, method: &Method) -> TokenStream {
    let Method { idempotent, answer, passed, .. } = method;
    let (methods, number, as_words) = (methods_of(interface), number_of(method), is_words(method));
    let (request, whole, first) = (request_of(method), own("request"), own("first"));
    let behind = |index| passed.iter().position(|one| one.index == index);
    let values = |first: &TokenStream| -> Vec<_> {
        let value = |(index, (name, _)): (usize, &(Ident, Type))| match behind(index) {
            Some(place) => {
                let place = u8::try_from(place).unwrap_or(u8::MAX);
                quote! { ::ipc_proto::interface::Passed::of(#first.behind(#place)) }
            }
            None => quote! { #name },
        };
        method.arguments.iter().enumerate().map(value).collect()
    };
    let places = passed.iter().filter_map(|Passing { index, interface }| {
        let (name, _) = method.arguments.get(*index)?;
        Some(quote! { ::ipc_proto::interface::passing::Passes::<#interface>::place(#name) })
    });
    let (put, taken, words) = (put(method, &values(&quote! { #first })), taken(answer), own("words"));
    let kept = values(&quote! { ::ipc_proto::passing::Token(0) });
    let renewed = passed.iter().zip(0_u8..).map(|(one, place)| {
        let index = Index::from(one.index);
        quote! { #whole.#index = ::ipc_proto::interface::Passed::of(#first.behind(#place)); }
    });
    let of_these = own("places");
    quote! {
        let #of_these = [#(#places),*];
        if #methods::#as_words {
            ::ipc_proto::interface::passing::ask(&self.to, &#of_these, #idempotent, |#first| {
                #put
                let #words = ::ipc_proto::interface::Call::call_words(&self.to, #methods::#number, #words)?;
                #taken
            })
        } else {
            let mut #whole = (#(#kept,)*);
            ::ipc_proto::interface::passing::ask(&self.to, &#of_these, #idempotent, |#first| {
                #(#renewed)*
                ::ipc_proto::interface::probe::Exchange::<#request, #answer>::call(&self.to, #methods::#number, &#whole)
            })
        }
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
    let error = &interface.attribute.error;
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
                    ::ipc_proto::interface::bulk::client::share(&self.to, &self.window, #pages)
                }
            },
        ],
    }
}

/// Writes it.
pub fn write(interface: &Interface) -> TokenStream {
    let Interface { visibility, name, methods, .. } = interface;
    let (client, of_interface) = (format_ident!("{name}Client"), format_ident!("{name}Interface"));
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
