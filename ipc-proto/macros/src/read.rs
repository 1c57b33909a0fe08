//! The trait as a description of its methods, or what is wrong with it.

use std::collections::HashSet;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{
    Error, FnArg, GenericArgument, Ident, ItemTrait, Pat, PathArguments, Result, ReturnType, TraitItem,
    TraitItemFn, Type,
};

use crate::attributes::{OfInterface, is_conditional, of_method};
use crate::description::{Interface, Method};
use crate::names::number_of;
use crate::owned::owned;
use crate::text::text_of;
use crate::{bulk, headings, later, passing};

/// The most methods: their numbers end below those of no use.
const MAX_METHODS: usize = 256;

/// What the stub has beside the methods; the last where there is a window.
const OF_STUB: [&str; 3] = ["new", "way", "share"];

/// Everything that is wrong, not only the first thing.
fn all<T>(results: impl Iterator<Item = Result<T>>) -> Result<Vec<T>> {
    let (mut good, mut bad) = (Vec::new(), None::<Error>);
    for result in results {
        match (result, &mut bad) {
            (Ok(one), _) => good.push(one),
            (Err(error), Some(bad)) => bad.combine(error),
            (Err(error), None) => bad = Some(error),
        }
    }
    bad.map_or(Ok(good), Err)
}

/// Reads the trait, and takes out of it what is for this macro.
pub fn interface(attribute: OfInterface, item: &mut ItemTrait) -> Result<Interface> {
    let (error, window) = (text_of(&attribute.error), attribute.window_pages);
    // Whatever is wrong, no attribute of a method may stay: the compiler knows none.
    let methods = all(item.items.iter_mut().map(|item| match item {
        TraitItem::Fn(method) => read_method(method, &error, window.is_some()),
        other => Err(Error::new(other.span(), "an interface has methods and nothing else")),
    }));
    if !item.generics.params.is_empty() {
        let text = "an interface has no parameters: what goes over the wire is of one type";
        return Err(Error::new(item.generics.span(), text));
    }
    let methods = methods?;
    if let Some((_, span)) = window.filter(|_| methods.iter().all(|method| method.bulk.is_none())) {
        let text = "no method has bulk data, so there is no window: take a `BulkIn<'_>` or a `BulkOut<'_>`";
        return Err(Error::new(span, text));
    }
    let mut numbers = HashSet::new();
    for method in &methods {
        let number = number_of(method);
        if !numbers.insert(number.to_string()) {
            let text = format!("another method's number is called `{number}` already");
            return Err(Error::new(method.name.span(), text));
        }
    }
    if methods.len() > MAX_METHODS {
        return Err(Error::new(item.ident.span(), format!("it has more than {MAX_METHODS} methods")));
    }
    Ok(Interface { attribute, visibility: item.vis.clone(), name: item.ident.clone(), methods })
}

fn read_method(item: &mut TraitItemFn, error: &str, window: bool) -> Result<Method> {
    let attribute = of_method(&mut item.attrs)?;
    let (signature, name) = (&item.sig, item.sig.ident.clone());
    let wrong = |span: Span, text: String| Err(Error::new(span, text));
    if let Some(token) = &signature.asyncness {
        return wrong(token.span(), format!("`{name}` cannot be `async`: one call is served at a time"));
    }
    if !signature.generics.params.is_empty() {
        return wrong(
            signature.generics.span(),
            format!("`{name}` has no parameters: its types are what goes over the wire"),
        );
    }
    if OF_STUB.iter().take(if window { 3 } else { 2 }).any(|own| name == own) {
        return wrong(name.span(), format!("the stub has a `{name}` of its own: choose another name"));
    }
    if let Some(attribute) = item.attrs.iter().find(|attribute| is_conditional(attribute)) {
        return wrong(
            attribute.span(),
            format!("`{name}` is there or not there for both sides: an interface has no conditions"),
        );
    }
    let qualifier = signature.unsafety.map(|token| token.span());
    let qualifier = qualifier.or(signature.constness.map(|token| token.span()));
    if let Some(span) = qualifier.or(signature.abi.as_ref().map(Spanned::span)) {
        return wrong(span, format!("`{name}` is a plain `fn`: it is called over the wire"));
    }
    if let Some(body) = &item.default {
        return wrong(
            body.span(),
            format!("`{name}` has no body here: the server that implements the trait has it"),
        );
    }
    let mut inputs = signature.inputs.iter();
    match inputs.next() {
        Some(FnArg::Receiver(this)) if this.reference.is_some() && this.mutability.is_some() => {}
        other => {
            let span = other.map_or(name.span(), Spanned::span);
            return wrong(span, format!("`{name}` takes `&mut self` first: it is the server"));
        }
    }
    let mut inputs: Vec<_> = inputs.collect();
    let owed = later::take_reply(&mut inputs, &name, attribute.deferred)?;
    let mut arguments = all(inputs.into_iter().map(argument))?;
    let client = arguments.first().is_some_and(|(_, ty)| is_client(ty));
    if client {
        arguments.remove(0);
    }
    if let Some((_, ty)) = arguments.iter().find(|(_, ty)| is_client(ty)) {
        return wrong(ty.span(), "who calls comes first, before what goes over the wire".to_owned());
    }
    later::without_bulk(&name, &arguments, attribute.deferred)?;
    let bulk = bulk::take(&name, &mut arguments, window)?;
    let passed = passing::of(&name, &arguments, bulk.as_ref())?;
    let answer = match owed {
        Some(reply) => later::answer(&reply, &signature.output, &name, error)?,
        None => answer(&signature.output, &name, error)?,
    };
    headings::check(&item.attrs, &name)?;
    Ok(Method {
        docs: item.attrs.iter().filter(|attribute| attribute.path().is_ident("doc")).cloned().collect(),
        name,
        idempotent: attribute.idempotent,
        deferred: attribute.deferred,
        deadline_us: attribute.deadline_us,
        client,
        arguments,
        bulk,
        passed,
        answer,
    })
}

