//! A type that goes over the wire: what is derived for it, under paths that need nothing of its package.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DataEnum, DeriveInput, Error, Result};

use crate::canonical::text_of;

/// What the attribute derives itself.
const DERIVED: [&str; 6] = ["Serialize", "Deserialize", "Schema", "IntoBytes", "TryFromBytes", "Immutable"];

/// What of this attribute is not for the author to say.
fn attribute(attribute: &Attribute) -> Result<()> {
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
    item.attrs.iter().try_for_each(attribute)?;
    let of_message = (!words).then(|| {
        quote! {
            #[derive(::ipc_proto::interface::derived::serde::Serialize, ::ipc_proto::interface::derived::serde::Deserialize)]
            #[serde(crate = "::ipc_proto::interface::derived::serde")]
        }
    });
    let is_laid_out = item.attrs.iter().any(|attribute| attribute.path().is_ident("repr"));
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
                #[derive(::ipc_proto::interface::derived::postcard_schema::Schema)]
                #[postcard(crate = ::ipc_proto::interface::derived::postcard_schema)]
            };
            (Some(derived), None)
        }
    };
    Ok(quote! {
        #of_message
        #of_words
        #derived
        #item
        #written
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
    let schema = quote! { ::ipc_proto::interface::derived::postcard_schema };
    quote! {
        impl #parameters #schema::Schema for #name #arguments #bounds {
            const SCHEMA: &'static #schema::schema::NamedType = &#schema::schema::NamedType {
                name: #text,
                ty: &#schema::schema::DataModelType::Enum(&[#(&#schema::schema::NamedVariant {
                    name: #variants,
                    ty: &#schema::schema::DataModelVariant::UnitVariant,
                }),*]),
            };
        }
    }
}
