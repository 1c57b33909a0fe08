//! Tidiness as a test: what the project's habits ask of every Rust file.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test stops at what it cannot read")]

use std::fs;
use std::path::{Path, PathBuf};

/// More is a sign that a file does two things.
const LONGEST: usize = 300;

/// The only homes of unsafe code: bindings, root task, loader, what modules link, the registers
/// of the console, the tests of the kernel itself, and of what is left in registers.
const TRUSTED: [&str; 9] = [
    "sel4/",
    "root-task/src/",
    "loader/",
    "servers/module-heap/",
    "servers/module-rt/",
    "servers/serial/",
    "tests/kernel/",
    "tests/modules/registers/",
    "tests/modules/probe/",
];

#[test]
fn every_file_says_in_its_first_line_what_it_does() {
    let silent = |file: &File| !file.text.starts_with("//! ");
    check(silent, "the first line must begin with `//! ` and say which one thing the file does");
}

#[test]
fn files_are_short() {
    let long = |file: &File| file.text.lines().count() > LONGEST;
    check(long, "more than 300 lines: which two things does it do?");
}

#[test]
fn unsafe_code_is_only_in_the_trusted_folders() {
    let marks =
        ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern", "#[unsafe(", "#![allow(unsafe_code"];
    let has_some = |file: &File| {
        let code = file.text.lines().filter(|line| !line.trim_start().starts_with("//"));
        !trusted(file) && code.into_iter().any(|line| marks.iter().any(|mark| line.contains(mark)))
    };
    check(has_some, "unsafe code belongs into one of the trusted folders that this test names");
}

#[test]
fn libraries_outside_the_trusted_folders_forbid_unsafe_code() {
    let open = |file: &File| {
        let is_library = file.name.ends_with("src/lib.rs") && !trusted(file);
        // A package that only pins the kernel's source has no code at all.
        let has_code = file.text.lines().any(|line| !line.is_empty() && !line.starts_with("//"));
        is_library && has_code && !file.text.contains("#![forbid(unsafe_code)]")
    };
    check(open, "this library must `#![forbid(unsafe_code)]`");
}

fn trusted(file: &File) -> bool {
    TRUSTED.iter().any(|folder| file.name.starts_with(folder))
}

#[test]
fn every_allow_gives_its_reason_in_words() {
    // Clippy asks for a reason; an empty one would do for it.
    check(|file| file.text.contains("reason = \"\""), "an empty reason is none");
}

/// An example that is ignored counts as a test that was skipped, which continuous integration takes from nobody.
#[test]
fn every_example_in_the_documentation_compiles_or_is_text() {
    let ignored = |line: &str| line.trim_start_matches(['/', '!', ' ']).starts_with(concat!("```", "ignore"));
    check(
        |file| file.text.lines().any(ignored),
        "an example in the documentation that is ignored: let it compile, or make it `text`",
    );
}

/// What a document shows of a file is in that file: `<!-- file: PATH -->`, and then a code block.
#[test]
fn documents_show_what_is_in_the_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let documents = ["README.md", "ARCHITECTURE.md", "docs/testing-revocation.md", "tests/README.md"];
    let mut shown = 0;
    for document in documents {
        let text = fs::read_to_string(root.join(document)).unwrap();
        for part in text.split("<!-- file: ").skip(1) {
            let (file, rest) = part.split_once(" -->\n```").unwrap();
            let (_, block) = rest.split_once('\n').unwrap();
            let (block, _) = block.split_once("```").unwrap();
            let whole = fs::read_to_string(root.join(file)).unwrap();
            assert!(whole.contains(block), "{document} shows of {file} what is not in it:\n{block}");
            shown += 1;
        }
    }
    assert!(shown > 0, "no document shows a file: has the comment changed?");
}

struct File {
    /// From the root of the repository.
    name: String,
    text: String,
}

fn check(is_wrong: impl Fn(&File) -> bool, rule: &str) {
    let files = rust_files();
    assert!(files.len() > 50, "found only {} files: is this the repository?", files.len());
    // This file names what it looks for; those under `wrong` are there for the compiler to refuse them.
    let mut wrong: Vec<&str> = files
        .iter()
        .filter(|file| {
            file.name != "tools/xtask/tests/tidy.rs" && !file.name.starts_with("ipc-proto/tests/wrong/")
        })
        .filter(|file| is_wrong(file))
        .map(|file| file.name.as_str())
        .collect();
    wrong.sort_unstable();
    assert!(wrong.is_empty(), "{rule}\n  {}", wrong.join("\n  "));
}

fn rust_files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let hidden = path.file_name().unwrap().to_string_lossy().starts_with('.');
            if path.is_dir() && !hidden && !is_build_output(&path) {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                files.push(File { name, text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    files
}

/// Cargo marks its folders, whatever they are called.
fn is_build_output(folder: &Path) -> bool {
    folder.join("CACHEDIR.TAG").is_file() || folder.ends_with("target")
}
