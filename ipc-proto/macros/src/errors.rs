//! The enum of errors: a number and a sentence for each.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;
use syn::{Attribute, Error, Expr, ExprLit, Fields, Ident, ItemEnum, Lit, Result, Variant};

use crate::attributes::is_conditional;
use crate::headings::lines;
use crate::text;

/// The highest number: the bit above it says that a label is an error at all.
const MAX: u16 = 0x7fff;
/// What the enum can do.
const DERIVED: [&str; 6] = ["Clone", "Copy", "Debug", "PartialEq", "Eq", "Hash"];

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
        Expr::Lit(ExprLit { lit: Lit::Int(literal), .. }) if literal.suffix().is_empty() => {
            literal.base10_parse::<u16>().ok()
        }
        Expr::Lit(ExprLit { lit: Lit::Int(_), .. }) | Expr::Unary(_) => None,
        _ => return Err(Error::new(value.span(), "the number of an error stands here itself: `= 1`")),
    };
    parsed.filter(|number| (1..=MAX).contains(number)).ok_or_else(|| {
        let text =
            format!("the number of an error is from 1 to {MAX}, without a type: 0 is none on the wire");
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
    // `USB is gone` stays as it is.
    if letters.clone().next().is_some_and(char::is_uppercase) {
        return Ok(text.to_owned());
    }
    Ok(first.to_lowercase().chain(letters).collect())
}

/// Refuses what the macro writes itself, and what it cannot know.
fn attribute(attribute: &Attribute) -> Result<()> {
    let path = attribute.path();
    let text = if path.is_ident("derive") {
        let mut own = false;
        let read = attribute.parse_nested_meta(|meta| {
            own |= meta.path.segments.last().is_some_and(|last| DERIVED.iter().any(|one| last.ident == one));
            Ok(())
        });
        read?;
        own.then(|| format!("`#[wire_error]` derives {} itself", DERIVED.join(", ")))
    } else if path.is_ident("repr") {
        Some(
            "`#[wire_error]` chooses the representation itself: numbers go over the wire as 16 bits"
                .to_owned(),
        )
    } else if is_conditional(attribute) {
        Some("it is there or not there for both sides: an interface has no conditions".to_owned())
    } else {
        None
    };
    text.map_or(Ok(()), |text| Err(Error::new(attribute.span(), text)))
}

/// Writes it.
pub fn write(own: &TokenStream, item: ItemEnum) -> Result<TokenStream> {
    if !own.is_empty() {
        return Err(Error::new(own.span(), "it takes nothing: `#[wire_error]`"));
    }
    if !item.generics.params.is_empty() {
        return Err(Error::new(item.generics.span(), "the errors of an interface have no parameters"));
    }
    if item.variants.is_empty() {
        return Err(Error::new(item.ident.span(), "it has no error: say which ones there are"));
    }
    item.attrs.iter().try_for_each(attribute)?;
    let (mut numbers, mut sentences) = (Vec::new(), Vec::new());
    for variant in &item.variants {
        variant.attrs.iter().try_for_each(attribute)?;
        let number = number(variant)?;
        if numbers.contains(&number) {
            let text = format!("another error has the number {number} already");
            return Err(Error::new(variant.ident.span(), text));
        }
        numbers.push(number);
        sentences.push(sentence(variant)?);
    }
    let (name, derived) = (&item.ident, DERIVED.map(|one| Ident::new(one, Span::call_site())));
    let names: Vec<_> = item.variants.iter().map(|variant| &variant.ident).collect();
    let interrupted = match names.iter().find(|name| **name == "Interrupted") {
        Some(interrupted) => quote! { ::core::option::Option::Some(#name::#interrupted) },
        None => quote! { ::core::option::Option::None },
    };
    let text: Vec<_> = names.iter().zip(&numbers).map(|(name, number)| format!("{name}={number}")).collect();
    let hash = text::hash(&text.join(";"));
    Ok(quote! {
        #[derive(#(#derived),*)]
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
