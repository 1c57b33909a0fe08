//! Each rule of the comparison, and what a difference looks like.

use proptest::prelude::*;

use super::*;

fn check(expected: &[&str], output: &str) -> Result<(), String> {
    let expected: Vec<String> = expected.iter().map(|line| (*line).to_owned()).collect();
    compare(&expected, output)
}

#[test]
fn equal_lines_match_and_blank_ends_do_not_count() {
    check(&["a", "b"], "a\nb\n").unwrap();
    check(&["a", ""], "a\n\n\n").unwrap();
    check(&[], "\n").unwrap();
    check(&["a", "", "b"], "a\n\nb").unwrap();
}

#[test]
fn a_missing_and_an_unexpected_line_are_shown_in_place() {
    assert_eq!(check(&["a", "b", "c"], "a\nc\n"), Err("    a\n  - b\n    c\n".into()));
    assert_eq!(check(&["a", "c"], "a\nb\nc\n"), Err("    a\n  + b\n    c\n".into()));
    assert_eq!(check(&["a"], "b\n"), Err("  - a\n  + b\n".into()));
    assert_eq!(check(&["a"], ""), Err("  - a\n".into()));
    assert_eq!(check(&[], "a\n"), Err("  + a\n".into()));
    assert_eq!(check(&["a", "", "b"], "a\nb\n"), Err("    a\n  - \n    b\n".into()));
}

#[test]
fn text_wildcards_stay_within_their_line() {
    check(&["free: [..] bytes"], "free: 17 bytes\n").unwrap();
    check(&["free: [..] bytes"], "free:  bytes\n").unwrap();
    check(&["[..]"], "\nx").unwrap_err();
    check(&["[..]b[..]d"], "abcd\n").unwrap();
    check(&["[..]ab[..]"], "aaab\n").unwrap();
    check(&["a[..]a"], "a\n").unwrap_err();
    check(&["a[..]b[..]b"], "ab\n").unwrap_err();
    check(&["a[..]"], "a\nb\n").unwrap_err();
    check(&["[..]a"], "ab\n").unwrap_err();
}

#[test]
fn line_wildcards_match_none_and_many() {
    check(&["...", "a"], "a\n").unwrap();
    check(&["...", "a"], "x\ny\na\n").unwrap();
    check(&["..."], "").unwrap();
    check(&["a", "...", "b"], "a\nb\n").unwrap();
    // The first `x` is not the one that `y` follows.
    check(&["...", "x", "y"], "x\nz\nx\ny\n").unwrap();
    let told = "    ... (2 lines, which end with)\n  . a\n  . c\n  - b\n";
    assert_eq!(check(&["...", "b"], "a\nc\n"), Err(told.into()));
    let told = "    ... (4 lines, which end with)\n  . d\n  . e\n  . f\n  - b\n";
    assert_eq!(check(&["...", "b"], "a\nd\ne\nf\n"), Err(told.into()));
    let told = "  - b\n    ... (2 lines)\n";
    assert_eq!(check(&["b", "..."], "a\nc\n"), Err(told.into()));
}

#[test]
fn no_wildcard_hides_an_alarm() {
    for alarm in ALARMS {
        let output = format!("before\nxx {alarm} yy\nafter\n");
        let told = check(&["..."], &output).unwrap_err();
        assert!(told.contains(&format!("  + xx {alarm} yy")), "{told}");
        check(&["before", "[..]", "after"], &output).unwrap_err();
        let spelled = format!("[..]{alarm}[..]");
        check(&["before", &spelled, "after"], &output).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn an_output_matches_itself_with_any_lines_replaced(
        lines in prop::collection::vec("[a-c]{0,3}x", 0..12),
        kinds in prop::collection::vec(0_u8..4, 12),
    ) {
        let mut expected: Vec<String> = Vec::new();
        for (line, kind) in lines.iter().zip(kinds) {
            match kind {
                0 => expected.push("...".into()),
                1 => expected.push("[..]x".into()),
                _ => expected.push(line.clone()),
            }
        }
        let output = lines.join("\n");
        prop_assert_eq!(compare(&expected, &output), Ok(()));
        // And one line more than any of them allows is found.
        if !expected.iter().any(|line| line == "...") {
            let longer = output + "\nmore";
            prop_assert!(compare(&expected, &longer).is_err());
        }
    }
}
