//! The four headings under which a method is documented.

use syn::{Attribute, Error, Expr, ExprLit, Ident, Lit, Meta, Result};

/// In this order.
const HEADINGS: [&str; 4] = ["# Request", "# Preconditions", "# Response", "# Errors"];

/// The lines of a documentation.
pub fn lines(attributes: &[Attribute]) -> Vec<String> {
    let text = |attribute: &Attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    };
    let texts = attributes.iter().filter_map(text);
    texts.flat_map(|text| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()).collect()
}

/// Whether a method has all of them, in order, each with something under it.
pub fn check(attributes: &[Attribute], name: &Ident) -> Result<()> {
    let lines = lines(attributes);
    let wrong = |text: String| {
        let all = HEADINGS.map(|heading| format!("`{heading}`")).join(", ");
        Err(Error::new(name.span(), format!("{text}; a method is documented under {all}, in this order")))
    };
    if lines.first().is_none_or(|first| first.is_empty() || first.starts_with('#')) {
        return wrong(format!("the documentation of `{name}` does not begin with what it does"));
    }
    let mut rest = lines.iter();
    for heading in HEADINGS {
        if !rest.any(|line| line == heading) {
            return wrong(format!("the documentation of `{name}` has no `{heading}`, or not in its place"));
        }
        let mut under = rest.clone().take_while(|line| !line.starts_with("# "));
        if !under.any(|line| !line.is_empty()) {
            return wrong(format!("the documentation of `{name}` has nothing under `{heading}`"));
        }
    }
    Ok(())
}
