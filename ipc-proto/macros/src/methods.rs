//! The numbers of the methods, which of them go as words, and the interface as those see it who list it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use crate::canonical;
use crate::description::{Interface, Method};
use crate::names::{interface_of, is_words, label_of, methods_of, number_of, sizes};
use crate::text::hash;

/// As `ipc_proto::interface::FIRST_METHOD`.
const FIRST_METHOD: u16 = 0x101;

fn constants(method: &Method, index: u16) -> TokenStream {
    let (number, as_words, answer) = (number_of(method), is_words(method), &method.answer);
    let types: Vec<_> = method.arguments.iter().map(|(_, ty)| ty).collect();
    let (sizes, label_of) = (sizes(method), label_of(method));
    let label = FIRST_METHOD.saturating_add(index);
    let deadline = match method.deadline_us {
        Some(micros) => quote! { .within(::ipc_proto::method::Deadline::micros(#micros)) },
        None => quote! {},
    };
    let doc = format!("Method `{}`.", method.name.unraw());
    // Putting a caller aside is no work for the fastpath.
    let at_once = !method.deferred;
    quote! {
        const #sizes: u64 = if Self::#as_words { (1 + ::core::mem::size_of::<#answer>() #(+ ::core::mem::size_of::<#types>() * 256)*) as u64 } else { 0 };
        const #label_of: u16 = Self::#number.label;
        const #as_words: bool = #at_once && #(::ipc_proto::interface::probe::Plain::<#types>::IS &&)*
            ::ipc_proto::interface::probe::Plain::<#answer>::IS
                && 0 #(+ ::ipc_proto::interface::probe::words_of::<#types>())* <= 4
                && ::ipc_proto::interface::probe::words_of::<#answer>() <= 4;
        #[doc = #doc]
        pub const #number: ::ipc_proto::method::Method = ::ipc_proto::method::Method::new(
            if Self::#as_words { #label | ::ipc_proto::label::WORDS } else { #label },
        )#deadline;
    }
}

/// Writes all of it.
pub fn write(interface: &Interface) -> TokenStream {
    let Interface { attribute, visibility, name, methods } = interface;
    let pages = attribute.window_pages.map_or(0, |(pages, _)| pages);
    let (of_methods, of_interface) = (methods_of(interface), interface_of(interface));
    let numbers = (0..).zip(methods).map(|(index, method)| constants(method, index));
    let hash = hash(&canonical::of(interface));
    let (text, version, error) = (&attribute.name, attribute.version, &attribute.error);
    let sizes = methods.iter().map(sizes);
    let types = methods
        .iter()
        .flat_map(|method| method.arguments.iter().map(|(_, ty)| ty).chain(std::iter::once(&method.answer)));
    let infos = methods.iter().map(|method| {
        let (number, name, idempotent) = (number_of(method), method.name.unraw().to_string(), method.idempotent);
        quote! {
            ::ipc_proto::interface::MethodInfo { name: #name, label: #of_methods::#number.label, idempotent: #idempotent }
        }
    });
    let docs = [
        format!("The methods of [`{name}`], by their numbers."),
        format!("What [`{name}`] is to those who list it."),
    ];
    let [of_numbers, of_itself] = docs;
    quote! {
        #[allow(unused_imports, reason = "where all types are of one kind")]
        use ::ipc_proto::interface::probe::{NoExchange as _, NoShape as _, NotPlain as _};

        #[doc = #of_numbers]
        #[derive(Clone, Copy, Debug)]
        #visibility struct #of_methods;

        #[allow(non_upper_case_globals, reason = "so that it is no other method's number")]
        impl #of_methods { #(#numbers)* }

        #[doc = #of_itself]
        #[derive(Clone, Copy, Debug)]
        #visibility struct #of_interface;

        impl ::ipc_proto::interface::Interface for #of_interface {
            type Errors = #error;
            const NAME: &'static str = #text;
            const VERSION: ::ipc_proto::version::Version = ::ipc_proto::version::Version(#version);
            const HASH: u64 = {
                let hash = ::ipc_proto::interface::mix(#hash, ::ipc_proto::interface::errors_hash::<Self>());
                #(let hash = ::ipc_proto::interface::mix(hash, #of_methods::#sizes);)*
                #(let hash = ::ipc_proto::interface::mix(hash, ::ipc_proto::interface::probe::Shape::<#types>::HASH);)*
                hash
            };
            const WINDOW_PAGES: u8 = #pages;
            const METHODS: &'static [::ipc_proto::interface::MethodInfo] = &[#(#infos),*];
        }
    }
}
