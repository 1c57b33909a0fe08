//! The bulk argument of a method: which one it is, which way it goes, and what is wrong with it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Error, Ident, Path, Result, Type, parse_quote};

/// Which way bulk data goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the client to the server.
    In,
    /// From the server to the client.
    Out,
}

/// The bulk argument of a method.
pub struct Bulk {
    pub way: Way,
    /// Which of the arguments it is; there its type is what the message says of it.
    pub index: usize,
}

impl Way {
    /// How it stands in the text of the compatibility hash, however its type was written.
    pub fn canonical(self) -> &'static str {
        match self {
            Way::In => "bulk in",
            Way::Out => "bulk out",
        }
    }

    /// What the method of the server takes.
    pub fn view(self) -> TokenStream {
        match self {
            Way::In => quote! { ::ipc_proto::interface::bulk::BulkIn },
            Way::Out => quote! { ::ipc_proto::interface::bulk::BulkOut },
        }
    }

    /// What the stub takes.
    pub fn passed(self) -> TokenStream {
        match self {
            Way::In => quote! { impl ::ipc_proto::interface::bulk::Fill },
            Way::Out => quote! { impl ::ipc_proto::interface::bulk::Drain },
        }
    }

    /// What the stub calls.
    pub fn call(self) -> TokenStream {
        match self {
            Way::In => quote! { ::ipc_proto::interface::bulk::client::send },
            Way::Out => quote! { ::ipc_proto::interface::bulk::client::receive },
        }
    }
}

/// Which way a type's data goes, where it is one of the two.
pub fn way_of(path: &Path) -> Option<Way> {
    let last = path.segments.last()?;
    if last.ident == "BulkIn" {
        Some(Way::In)
    } else if last.ident == "BulkOut" {
        Some(Way::Out)
    } else {
        None
    }
}

/// The same of any type.
pub fn way_of_type(ty: &Type) -> Option<Way> {
    match ty {
        Type::Path(path) => way_of(&path.path),
        _ => None,
    }
}

/// Bulk data that is a part of something else.
pub fn within(of: &impl Spanned) -> Error {
    let text = "bulk data is an argument of its own, and no part of another type";
    Error::new(of.span(), text)
}

/// Bulk data as an answer.
pub fn answered(answer: &Type) -> Result<()> {
    match way_of_type(answer) {
        None => Ok(()),
        Some(_) => {
            let text =
                "bulk data is no answer: take a `BulkOut<'_>`, write into it, and answer how much there is";
            Err(Error::new(answer.span(), text))
        }
    }
}

/// Takes the bulk argument out of a method's: in its place is left what goes in the message.
pub fn take(name: &Ident, arguments: &mut [(Ident, Type)], window: bool) -> Result<Option<Bulk>> {
    let mut found = None;
    for (index, (_, ty)) in arguments.iter_mut().enumerate() {
        let Some(way) = way_of_type(ty) else { continue };
        if found.is_some() {
            let text = format!("`{name}` has bulk data already: there is one window, and that lies in it");
            return Err(Error::new(ty.span(), text));
        }
        if !window {
            let text = format!(
                "`{name}` has bulk data: say how large its window is, `#[interface(.., window_pages = 1)]`"
            );
            return Err(Error::new(ty.span(), text));
        }
        *ty = parse_quote! { ::ipc_proto::interface::bulk::Part };
        found = Some(Bulk { way, index });
    }
    Ok(found)
}
