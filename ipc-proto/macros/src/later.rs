//! A method that is answered later: the answer that it owes stands in its last argument, and it returns nothing.

use syn::spanned::Spanned;
use syn::{Error, FnArg, GenericArgument, Ident, PathArguments, Result, ReturnType, Type};

use crate::bulk;
use crate::owned::owned;
use crate::text::text_of;

fn is_reply(input: &FnArg) -> bool {
    let FnArg::Typed(typed) = input else { return false };
    matches!(typed.ty.as_ref(), Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Reply"))
}

/// Takes the reply out of what a method takes, where it is one that is answered later.
pub fn take_reply(inputs: &mut Vec<&FnArg>, name: &Ident, deferred: bool) -> Result<Option<Type>> {
    let at = inputs.iter().position(|input| is_reply(input));
    match (at, deferred) {
        (None, false) => Ok(None),
        (None, true) => Err(Error::new(
            name.span(),
            format!(
                "`{name}` is answered later: its last argument is `reply: Reply<_, _>`, with its answer and its errors"
            ),
        )),
        (Some(at), _) => {
            let reply = inputs.remove(at);
            let FnArg::Typed(typed) = reply else { return Ok(None) };
            if !deferred {
                let text =
                    format!("`{name}` has a reply: say that it is answered later, `#[method(deferred)]`");
                return Err(Error::new(typed.ty.span(), text));
            }
            if at < inputs.len() {
                let text = "the reply comes last, behind what goes over the wire".to_owned();
                return Err(Error::new(typed.ty.span(), text));
            }
            Ok(Some(typed.ty.as_ref().clone()))
        }
    }
}

/// Refuses bulk data: the window is the client's again when the method returns.
pub fn without_bulk(name: &Ident, arguments: &[(Ident, Type)], deferred: bool) -> Result<()> {
    let bulk = arguments.iter().find(|(_, ty)| deferred && bulk::way_of_type(ty).is_some());
    bulk.map_or(Ok(()), |(_, ty)| {
        let text =
            format!("`{name}` is answered later: it has no bulk data, which is there only while it runs");
        Err(Error::new(ty.span(), text))
    })
}

/// The `A` of `Reply<A, E>`.
pub fn answer(reply: &Type, output: &ReturnType, name: &Ident, error: &str) -> Result<Type> {
    if let ReturnType::Type(_, ty) = output {
        let text = format!("`{name}` is answered later: it returns nothing");
        return Err(Error::new(ty.span(), text));
    }
    let wrong = |span| {
        let error = error.replace(' ', "");
        Error::new(
            span,
            format!("`{name}` owes a `Reply<_, {error}>`: its answer, and the interface's errors"),
        )
    };
    let Type::Path(path) = reply else { return Err(wrong(reply.span())) };
    let last = path.path.segments.last().map(|last| &last.arguments);
    let Some(PathArguments::AngleBracketed(arguments)) = last else { return Err(wrong(reply.span())) };
    let mut types = arguments.args.iter();
    let (Some(GenericArgument::Type(answer)), Some(GenericArgument::Type(of)), None) =
        (types.next(), types.next(), types.next())
    else {
        return Err(wrong(reply.span()));
    };
    if text_of(of) != error {
        return Err(wrong(of.span()));
    }
    owned(answer)?;
    Ok(answer.clone())
}
