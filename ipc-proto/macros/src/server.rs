//! The dispatch: from a message's label to a method of the trait.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::description::{Interface, Method};
use crate::names::{interface_of, is_words, label_of, methods_of, own, request_of};

fn call(interface: &Interface, method: &Method) -> TokenStream {
    let (of, of_interface, name) = (&interface.name, interface_of(interface), &method.name);
    let client = own("client");
    let passed = method.client.then(|| quote! { #client, });
    let names = method.arguments.iter().map(|(name, _)| name);
    let view =
        method.bulk.as_ref().and_then(|bulk| Some((bulk.way.view(), &method.arguments.get(bulk.index)?.0)));
    let [memory, state, windows] = ["memory", "server", "windows"].map(own);
    let view = view.map(|(view, data)| {
        quote! {
            let #memory = ::ipc_proto::interface::bulk::Windows::of(#windows, #client)
                .ok_or(::ipc_proto::label::Status::Refused)?;
            let #data = #view::of(&#memory, #data)?;
        }
    });
    let call = quote! {
        <__Server as #of>::#name(#state, #passed #(#names),*)
            .map_err(::ipc_proto::interface::dispatch::status::<#of_interface>)?
    };
    match view {
        None => call,
        Some(view) => quote! { { #view #call } },
    }
}

fn words(interface: &Interface, method: &Method) -> TokenStream {
    let (methods, label, as_words) = (methods_of(interface), label_of(method), is_words(method));
    let (call, answer) = (call(interface, method), &method.answer);
    let names: Vec<_> = method.arguments.iter().map(|(name, _)| name).collect();
    let types = method.arguments.iter().map(|(_, ty)| ty);
    let (at, words, reply) = (own("at"), own("words"), own("answer"));
    quote! {
        #methods::#label if #methods::#as_words => {
            let mut #at = 0;
            #(
                let #names = ::ipc_proto::interface::probe::Plain::<#types>::take(&#words, &mut #at)
                    .ok_or(::ipc_proto::label::Status::BadMessage)?;
            )*
            if !::ipc_proto::interface::probe::is_end(&#words, #at) {
                return ::core::result::Result::Err(::ipc_proto::label::Status::BadMessage);
            }
            let #reply = #call;
            let mut #words = [0_u64; 4];
            ::ipc_proto::interface::probe::Plain::<#answer>::put(&#reply, &mut #words, 0);
            ::core::result::Result::Ok(#words)
        }
    }
}

/// One that is answered later.
fn later(interface: &Interface, method: &Method) -> TokenStream {
    let (methods, label) = (methods_of(interface), label_of(method));
    let (of, called, answer, request) = (&interface.name, &method.name, &method.answer, request_of(method));
    let (client, whole, later, none) = (own("client"), own("message"), own("later"), own("answer"));
    let client = method.client.then(|| quote! { #client, });
    let state = own("server");
    let names: Vec<_> = method.arguments.iter().map(|(name, _)| name).collect();
    quote! {
        #methods::#label => {
            let (#(#names,)*) = ::ipc_proto::interface::probe::Exchange::<#request, #answer>::decode(&#whole)?;
            let (#later, #none) = ::ipc_proto::interface::Message::defer(#whole)?;
            <__Server as #of>::#called(#state, #client #(#names,)* ::ipc_proto::interface::Reply::new(#later));
            ::core::result::Result::Ok(#none)
        }
    }
}

fn message(interface: &Interface, method: &Method) -> TokenStream {
    if method.deferred {
        return later(interface, method);
    }
    let (methods, label, as_words) = (methods_of(interface), label_of(method), is_words(method));
    let (call, answer, request) = (call(interface, method), &method.answer, request_of(method));
    let names = method.arguments.iter().map(|(name, _)| name);
    let (reply, whole) = (own("answer"), own("message"));
    quote! {
        #methods::#label if !#methods::#as_words => {
            let (#(#names,)*) = ::ipc_proto::interface::probe::Exchange::<#request, #answer>::decode(&#whole)?;
            let #reply = #call;
            ::ipc_proto::interface::probe::Exchange::<#request, #answer>::answer(#whole, &#reply)
        }
    }
}

/// Writes it.
pub fn write(interface: &Interface) -> TokenStream {
    let Interface { visibility, name, methods, .. } = interface;
    let (server, of_interface) = (format_ident!("{name}Server"), interface_of(interface));
    let doc = format!("Serves interface [`{name}`] by what implements it.");
    let defers = methods.iter().any(|method| method.deferred);
    let by_words = methods.iter().filter(|method| !method.deferred).map(|method| words(interface, method));
    let by_message = methods.iter().map(|method| message(interface, method));
    let [client, method, words, message] = ["client", "method", "words", "message"].map(own);
    let window = interface.attribute.window_pages;
    let windows = window.map(|_| quote! { , __Windows });
    let field = window.map(|_| {
        quote! {
            /// Where the memory is that it shares with its clients.
            pub __Windows,
        }
    });
    let bound = window.map(|_| quote! { , __Windows: ::ipc_proto::interface::bulk::Windows });
    let of_windows = bound.clone().unwrap_or(quote! { , __Windows });
    let own_windows = if window.is_some() {
        quote! { &self.1 }
    } else {
        quote! { &() }
    };
    let [state, places] = ["server", "windows"].map(own);
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug)]
        #visibility struct #server<__Server #windows>(
            /// The server.
            pub __Server,
            #field
        );

        impl<__Server: #name #of_windows> ::ipc_proto::interface::Serves<__Server, __Windows> for #of_interface {
            const DEFERS: bool = #defers;

            #[inline(always)]
            fn words(
                #state: &mut __Server,
                #places: &__Windows,
                #client: ::ipc_proto::interface::Client,
                #method: u16,
                #words: [u64; 4],
            ) -> ::core::result::Result<[u64; 4], ::ipc_proto::label::Status> {
                let _ = (&#state, #places, #client);
                match #method {
                    #(#by_words)*
                    ::ipc_proto::interface::DESCRIBE => ::core::result::Result::Ok(
                        ::ipc_proto::interface::Description::of::<#of_interface>().to_words(),
                    ),
                    _ => ::core::result::Result::Err(::ipc_proto::label::Status::UnknownMethod),
                }
            }

            fn message<__Message: ::ipc_proto::interface::Message>(
                #state: &mut __Server,
                #places: &__Windows,
                #client: ::ipc_proto::interface::Client,
                #method: u16,
                #message: __Message,
            ) -> ::core::result::Result<__Message::Answer, ::ipc_proto::label::Status> {
                let _ = (&#state, #places, #client, &#message);
                match #method {
                    #(#by_message)*
                    _ => ::core::result::Result::Err(::ipc_proto::label::Status::UnknownMethod),
                }
            }
        }

        impl<__Server: #name + ::ipc_proto::interface::dispatch::Events #bound> ::ipc_proto::interface::Dispatch for #server<__Server #windows> {
            const DEFERS: bool = #defers;
            const DEPARTED: ::core::option::Option<fn(&mut Self, ::ipc_proto::ids::Instance)> =
                match <__Server as ::ipc_proto::interface::dispatch::Events>::DEPARTED {
                    ::core::option::Option::Some(_) => ::core::option::Option::Some(|served, client| {
                        if let ::core::option::Option::Some(departed) =
                            <__Server as ::ipc_proto::interface::dispatch::Events>::DEPARTED
                        {
                            departed(&mut served.0, client);
                        }
                    }),
                    ::core::option::Option::None => ::core::option::Option::None,
                };

            #[inline(always)]
            fn words(
                &mut self,
                #client: ::ipc_proto::interface::Client,
                #method: u16,
                #words: [u64; 4],
            ) -> ::core::result::Result<[u64; 4], ::ipc_proto::label::Status> {
                <#of_interface as ::ipc_proto::interface::Serves<_, _>>::words(&mut self.0, #own_windows, #client, #method, #words)
            }

            fn message<__Message: ::ipc_proto::interface::Message>(
                &mut self,
                #client: ::ipc_proto::interface::Client,
                #method: u16,
                #message: __Message,
            ) -> ::core::result::Result<__Message::Answer, ::ipc_proto::label::Status> {
                <#of_interface as ::ipc_proto::interface::Serves<_, _>>::message(&mut self.0, #own_windows, #client, #method, #message)
            }

            fn lost(&mut self) {
                ::ipc_proto::interface::dispatch::Events::lost(&mut self.0);
            }

            fn event(&mut self, event: ::ipc_proto::interface::Event) {
                ::ipc_proto::interface::dispatch::Events::event(&mut self.0, event);
            }
        }
    }
}
