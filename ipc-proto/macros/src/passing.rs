//! Connections among the arguments of a method: which they are, and what is wrong with them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Error, GenericArgument, Ident, Path, PathArguments, Result, Type};

use crate::bulk::Bulk;

/// As `ipc_proto::passing::MAX_PASSED`.
const MAX_PASSED: usize = 4;

/// An argument that is a connection.
pub struct Passing {
    /// Which of the arguments it is.
    pub index: usize,
    /// Of which interface.
    pub interface: Type,
}

impl Passing {
    /// What the stub takes.
    pub fn passed(&self) -> TokenStream {
        let interface = &self.interface;
        quote! { &impl ::ipc_proto::interface::passing::Passes<#interface> }
    }
}

/// Whether it is a connection.
pub fn is_passed(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| last.ident == "Passed")
}

/// The same of any type.
pub fn is_passed_type(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if is_passed(&path.path))
}

/// A connection that is a part of something else.
pub fn within(of: &impl Spanned) -> Error {
    Error::new(
        of.span(),
        "a connection that is passed is an argument of its own, and no part of another type",
    )
}

/// A connection as an answer.
pub fn answered(answer: &Type) -> Result<()> {
    if !is_passed_type(answer) {
        return Ok(());
    }
    let text = "a connection is no answer: a client passes one with its call, and a server offers its services by their names";
    Err(Error::new(answer.span(), text))
}

/// The `I` of `Passed<I>`.
fn interface_of(ty: &Type) -> Result<Type> {
    let wrong = || {
        let text =
            "say of which interface the connection is: `Passed<CounterInterface>`, for a trait `Counter`";
        Error::new(ty.span(), text)
    };
    let Type::Path(path) = ty else { return Err(wrong()) };
    let Some(PathArguments::AngleBracketed(arguments)) =
        path.path.segments.last().map(|last| &last.arguments)
    else {
        return Err(wrong());
    };
    match (arguments.args.first(), arguments.args.len()) {
        (Some(GenericArgument::Type(interface)), 1) => Ok(interface.clone()),
        _ => Err(wrong()),
    }
}

/// The connections among a method's arguments.
pub fn of(name: &Ident, arguments: &[(Ident, Type)], bulk: Option<&Bulk>) -> Result<Vec<Passing>> {
    let mut all = Vec::new();
    for (index, (_, ty)) in arguments.iter().enumerate().filter(|(_, (_, ty))| is_passed_type(ty)) {
        if bulk.is_some() {
            let text =
                format!("`{name}` has bulk data, so it passes no connection: give it a method of its own");
            return Err(Error::new(ty.span(), text));
        }
        if all.len() == MAX_PASSED {
            let text = format!("`{name}` passes {MAX_PASSED} connections already, which is the most");
            return Err(Error::new(ty.span(), text));
        }
        all.push(Passing { index, interface: interface_of(ty)? });
    }
    Ok(all)
}
