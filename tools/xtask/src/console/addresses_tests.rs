//! Tests of the addresses: with this test program's own file, and with text that is no report.
#![allow(clippy::arithmetic_side_effects, reason = "in a test an overflow is a failure")]

use object::{Object as _, ObjectSymbol as _};

use super::*;

/// A function whose place is known.
#[inline(never)]
fn function_to_be_found(number: u64) -> u64 {
    std::hint::black_box(number) + 1
}

/// This program's file, and the address and size of the function in it.
fn this_program() -> (PathBuf, u64, u64) {
    assert_eq!(function_to_be_found(1), 2);
    let path = std::env::current_exe().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let file = object::File::parse(bytes.as_slice()).unwrap();
    let is_it = |symbol: &object::Symbol<'_, '_>| {
        symbol.name().is_ok_and(|name| name.contains("function_to_be_found"))
    };
    let symbol = file.symbols().find(is_it).unwrap();
    (path, symbol.address(), symbol.size())
}

fn explained(text: &str, files: Files) -> String {
    String::from_utf8(Addresses::of(files).explain(text.as_bytes())).unwrap()
}

#[test]
fn an_address_becomes_function_file_and_line() {
    let (path, start, size) = this_program();
    let line = include_str!("addresses_tests.rs")
        .lines()
        .position(|line| line.starts_with("fn function_to_be_found"));
    let said = explained(
        &format!(
            "backtrace of n.7 (file m-1)\r\n  #0 {start:#018x}\r\n  #1 {:#018x}\r\n  complete\r\n",
            start + size
        ),
        Files::from([("m-1".to_owned(), path)]),
    );
    let lines: Vec<_> = said.split("\r\n").collect();
    let place = " = xtask::console::addresses::tests::function_to_be_found at ";
    let at_line = format!("console/addresses_tests.rs:{}", line.unwrap() + 1);
    assert_eq!((lines[0], lines[3], lines[4]), ("backtrace of n.7 (file m-1)", "  complete", ""));
    let first = lines[1].strip_prefix(&format!("  #0 {start:#018x}{place}")).unwrap();
    assert!(first.ends_with(&at_line), "{said}");
    // Behind the last instruction: it is the call before that is meant.
    assert!(lines[2].starts_with(&format!("  #1 {:#018x}{place}", start + size)), "{said}");
}

#[test]
fn everything_else_comes_as_it_is_and_at_once() {
    let (path, start, _) = this_program();
    let files = Files::from([("m".to_owned(), path.clone()), ("text".to_owned(), "/dev/null".into())]);
    let frame = format!("  #0 {start:#018x}");
    for text in [
        frame.clone() + "\r\n",
        format!("backtrace of m.1 (file other)\r\n{frame}\r\n"),
        format!("backtrace of m.1 (file text)\r\n{frame}\r\n"),
        format!("backtrace of n.1 (file m)\r\n [{frame}\r\n"),
        "backtrace of n.1 (file m)\r\n  #0 0xffffffffffffffff\r\n  #1 0x0\r\n  #x 0x1\r\n  #0 1\r\n"
            .to_owned(),
        format!("backtrace of n.1 (file m)\r\n{frame}{}\r\n", "0".repeat(LONGEST)),
        format!("backtrace of m.1 (file m\r\n{frame}\r\n"),
        "backtrace of \r\n".to_owned() + &frame,
    ] {
        assert_eq!(explained(&text, files.clone()), text);
    }
    let mut addresses = Addresses::of(files);
    let mut out = Vec::new();
    for byte in format!("backtrace of n.1 (file m)\r\n{frame}").bytes() {
        let passed = addresses.explain(&[byte]);
        assert_eq!(passed, [byte]);
        out.extend(passed);
    }
    assert!(addresses.explain(b"\r").ends_with(b"\r"));
}

#[test]
fn another_modules_line_in_between_does_no_harm() {
    let (path, start, _) = this_program();
    let text = format!("backtrace of n.1 (file m)\r\n[other.1] hello\r\n  #0 {start:#018x}\r\n");
    assert!(explained(&text, Files::from([("m".to_owned(), path)])).contains("function_to_be_found at "));
}

#[test]
fn files_are_shown_from_their_roots_on() {
    assert_eq!(shown("/escrow/servers/echo/src/main.rs"), "servers/echo/src/main.rs");
    for library in ["/rust/library/core/src/hint.rs", "/rustc/5980/library/core/src/hint.rs"] {
        assert_eq!(shown(library), "library/core/src/hint.rs");
    }
    for other in ["/home/a/main.rs", "/rustc/5980", "src/main.rs"] {
        assert_eq!(shown(other), other);
    }
}

#[test]
fn hashes_are_left_out() {
    assert_eq!(without_hash("a::b::h0123456789abcdef"), "a::b");
    for name in ["a::b", "a::h", "a::h0123456789abcdeg", "a::h0123456789abcde"] {
        assert_eq!(without_hash(name), name);
    }
}
