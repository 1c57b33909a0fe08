//! Adds to each address of a report's backtrace which function it is in, and at which line of which file: from the ELF
//! files that the image's programs were stripped from.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use addr2line::Loader;
use root_task_core::layout::USER_END;

/// How the line before a backtrace begins; the module's name and generation follow.
const HEADER: &[u8] = b"backtrace of ";
/// What is before the name of the file that the module was made of, and behind it.
const FILE: (&str, &str) = (" (file ", ")");
/// What a line with an address begins with.
const FRAME: &[u8] = b"  #";
/// More than any of these lines has; what is longer is none.
const LONGEST: usize = 200;
/// How many functions are named that were inlined into one another.
const MAX_INLINED: usize = 8;
/// Our own files in the programs' line tables, whichever folder they were built in, and the compiler's: see
/// `guest::flags`.
const ROOTS: [&str; 2] = ["/escrow/", "/rust/"];
/// The compiler's, where they are not on the machine; a hash follows.
const RUSTC: &str = "/rustc/";

/// The modules' files with symbols and lines, by their names in the archive.
pub type Files = BTreeMap<String, PathBuf>;

/// What is known between two pieces of the text.
#[derive(Default)]
pub struct Addresses {
    files: Files,
    /// Where files lie that came later, by their names.
    later: Option<PathBuf>,
    /// Those that were asked for.
    read: BTreeMap<String, Option<Loader>>,
    /// The line that has not ended yet, as far as it can be one of ours.
    line: Vec<u8>,
    /// Which file the backtrace's module was made of.
    module: Option<String>,
}

impl Addresses {
    /// Looks addresses up in these files.
    pub fn of(files: Files) -> Addresses {
        Addresses { files, ..Addresses::default() }
    }

    /// Also in what is put into this folder meanwhile.
    #[must_use]
    pub fn and_later(self, folder: PathBuf) -> Addresses {
        Addresses { later: Some(folder), ..self }
    }

    /// Takes text as it arrives, and gives it back at once, with what is added at the ends of lines.
    pub fn explain(&mut self, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        for &byte in text {
            if byte == b'\r' || byte == b'\n' {
                let line = std::mem::take(&mut self.line);
                if let Some(more) = self.ended(&line) {
                    out.extend_from_slice(more.as_bytes());
                }
            } else if self.line.len() < LONGEST {
                self.line.push(byte);
            }
            out.push(byte);
        }
        out
    }

    fn ended(&mut self, line: &[u8]) -> Option<String> {
        if line.len() == LONGEST {
            return None;
        }
        if let Some(whose) = line.strip_prefix(HEADER) {
            let (_, file) = std::str::from_utf8(whose).ok()?.split_once(FILE.0)?;
            self.module = Some(file.strip_suffix(FILE.1)?.to_owned());
            return None;
        }
        let (number, address) = std::str::from_utf8(line.strip_prefix(FRAME)?).ok()?.split_once(' ')?;
        let number: usize = number.parse().ok()?;
        let address = u64::from_str_radix(address.strip_prefix("0x")?, 16).ok()?;
        // Where a function returns to is behind its call, and can be behind the whole function.
        let address = if number == 0 { address } else { address.checked_sub(1)? };
        // The first one was in a register, where a module can have had anything.
        let address = Some(address).filter(|address| *address < USER_END)?;
        let module = self.module.clone()?;
        let later = || self.later.as_ref().map(|folder| folder.join(&module)).filter(|path| path.is_file());
        let path = self.files.get(&module).cloned().or_else(later)?;
        let loader = self.read.entry(module).or_insert_with(|| Loader::new(path).ok());
        place(loader.as_ref()?, address)
    }
}

/// ` = FUNCTION at FILE:LINE`, and the same of each function that this one was inlined into.
fn place(loader: &Loader, address: u64) -> Option<String> {
    let mut frames = loader.find_frames(address).ok()?;
    let mut text = String::new();
    for _ in 0..MAX_INLINED {
        let Ok(Some(frame)) = frames.next() else { break };
        let function = frame.function.as_ref().and_then(|function| function.demangle().ok());
        let function = function.map_or_else(|| "?".to_owned(), |name| without_hash(&name).to_owned());
        let between = if text.is_empty() { " = " } else { ", in " };
        let _written = write!(text, "{between}{function}");
        if let Some(location) = frame.location
            && let Some(file) = location.file
        {
            let _written = write!(text, " at {}:{}", shown(file), location.line.unwrap_or(0));
        }
    }
    if text.is_empty() {
        let symbol = loader.find_symbol(address)?;
        return Some(format!(" = {}", without_hash(&addr2line::demangle_auto(symbol.into(), None))));
    }
    Some(text)
}

/// A file of this repository, or of the compiler's libraries, from its root on; any other as it is.
fn shown(file: &str) -> &str {
    let known = ROOTS.iter().find_map(|root| file.strip_prefix(root));
    let compilers = || Some(file.strip_prefix(RUSTC)?.split_once('/')?.1);
    known.or_else(compilers).unwrap_or(file)
}

/// A function's name without the hash that tells crates apart: `::h` and 16 digits.
fn without_hash(name: &str) -> &str {
    match name.rsplit_once("::h") {
        Some((name, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => name,
        _ => name,
    }
}

#[cfg(test)]
#[path = "addresses_tests.rs"]
mod tests;
