//! What stands in `#[interface(..)]` and `#[method(..)]`.

use std::fmt::Display;
use std::str::FromStr;

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, Error, Ident, LitInt, LitStr, Meta, Path, Result, Token};

/// The longest name, as `ipc_proto::name` has it.
const MAX_NAME: usize = 32;
/// The most pages of a window, as `ipc_proto::window` has it.
const MAX_PAGES: u8 = 16;

/// `name = "counter", version = 1, error = CounterError`, and perhaps `window_pages = 2`.
pub struct OfInterface {
    pub name: LitStr,
    pub version: u16,
    pub error: Path,
    /// Of how many pages the window is, and where that stands.
    pub window_pages: Option<(u8, Span)>,
}

/// Sets what may be set once.
fn once<T>(place: &mut Option<T>, key: &Ident, value: T) -> Result<()> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(Error::new(key.span(), format!("`{key}` is here twice"))),
    }
}

fn no_such_key(key: &Ident, keys: &str) -> Error {
    Error::new(key.span(), format!("there is no `{key}` here: it can have {keys}"))
}

impl Parse for OfInterface {
    fn parse(input: ParseStream) -> Result<Self> {
        let (mut name, mut version, mut error, mut window_pages) = (None, None, None, None);
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            match key.to_string().as_str() {
                "name" => once(&mut name, &key, checked_name(input.parse()?)?)?,
                "version" => once(&mut version, &key, number(&input.parse()?, 0, u16::MAX)?)?,
                "error" => once(&mut error, &key, input.parse()?)?,
                "window_pages" => {
                    let literal: LitInt = input.parse()?;
                    once(&mut window_pages, &key, (number(&literal, 1, MAX_PAGES)?, literal.span()))?;
                }
                _ => return Err(no_such_key(&key, "`name`, `version`, `error` and `window_pages`")),
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let lacks = |key: &str, like: &str| {
            let text = format!("an interface has a `{key}`: `#[interface(.., {key} = {like})]`");
            Error::new(Span::call_site(), text)
        };
        Ok(OfInterface {
            name: name.ok_or_else(|| lacks("name", "\"counter\""))?,
            version: version.ok_or_else(|| lacks("version", "1"))?,
            error: error.ok_or_else(|| lacks("error", "CounterError"))?,
            window_pages,
        })
    }
}

/// A number from `least` to `most`.
fn number<N>(literal: &LitInt, least: N, most: N) -> Result<N>
where
    N: FromStr<Err: Display> + PartialOrd + Display,
{
    let number = literal.base10_parse().ok().filter(|number| (&least..=&most).contains(&number));
    number.ok_or_else(|| Error::new(literal.span(), format!("it is a number from {least} to {most}")))
}

/// The rules of `ipc_proto::name::Name`, at the time of compilation.
fn checked_name(name: LitStr) -> Result<LitStr> {
    let text = name.value();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let fits = (1..=MAX_NAME).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(allowed);
    if fits {
        return Ok(name);
    }
    let rule = format!("a name is 1 to {MAX_NAME} of a-z, 0-9 and -, the first a letter");
    Err(Error::new(name.span(), rule))
}

/// `#[method(idempotent, deferred, deadline_us = 500)]`.
#[derive(Default)]
pub struct OfMethod {
    pub idempotent: bool,
    pub deferred: bool,
    pub deadline_us: Option<u32>,
}

fn says_nothing(attribute: &Attribute) -> Error {
    Error::new(attribute.span(), "it says nothing: `#[method(idempotent)]`, or leave it out")
}

/// Takes the attributes `#[method(..)]` out of a method's, and reads them.
pub fn of_method(attributes: &mut Vec<Attribute>) -> Result<OfMethod> {
    let (own, others) = std::mem::take(attributes).into_iter().partition(|a| a.path().is_ident("method"));
    *attributes = others;
    let own: Vec<Attribute> = own;
    let mut read = OfMethod::default();
    for attribute in &own {
        let Meta::List(list) = &attribute.meta else {
            return Err(says_nothing(attribute));
        };
        if list.tokens.is_empty() {
            return Err(says_nothing(attribute));
        }
        list.parse_nested_meta(|meta| {
            if meta.path.is_ident("idempotent") {
                if !meta.input.is_empty() && !meta.input.peek(Token![,]) {
                    return Err(meta.error("`idempotent` takes nothing: where it stands the method is that"));
                }
                if std::mem::replace(&mut read.idempotent, true) {
                    return Err(meta.error("`idempotent` is here twice"));
                }
                return Ok(());
            }
            if meta.path.is_ident("deferred") {
                if !meta.input.is_empty() && !meta.input.peek(Token![,]) {
                    return Err(meta.error("`deferred` takes nothing: where it stands the method is that"));
                }
                if std::mem::replace(&mut read.deferred, true) {
                    return Err(meta.error("`deferred` is here twice"));
                }
                return Ok(());
            }
            if meta.path.is_ident("deadline_us") {
                let literal = meta.value().and_then(|value| value.parse());
                let literal = literal.map_err(|error| {
                    Error::new(error.span(), "microseconds are a whole number: `deadline_us = 500`")
                })?;
                if read.deadline_us.replace(number(&literal, 1, u32::MAX)?).is_some() {
                    return Err(meta.error("`deadline_us` is here twice"));
                }
                return Ok(());
            }
            Err(meta.error(
                "there is no such thing here: it can have `idempotent`, `deferred` and `deadline_us = N`",
            ))
        })?;
    }
    Ok(read)
}

/// Whether it can take away what it stands at, which is decided after this macro.
pub fn is_conditional(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it expects")]
mod tests {
    use super::*;

    /// Whether an interface can have that name and version.
    fn is_interface(name: &str, version: &str) -> bool {
        syn::parse_str::<OfInterface>(&format!("name = \"{name}\", version = {version}, error = E")).is_ok()
    }

    #[test]
    fn a_name_and_a_version_below_at_and_above_their_bounds() {
        for (length, fits) in [(0, false), (1, true), (MAX_NAME, true), (MAX_NAME.saturating_add(1), false)] {
            assert_eq!(is_interface(&"a".repeat(length), "1"), fits, "{length}");
        }
        for (name, fits) in
            [("z-9", true), ("9", false), ("-", false), ("a_b", false), ("aB", false), ("\u{e4}", false)]
        {
            assert_eq!(is_interface(name, "1"), fits, "{name}");
        }
        for (version, fits) in [("0", true), ("65535", true), ("0xffff", true), ("65536", false)] {
            assert_eq!(is_interface("a", version), fits, "{version}");
        }
    }

    #[test]
    fn a_window_below_at_and_above_its_bounds() {
        for (pages, read) in [("0", None), ("1", Some(1)), ("16", Some(16)), ("17", None), ("256", None)] {
            let text = format!("name = \"a\", version = 1, error = E, window_pages = {pages}");
            let of = syn::parse_str::<OfInterface>(&text).ok().and_then(|of| of.window_pages);
            assert_eq!(of.map(|(pages, _)| pages), read, "{pages}");
        }
    }

    #[test]
    fn a_deadline_below_at_and_above_its_bounds() {
        for (micros, deadline) in [
            ("0", None),
            ("1", Some(1)),
            ("4294967295", Some(u32::MAX)),
            ("4_294_967_296", None),
            ("99999999999999999999", None),
        ] {
            let text = format!("#[method(deadline_us = {micros})] fn a();");
            let mut method: syn::TraitItemFn = syn::parse_str(&text).unwrap();
            assert_eq!(of_method(&mut method.attrs).ok().and_then(|of| of.deadline_us), deadline, "{micros}");
            assert!(method.attrs.is_empty());
        }
    }
}
