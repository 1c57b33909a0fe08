//! The enum of errors: a number and a sentence for each.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprLit, Fields, ItemEnum, Lit, Result, Variant};

use crate::canonical;
use crate::headings::lines;

/// The highest number: the bit above it says that a label is an error at all.
const MAX: u16 = 0x7fff;

fn number(variant: &Variant) -> Result<u16> {
    let name = &variant.ident;
    if !matches!(variant.fields, Fields::Unit) {
        let text = format!("`{name}` carries nothing: an error goes over the wire as its number");
        return Err(Error::new(variant.fields.span(), text));
    }
    let Some((_, value)) = &variant.discriminant else {
        let text = format!("`{name}` needs its number: `{name} = 1`; it is what goes over the wire");
        return Err(Error::new(name.span(), text));
    };
    let parsed = match value {
        Expr::Lit(ExprLit { lit: Lit::Int(literal), .. }) => literal.base10_parse::<u16>().ok(),
        _ => None,
    };
    parsed.filter(|number| (1..=MAX).contains(number)).ok_or_else(|| {
        let text = format!("the number of an error is from 1 to {MAX}: 0 is none on the wire");
        Error::new(value.span(), text)
    })
}

fn sentence(variant: &Variant) -> Result<String> {
    let lines = lines(&variant.attrs);
    let first: Vec<_> = lines.iter().take_while(|line| !line.is_empty()).map(String::as_str).collect();
    let text = first.join(" ");
    let text = text.trim_end_matches('.');
    let mut letters = text.chars();
    let Some(first) = letters.next() else {
        let text =
            format!("`{}` needs a documentation: its first paragraph is what a person reads", variant.ident);
        return Err(Error::new(variant.ident.span(), text));
    };
    Ok(first.to_lowercase().chain(letters).collect())
}

/// Writes it.
pub fn write(attribute: &TokenStream, item: ItemEnum) -> Result<TokenStream> {
    if !attribute.is_empty() {
        return Err(Error::new(attribute.span(), "it takes nothing: `#[wire_error]`"));
    }
    if !item.generics.params.is_empty() {
        return Err(Error::new(item.generics.span(), "the errors of an interface have no parameters"));
    }
    if item.variants.is_empty() {
        return Err(Error::new(item.ident.span(), "it has no error: say which ones there are"));
    }
    let (mut numbers, mut sentences) = (Vec::new(), Vec::new());
    for variant in &item.variants {
        let number = number(variant)?;
        if numbers.contains(&number) {
            let text = format!("another error has the number {number} already");
            return Err(Error::new(variant.ident.span(), text));
        }
        numbers.push(number);
        sentences.push(sentence(variant)?);
    }
    let name = &item.ident;
    let names: Vec<_> = item.variants.iter().map(|variant| &variant.ident).collect();
    let interrupted = match names.iter().find(|name| **name == "Interrupted") {
        Some(interrupted) => quote! { ::core::option::Option::Some(#name::#interrupted) },
        None => quote! { ::core::option::Option::None },
    };
    let text: Vec<_> = names.iter().zip(&numbers).map(|(name, number)| format!("{name}={number}")).collect();
    let hash = canonical::hash(&text.join(";"));
    Ok(quote! {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        #item

        impl ::ipc_proto::interface::WireError for #name {
            const INTERRUPTED: ::core::option::Option<Self> = #interrupted;
            const HASH: u64 = #hash;

            fn code(self) -> ::ipc_proto::label::Code {
                match self { #(#name::#names => {
                    const CODE: ::ipc_proto::label::Code = match ::ipc_proto::label::Code::new(#numbers) {
                        ::core::option::Option::Some(code) => code,
                        ::core::option::Option::None => panic!("it is from 1 to 32767"),
                    };
                    CODE
                })* }
            }

            fn from_code(code: ::ipc_proto::label::Code) -> ::core::option::Option<Self> {
                match code.get() {
                    #(#numbers => ::core::option::Option::Some(#name::#names),)*
                    _ => ::core::option::Option::None,
                }
            }
        }

        impl ::core::fmt::Display for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(match self { #(#name::#names => #sentences,)* })
            }
        }

        impl ::core::error::Error for #name {}
    })
}
