//! Writes the Rust function of each invocation, and the structs that invocations pass by reference.

use std::fmt::Write as _;

use crate::error::{Error, Result};
use crate::layout::{Place, places};
use crate::model::{Api, Direction, Method, Struct};
use crate::types::{Type, resolve, snake_case, strip};

/// A parameter whose type is known.
struct Typed {
    name: String,
    ty: Type,
}

/// The Rust text of a struct that is passed as a run of words.
#[must_use]
pub fn emit_struct(structure: &Struct) -> String {
    let name = strip(&structure.name);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "/// libsel4's `{}`, as the kernel passes it: one word for each member.",
        structure.name
    );
    out.push_str("#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]\n#[repr(C)]\n");
    let _ = writeln!(out, "pub struct {name} {{");
    for member in &structure.members {
        let _ = writeln!(out, "    /// The register `{member}`.\n    pub {member}: Word,");
    }
    let _ = writeln!(out, "}}\n\nimpl {name} {{");
    let _ = writeln!(out, "    /// How many words the kernel passes.");
    let _ = writeln!(out, "    pub const WORDS: usize = {};\n}}\n", structure.members.len());
    out
}

/// The constant of one invocation's label, named like its function.
pub fn emit_label(out: &mut String, method: &Method, label: u64) {
    let name = function_name(method).to_uppercase();
    let _ = writeln!(out, "    /// libsel4's `{}`.\n    pub const {name}: Word = {label:#x};", method.label);
}

/// The Rust text of one invocation; `label` is the number that the kernel knows it by.
///
/// # Errors
/// [`Error::UnknownType`].
pub fn emit_method(method: &Method, label: u64, api: &Api) -> Result<String> {
    let inputs = typed(method, Direction::In, api)?;
    let outputs = typed(method, Direction::Out, api)?;
    let (caps, numbers): (Vec<&Typed>, Vec<&Typed>) = inputs.iter().partition(|param| param.ty == Type::Cap);
    let (in_places, in_words) = places(&numbers.iter().map(|param| &param.ty).collect::<Vec<_>>());

    let mut out = String::new();
    document(&mut out, method, inputs.len(), outputs.len());
    let _ = write!(out, "#[inline]\npub fn {}(service: CPtr", function_name(method));
    for param in &inputs {
        let _ = write!(out, ", {}: {}", param.name, param.ty.rust_in());
    }
    let _ = writeln!(out, ") -> Result<{}> {{", return_type(&outputs));

    let mut words = vec![Vec::new(); in_words];
    for (param, place) in numbers.iter().zip(&in_places) {
        for (offset, expression) in into_words(param, api).into_iter().enumerate() {
            if let Some(word) = words.get_mut(place.word.saturating_add(offset)) {
                word.push(shifted(&expression, place.shift));
            }
        }
    }
    let words: Vec<String> = words.iter().map(|parts| parts.join(" | ")).collect();
    let caps: Vec<&str> = caps.iter().map(|param| param.name.as_str()).collect();
    let binding = if outputs.is_empty() { "_" } else { "message" };
    let _ = writeln!(
        out,
        "    let {binding} = invoke(service, {label:#x}, [{}], [{}])?;",
        words.join(", "),
        caps.join(", ")
    );
    let _ = writeln!(out, "    Ok({})\n}}\n", from_message(&outputs, api));
    Ok(out)
}

/// The name of the Rust function of a method.
#[must_use]
pub fn function_name(method: &Method) -> String {
    snake_case(&method.c_name())
}

fn typed(method: &Method, direction: Direction, api: &Api) -> Result<Vec<Typed>> {
    method
        .params
        .iter()
        .filter(|param| param.direction == direction)
        .map(|param| {
            let ty = resolve(&param.ctype, &api.structs)
                .ok_or_else(|| Error::UnknownType { method: method.c_name(), ctype: param.ctype.clone() })?;
            Ok(Typed { name: snake_case(&param.name), ty })
        })
        .collect()
}

