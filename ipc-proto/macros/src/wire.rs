//! A type that goes over the wire: what is derived for it, under paths that need nothing of its package.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Data, DataEnum, DeriveInput, Error, Field, Result};

use crate::text::text_of;

/// What the attribute derives itself.
const DERIVED: [&str; 6] = ["Serialize", "Deserialize", "Schema", "IntoBytes", "TryFromBytes", "Immutable"];

/// What of this attribute is not for the author to say.
fn attribute(attribute: &Attribute) -> Result<()> {
    if attribute.path().is_ident("serde") {
        let text = "it is sent as it stands: neither an interface's hash nor the compiler, which asks whether it has room in a \
                    message, would see what serde is told";
        return Err(Error::new(attribute.span(), text));
    }
    if !attribute.path().is_ident("derive") {
        return Ok(());
    }
    let mut own = None;
    attribute.parse_nested_meta(|meta| {
        let last = meta.path.segments.last().map(|last| last.ident.to_string());
        own = own.take().or(last.filter(|last| DERIVED.contains(&last.as_str())));
        Ok(())
    })?;
    match own {
        Some(own) => {
            Err(Error::new(attribute.span(), format!("`#[wire]` derives {own} itself, where it is needed")))
        }
        None => Ok(()),
    }
}

/// All that stand on it, and on what it is made of.
fn attributes(item: &DeriveInput) -> Vec<&Attribute> {
    let mut all: Vec<_> = item.attrs.iter().collect();
    if let Data::Enum(data) = &item.data {
        all.extend(data.variants.iter().flat_map(|variant| &variant.attrs));
    }
    all.extend(fields_of(item).into_iter().flat_map(|field| &field.attrs));
    all
}

fn fields_of(item: &DeriveInput) -> Vec<&Field> {
    match &item.data {
        Data::Struct(data) => data.fields.iter().collect(),
        Data::Enum(data) => data.variants.iter().flat_map(|variant| &variant.fields).collect(),
        Data::Union(_) => Vec::new(),
    }
}

/// Writes it.
pub fn write(own: &TokenStream, item: &DeriveInput) -> Result<TokenStream> {
    let words = match own.to_string().as_str() {
        "" => false,
        "words" => true,
        _ => return Err(Error::new(own.span(), "it takes `words` or nothing: `#[wire]`, `#[wire(words)]`")),
    };
    if matches!(item.data, Data::Union(_)) {
        return Err(Error::new(item.ident.span(), "a union does not say what is in it: make it an enum"));
    }
    if item.generics.lifetimes().next().is_some() {
        return Err(Error::new(
            item.generics.span(),
            "a reference does not go over the wire: own what is sent",
        ));
    }
    attributes(item).into_iter().try_for_each(attribute)?;
    let is_laid_out = item.attrs.iter().any(|attribute| attribute.path().is_ident("repr"));
    if words && !is_laid_out && matches!(item.data, Data::Enum(_)) {
        return Err(Error::new(item.ident.span(), "say how its number is sent: `#[repr(u8)]`"));
    }
    let of_message = (!words).then(|| {
        quote! {
            #[derive(::ipc_proto::interface::derived::serde::Serialize, ::ipc_proto::interface::derived::serde::Deserialize)]
            #[serde(crate = "::ipc_proto::interface::derived::serde")]
        }
    });
    let layout = (!is_laid_out && matches!(item.data, Data::Struct(_))).then(|| quote! { #[repr(C)] });
    let of_words = words.then(|| {
        quote! {
            #[derive(
                ::ipc_proto::interface::derived::zerocopy::IntoBytes,
                ::ipc_proto::interface::derived::zerocopy::TryFromBytes,
                ::ipc_proto::interface::derived::zerocopy::Immutable,
            )]
            #[zerocopy(crate = "::ipc_proto::interface::derived::zerocopy")]
            #layout
        }
    });
    let (derived, written) = match &item.data {
        Data::Enum(data) if words && data.variants.iter().all(|variant| variant.fields.is_empty()) => {
            (None, Some(numbered(item, data)))
        }
        _ => {
            let derived = quote! {
                #[derive(::ipc_proto::interface::derived::postcard_schema_ng::Schema)]
                #[postcard(crate = ::ipc_proto::interface::derived::postcard_schema_ng)]
            };
            (Some(derived), None)
        }
    };
    let (fields, gaps) = (fields(item), words.then(|| gaps(item)).flatten());
    Ok(quote! {
        #of_message
        #of_words
        #derived
        #item
        #written
        #gaps
        #(#fields)*
    })
}

/// That each field says what it is made of, asked where its type stands: what is derived asks, too, in other words. Where the
/// item has parameters only what is derived knows them.
fn fields(item: &DeriveInput) -> Vec<TokenStream> {
    if !item.generics.params.is_empty() {
        return Vec::new();
    }
    let text = "its type does not go over the wire: `#[wire]` has to stand on that, too; a string or a vector is one of \
                `ipc_proto::heapless`";
    let asked = |field: &Field| {
        let ty = &field.ty;
        quote_spanned! { ty.span() =>
            const _: () = {
                #[allow(unused_imports, reason = "where it says it")]
                use ::ipc_proto::interface::probe::NoShape as _;
                assert!(::ipc_proto::interface::probe::Shape::<#ty>::IS, #text);
            };
        }
    };
    fields_of(item).into_iter().map(asked).collect()
}

/// That a struct has no bytes but its fields', asked at its name: what is derived asks, too, in other words.
fn gaps(item: &DeriveInput) -> Option<TokenStream> {
    let Data::Struct(data) = &item.data else { return None };
    if !item.generics.params.is_empty() {
        return None;
    }
    let (name, types) = (&item.ident, data.fields.iter().map(|field| &field.ty));
    let sum = match data.fields.is_empty() {
        true => quote! { 0 },
        false => quote! { #(::core::mem::size_of::<#types>())+* },
    };
    let text = format!(
        "`{name}` has gaps between or behind its fields, which would be sent: fill them by fields, or use `#[wire]`"
    );
    Some(quote_spanned! { name.span() =>
        const _: () = assert!(
            ::core::mem::size_of::<#name>() == #sum,
            #text
        );
    })
}

/// What an enum of numbers is made of: in words the numbers are sent, so they belong to the variants' names.
fn numbered(item: &DeriveInput, data: &DataEnum) -> TokenStream {
    let (name, text) = (&item.ident, item.ident.to_string());
    let (parameters, arguments, bounds) = item.generics.split_for_impl();
    let variants = data.variants.iter().map(|variant| match &variant.discriminant {
        Some((_, number)) => format!("{} = {}", variant.ident, text_of(number)),
        None => variant.ident.to_string(),
    });
    let schema = quote! { ::ipc_proto::interface::derived::postcard_schema_ng };
    quote! {
        impl #parameters #schema::Schema for #name #arguments #bounds {
            const SCHEMA: &'static #schema::schema::DataModelType = &#schema::schema::DataModelType::Enum {
                name: #text,
                variants: &[#(&#schema::schema::Variant {
                    name: #variants,
                    data: #schema::schema::Data::Unit,
                }),*],
            };
        }
    }
}
