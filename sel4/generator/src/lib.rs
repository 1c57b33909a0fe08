//! Generates the part of the bindings that follows from an installed kernel: its numbers, from the headers by
//! way of the C compiler, and its invocations, from the interface files.
//!
//! Runs on the host, in the build script of `escrow-sel4`. Reading, laying out and writing are pure and tested;
//! [`read()`] and [`generate`] do the reading of files and the asking.

pub mod constants;
pub mod error;
pub mod invocations;
pub mod layout;
pub mod model;
pub mod probe;
pub mod types;
pub mod xml;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use constants::Constant;
use error::{Error, Result};
use model::Api;
use probe::{Answers, Question};

/// Where the kernel is installed, and with what to ask about it.
#[derive(Clone, Debug)]
pub struct Installation {
    /// The folder of the headers, `libsel4/include` in the prefix.
    pub include: PathBuf,
    /// A C compiler for the target, with arguments if it needs any.
    pub compiler: String,
}

/// What was generated.
#[derive(Clone, Debug)]
pub struct Bindings {
    /// The Rust text, to be included by the bindings.
    pub rust: String,
    /// What the headers said, by the names of the constants.
    pub answers: Answers,
}

/// Reads the interface files under the folder of the headers, and says which they are.
///
/// # Errors
/// [`Error::Io`], [`Error::Xml`].
pub fn read(include: &Path) -> Result<(Api, Vec<PathBuf>)> {
    let files = interface_files(&include.join("interfaces"))?;
    let mut api = Api::default();
    for file in &files {
        let text =
            std::fs::read_to_string(file).map_err(|source| Error::Io { path: file.clone(), source })?;
        xml::read(&text, &mut api).map_err(|message| Error::Xml { path: file.clone(), message })?;
    }
    Ok((api, files))
}

/// Generates the bindings of an installation with these constants; `scratch` is a folder to write in.
///
/// # Errors
/// See [`Error`]; each says what to do.
pub fn generate(
    api: &Api,
    installation: &Installation,
    constants: &[Constant],
    scratch: &Path,
) -> Result<Bindings> {
    let mut questions: Vec<Question> = constants.iter().map(Constant::question).collect();
    questions.extend(label_questions(api));
    let file = scratch.join("questions.c");
    let answers = probe::ask(&installation.compiler, &installation.include, &file, &questions)?;
    let rust = write(api, constants, &answers)?;
    Ok(Bindings { rust, answers })
}

/// The interface files in a folder, in a fixed order.
fn interface_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |source| Error::Io { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.file_name().is_some_and(|name| is_interface_file(&name.to_string_lossy())) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Whether a file of the interface folder is one to read. Newer kernels install them under older names too
/// (`sel4.xml`, `sel4arch.xml`), and each method must be read once only.
fn is_interface_file(name: &str) -> bool {
    name.starts_with("object-api") && name.ends_with(".xml")
}

/// The name under which the label of the method at `index` is asked for. Not the label's own name: newer
/// kernels describe one label twice, with other parameters under another condition.
fn label_name(index: usize) -> String {
    format!("label:{index}")
}

fn label_questions(api: &Api) -> impl Iterator<Item = Question> + '_ {
    api.methods.iter().enumerate().map(|(index, method)| Question {
        name: label_name(index),
        expression: method.label.clone(),
        condition: method.condition.clone(),
    })
}

/// The Rust text: notices, constants, structs, and the invocations that this kernel has.
fn write(api: &Api, constants: &[Constant], answers: &Answers) -> Result<String> {
    let mut out = String::from(
        "// Generated from an installed kernel's libsel4: its headers and its interface files. The text of its licence\n\
         // is kernel-config/LICENSES/BSD-2-Clause.txt. Those files' notices:\n",
    );
    for notice in api.notices.iter().collect::<BTreeSet<_>>() {
        out.push_str("//\n");
        for line in notice.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let _ = writeln!(out, "// {line}");
        }
    }
    out.push('\n');
    out.push_str(&constants::emit(constants, answers)?);
    out.push('\n');
    let mut methods = String::new();
    let mut labels = String::from(
        "/// The labels of invocations, for a message that is written by hand.\npub mod label {\n    use crate::Word;\n\n",
    );
    for (index, method) in api.methods.iter().enumerate() {
        // No answer: this kernel's configuration leaves the method out.
        if let Some(label) = answers.get(&label_name(index)) {
            methods.push_str(&invocations::emit_method(method, *label, api)?);
            invocations::emit_label(&mut labels, method, *label);
        }
    }
    labels.push_str("}\n\n");
    out.push_str(&labels);
    for structure in &api.structs {
        // Structs of methods that were left out are left out too.
        if methods.contains(types::strip(&structure.name)) {
            out.push_str(&invocations::emit_struct(structure));
        }
    }
    out.push_str(&methods);
    Ok(out)
}

#[cfg(test)]
mod tests;