fn document(out: &mut String, method: &Method, inputs: usize, outputs: usize) {
    let _ = writeln!(out, "/// The invocation `{}` (label `{}`).\n///", method.c_name(), method.label);
    let _ = writeln!(
        out,
        "/// `service` is the capability that is invoked; the parameters are those of the kernel's"
    );
    let _ = writeln!(
        out,
        "/// interface file, in its order{}.",
        if outputs > 0 { ", and so are the values that come back" } else { "" }
    );
    if let Some(label) = &method.manual_label {
        let _ = writeln!(out, "/// Manual: API reference, `{label}`.");
    } else {
        let _ = writeln!(out, "/// Manual: API reference, `{}`.", method.c_name());
    }
    out.push_str("///\n/// # Errors\n/// The kernel's answer; the words that explain it are in the IPC buffer's message registers.\n");
    if inputs > 6 {
        out.push_str(
            "#[expect(clippy::too_many_arguments, reason = \"the kernel's interface file says so\")]\n",
        );
    }
}

fn return_type(outputs: &[Typed]) -> String {
    match outputs {
        [one] => one.ty.rust_out(),
        several => {
            format!("({})", several.iter().map(|param| param.ty.rust_out()).collect::<Vec<_>>().join(", "))
        }
    }
}

/// The words that a value is made of.
fn into_words(param: &Typed, api: &Api) -> Vec<String> {
    let name = &param.name;
    match &param.ty {
        Type::Cap => Vec::new(),
        Type::Number { rust: "Word", .. } => vec![name.clone()],
        Type::Number { .. } => vec![format!("Word::from({name})")],
        Type::Wrapped { .. } => vec![format!("{name}.bits()")],
        Type::Struct { rust, .. } => {
            members(rust, api).iter().map(|member| format!("{name}.{member}")).collect()
        }
    }
}

fn shifted(expression: &str, shift: usize) -> String {
    if shift == 0 { expression.to_owned() } else { format!("({expression} << {shift})") }
}

/// The expression that makes the results out of the answer's words.
fn from_message(outputs: &[Typed], api: &Api) -> String {
    let types: Vec<&Type> = outputs.iter().map(|param| &param.ty).collect();
    let (places, _) = places(&types);
    let values: Vec<String> = types.iter().zip(&places).map(|(ty, place)| value(ty, *place, api)).collect();
    match values.as_slice() {
        [one] => one.clone(),
        several => format!("({})", several.join(", ")),
    }
}

fn value(ty: &Type, place: Place, api: &Api) -> String {
    let word = format!("message.word({})", place.word);
    let moved = if place.shift == 0 { word.clone() } else { format!("({word} >> {})", place.shift) };
    match ty {
        Type::Number { rust: "bool", .. } => format!("{moved} & 1 != 0"),
        Type::Number { rust: "Word", .. } => moved,
        // The kernel leaves the bits above a small value undefined; cutting them off is the meaning.
        Type::Number { rust, .. } => format!("{moved} as {rust}"),
        Type::Cap => format!("CPtr::from_bits({word})"),
        Type::Wrapped { rust } => format!("{rust}::from_bits({word})"),
        Type::Struct { rust, .. } => {
            let fields: Vec<String> = members(rust, api)
                .iter()
                .enumerate()
                .map(|(offset, member)| {
                    format!("{member}: message.word({})", place.word.saturating_add(offset))
                })
                .collect();
            format!("{rust} {{ {} }}", fields.join(", "))
        }
    }
}

fn members<'api>(rust: &str, api: &'api Api) -> &'api [String] {
    api.structs
        .iter()
        .find(|structure| strip(&structure.name) == rust)
        .map_or(&[], |structure| structure.members.as_slice())
}

#[cfg(test)]
#[path = "invocations_tests.rs"]
mod tests;
