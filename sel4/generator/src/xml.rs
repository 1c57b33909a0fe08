//! From the text of an interface file to the model. Pure: no file is read here.
//!
//! Both dialects are understood: conditions as an attribute that holds a C expression (up to seL4 12), and as a
//! `<condition>` element built from `config`, `and`, `or` and `not` (since then).

use roxmltree::{Document, Node};

use crate::model::{Api, Direction, Method, Param, Struct};

/// Adds the content of one interface file to `api`.
///
/// # Errors
/// Says in words what in the file is not as expected.
pub fn read(text: &str, api: &mut Api) -> Result<(), String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let root = document.root_element();
    if !root.has_tag_name("api") {
        return Err(format!("the outermost element is <{}> instead of <api>", root.tag_name().name()));
    }
    api.notices.extend(notices(&document));
    for node in root.children().filter(Node::is_element) {
        match node.tag_name().name() {
            "struct" => api.structs.push(read_struct(node)?),
            "interface" => read_interface(node, api)?,
            other => return Err(format!("unknown element <{other}> in <api>")),
        }
    }
    Ok(())
}

/// The comments in front of the outermost element: there stand copyright and licence.
fn notices(document: &Document<'_>) -> Vec<String> {
    document
        .root()
        .children()
        .take_while(|node| !node.is_element())
        .filter(Node::is_comment)
        .filter_map(|node| node.text().map(str::to_owned))
        .collect()
}

fn read_struct(node: Node<'_, '_>) -> Result<Struct, String> {
    let members = node
        .children()
        .filter(|child| child.has_tag_name("member"))
        .map(|child| attribute(child, "name"))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Struct { name: attribute(node, "name")?, members })
}

fn read_interface(node: Node<'_, '_>, api: &mut Api) -> Result<(), String> {
    let interface = attribute(node, "name")?;
    for child in node.children().filter(|child| child.has_tag_name("method")) {
        api.methods.push(read_method(&interface, child)?);
    }
    Ok(())
}

fn read_method(interface: &str, node: Node<'_, '_>) -> Result<Method, String> {
    let mut params = Vec::new();
    for child in node.children().filter(|child| child.has_tag_name("param")) {
        let direction = match child.attribute("dir") {
            Some("in") => Direction::In,
            Some("out") => Direction::Out,
            other => return Err(format!("a parameter has the direction {other:?} instead of in or out")),
        };
        params.push(Param { name: attribute(child, "name")?, ctype: attribute(child, "type")?, direction });
    }
    Ok(Method {
        interface: interface.to_owned(),
        name: attribute(node, "name")?,
        label: attribute(node, "id")?,
        condition: condition(node)?,
        manual_label: node.attribute("manual_label").map(str::to_owned),
        params,
    })
}

/// The method's condition as a C preprocessor expression, in whichever dialect it is written.
fn condition(method: Node<'_, '_>) -> Result<Option<String>, String> {
    if let Some(expression) = method.attribute("condition").filter(|text| !text.trim().is_empty()) {
        return Ok(Some(expression.to_owned()));
    }
    match method.children().find(|child| child.has_tag_name("condition")) {
        None => Ok(None),
        Some(element) => all(element, " && ").map(Some),
    }
}

/// The conditions inside `node`, joined by an operator.
fn all(node: Node<'_, '_>, operator: &str) -> Result<String, String> {
    let parts = node.children().filter(Node::is_element).map(one).collect::<Result<Vec<_>, _>>()?;
    if parts.is_empty() {
        return Err(format!("an empty <{}>", node.tag_name().name()));
    }
    Ok(parts.join(operator))
}

fn one(node: Node<'_, '_>) -> Result<String, String> {
    match node.tag_name().name() {
        "config" => {
            let variable = attribute(node, "var")?;
            Ok(match node.attribute("value") {
                Some(value) => format!("({variable} == {value})"),
                None => format!("defined({variable})"),
            })
        }
        "not" => Ok(format!("!({})", all(node, " && ")?)),
        "and" => Ok(format!("({})", all(node, " && ")?)),
        "or" => Ok(format!("({})", all(node, " || ")?)),
        other => Err(format!("unknown element <{other}> in <condition>")),
    }
}

fn attribute(node: Node<'_, '_>, name: &str) -> Result<String, String> {
    node.attribute(name)
        .map(str::to_owned)
        .ok_or_else(|| format!("<{}> without the attribute `{name}`", node.tag_name().name()))
}

#[cfg(test)]
#[path = "xml_tests.rs"]
mod tests;
