//! The stub: a method for each of the trait's.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::methods::{is_words, methods_of, number_of, own, request_of};
use crate::read::{Interface, Method};

fn method(interface: &Interface, method: &Method) -> TokenStream {
    let Method { name, docs, idempotent, answer, .. } = method;
    let (methods, number, as_words) = (methods_of(interface), number_of(method), is_words(method));
    let (request, error) = (request_of(method), &interface.attribute.error);
    let names: Vec<_> = method.arguments.iter().map(|(name, _)| name).collect();
    let types: Vec<_> = method.arguments.iter().map(|(_, ty)| ty).collect();
    let (words, at, reply, whole) = (own("words"), own("at"), own("answer"), own("request"));
    quote! {
        #(#docs)*
        #[inline]
        pub fn #name(
            &self,
            #(#names: #types),*
        ) -> ::core::result::Result<#answer, ::ipc_proto::interface::Failure<#error>> {
            if #methods::#as_words {
                let mut #words = [0_u64; 4];
                let #at = 0;
                #(let #at = ::ipc_proto::interface::probe::Plain::<#types>::put(&#names, &mut #words, #at);)*
                let _ = #at;
                let #words = ::ipc_proto::interface::call::ask(#idempotent, || {
                    ::ipc_proto::interface::Call::call_words(&self.to, #methods::#number, #words)
                })?;
                let mut #at = 0;
                match ::ipc_proto::interface::probe::Plain::<#answer>::take(&#words, &mut #at) {
                    ::core::option::Option::Some(#reply) if ::ipc_proto::interface::probe::is_end(&#words, #at) => ::core::result::Result::Ok(#reply),
                    _ => ::core::result::Result::Err(::ipc_proto::interface::Failure::Call(
                        ::ipc_proto::call_error::CallError::BadAnswer,
                    )),
                }
            } else {
                let #whole = (#(#names,)*);
                ::ipc_proto::interface::call::ask(#idempotent, || {
                    ::ipc_proto::interface::probe::Exchange::<#request, #answer>::call(&self.to, #methods::#number, &#whole)
                })
            }
        }
    }
}

/// Writes it.
pub fn write(interface: &Interface) -> TokenStream {
    let Interface { visibility, name, methods, .. } = interface;
    let (client, of_interface) = (format_ident!("{name}Client"), format_ident!("{name}Interface"));
    let doc = format!("Calls a service of interface [`{name}`], over whatever leads to it.");
    let methods = methods.iter().map(|one| method(interface, one));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug)]
        #visibility struct #client<__To> {
            to: __To,
        }

        impl<__To: ::ipc_proto::interface::Call> #client<__To> {
            /// A stub over this way to the service.
            pub const fn new(to: __To) -> Self {
                #client { to }
            }

            /// The way to the service.
            pub const fn way(&self) -> &__To {
                &self.to
            }

            #(#methods)*
        }

        impl<T: ::ipc_proto::interface::Call> ::ipc_proto::interface::Stub<T> for #client<T> {
            type Of = #of_interface;

            fn over(to: T) -> Self {
                #client::new(to)
            }
        }
    }
}
