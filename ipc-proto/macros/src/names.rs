//! What things are called in the generated code.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;
use syn::ext::IdentExt;

use crate::description::{Interface, Method};

/// The type with the numbers.
pub fn methods_of(interface: &Interface) -> Ident {
    format_ident!("{}Methods", interface.name)
}

/// The type that is the interface to those who list it.
pub fn interface_of(interface: &Interface) -> Ident {
    format_ident!("{}Interface", interface.name)
}

/// The constant that is a method's number.
pub fn number_of(method: &Method) -> Ident {
    format_ident!("{}", method.name.unraw().to_string().to_uppercase(), span = method.name.span())
}

/// The constant that is the label of its messages. As the next two it ends in small letters, which no number has.
pub fn label_of(method: &Method) -> Ident {
    format_ident!("{}_label", number_of(method))
}

/// The constant that says whether it goes as words.
pub fn is_words(method: &Method) -> Ident {
    format_ident!("{}_as_words", number_of(method))
}

/// The constant that is made of the sizes of what goes as words, never 0; 0 where it goes as a message.
pub fn sizes(method: &Method) -> Ident {
    format_ident!("{}_sizes", number_of(method))
}

/// A variable of the generated code's own: no argument is it, whatever that is called.
pub fn own(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The tuple of what a method takes.
pub fn request_of(method: &Method) -> TokenStream {
    let types = method.arguments.iter().map(|(_, ty)| ty);
    quote! { (#(#types,)*) }
}
