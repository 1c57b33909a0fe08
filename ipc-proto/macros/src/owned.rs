//! What cannot go over the wire, whatever it is made of: references, types without a bound, types of this machine.

use syn::spanned::Spanned;
use syn::{Error, GenericArgument, PathArguments, Result, Type, TypePath};

use crate::{bulk, passing};

/// Refuses what cannot go over the wire whatever it is made of.
pub fn owned(ty: &Type) -> Result<()> {
    match ty {
        Type::Slice(_) => Err(without_bound(ty)),
        Type::Path(path) if path.path.is_ident("str") => Err(without_bound(ty)),
        _ => owned_within(ty),
    }
}

fn without_bound(ty: &Type) -> Error {
    let text = "it has no bound, and a message has: use `[u8; 64]`, `ipc_proto::heapless::Vec<u8, 64>` or `ipc_proto::heapless::String<64>`";
    Error::new(ty.span(), text)
}

/// The same of a type and of those that it is made of, as far as they are written there.
fn owned_within(ty: &Type) -> Result<()> {
    match ty {
        Type::Reference(_) | Type::Ptr(_) => Err(of_other_memory(ty)),
        Type::ImplTrait(_) | Type::TraitObject(_) | Type::Infer(_) | Type::BareFn(_) => {
            Err(of_no_one_type(ty))
        }
        Type::Array(array) => owned_within(&array.elem),
        Type::Group(group) => owned_within(&group.elem),
        Type::Paren(paren) => owned_within(&paren.elem),
        Type::Tuple(tuple) => tuple.elems.iter().try_for_each(owned_within),
        Type::Path(path) if path.path.segments.first().is_some_and(|first| first.ident == "Self") => {
            Err(of_no_one_type(ty))
        }
        Type::Path(path) if bulk::way_of(&path.path).is_some() => Err(bulk::within(ty)),
        Type::Path(path) if passing::is_passed(&path.path) => Err(passing::within(ty)),
        Type::Path(path) if path.path.is_ident("usize") || path.path.is_ident("isize") => {
            Err(Error::new(ty.span(), "it has another size on another machine: use `u64` or `i64`"))
        }
        Type::Path(path) if is_of_the_heap(path) => Err(without_bound(ty)),
        Type::Path(path) => path.path.segments.iter().try_for_each(|segment| match &segment.arguments {
            PathArguments::AngleBracketed(arguments) => {
                arguments.args.iter().try_for_each(|argument| match argument {
                    GenericArgument::Type(ty) => owned_within(ty),
                    GenericArgument::Lifetime(lifetime) if lifetime.ident != "static" => {
                        Err(of_other_memory(lifetime))
                    }
                    _ => Ok(()),
                })
            }
            _ => Ok(()),
        }),
        _ => Ok(()),
    }
}

/// Whether it is the `String`, the `Vec<T>` or the `Box<T>` that lies in a heap: those with a bound say it behind their name.
fn is_of_the_heap(path: &TypePath) -> bool {
    let Some(last) = path.path.segments.last() else { return false };
    let parameters = match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.len(),
        _ => 0,
    };
    (last.ident == "String" && parameters == 0)
        || ((last.ident == "Vec" || last.ident == "Box") && parameters == 1)
}

fn of_other_memory(what: &impl Spanned) -> Error {
    let text = "a reference does not go over the wire: the other side has another memory. Use a bounded type, `ipc_proto::heapless::String<64>`";
    Error::new(what.span(), text)
}

fn of_no_one_type(ty: &Type) -> Error {
    Error::new(ty.span(), "what goes over the wire is of one type that both sides know")
}