/// An argument that goes over the wire, or the client.
fn argument(input: &FnArg) -> Result<(Ident, Type)> {
    let FnArg::Typed(typed) = input else {
        return Err(Error::new(input.span(), "`self` comes first"));
    };
    let name = match typed.pat.as_ref() {
        Pat::Ident(name) if name.subpat.is_none() => name.ident.clone(),
        Pat::Wild(_) if is_client(&typed.ty) => Ident::new("client", typed.pat.span()),
        other => return Err(Error::new(other.span(), "an argument has a name: the stub has it, too")),
    };
    if let Some(attribute) = typed.attrs.iter().find(|attribute| is_conditional(attribute)) {
        let text = format!("`{name}` is there or not there for both sides: an interface has no conditions");
        return Err(Error::new(attribute.span(), text));
    }
    if bulk::way_of_type(&typed.ty).is_none() && !passing::is_passed_type(&typed.ty) {
        owned(&typed.ty)?;
    }
    Ok((name, typed.ty.as_ref().clone()))
}

/// Whether it is the type that says who calls.
fn is_client(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Client"))
}

/// The `A` of `Result<A, E>`.
fn answer(output: &ReturnType, name: &Ident, error: &str) -> Result<Type> {
    let wrong = |span| {
        let error = error.replace(' ', "");
        Error::new(span, format!("`{name}` returns `Result<_, {error}>`: a call can always come to nothing"))
    };
    let ReturnType::Type(_, ty) = output else { return Err(wrong(name.span())) };
    let Type::Path(path) = ty.as_ref() else { return Err(wrong(ty.span())) };
    let last = path.path.segments.last().filter(|last| last.ident == "Result");
    let Some(PathArguments::AngleBracketed(arguments)) = last.map(|last| &last.arguments) else {
        return Err(wrong(ty.span()));
    };
    let mut types = arguments.args.iter();
    let (Some(GenericArgument::Type(answer)), Some(GenericArgument::Type(of)), None) =
        (types.next(), types.next(), types.next())
    else {
        return Err(wrong(ty.span()));
    };
    if text_of(of) != error {
        return Err(wrong(of.span()));
    }
    bulk::answered(answer)?;
    passing::answered(answer)?;
    owned(answer)?;
    Ok(answer.clone())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it expects")]
mod tests {
    use super::*;

    #[test]
    fn as_many_methods_below_at_and_above_the_bound() {
        let docs = "/// A.\n/// # Request\n/// A.\n/// # Preconditions\n/// A.\n/// # Response\n/// A.\n/// # Errors\n/// A.\n";
        for (count, fits) in [(MAX_METHODS - 1, true), (MAX_METHODS, true), (MAX_METHODS + 1, false)] {
            let method = |number| format!("{docs}fn m{number}(&mut self) -> Result<(), E>;");
            let methods: String = (0..count).map(method).collect();
            let attribute = syn::parse_str("name = \"a\", version = 1, error = E").unwrap();
            let mut item = syn::parse_str(&format!("trait Any {{ {methods} }}")).unwrap();
            assert_eq!(interface(attribute, &mut item).is_ok(), fits, "{count}");
        }
    }
}
