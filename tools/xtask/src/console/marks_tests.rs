//! Every mark is found, everything else stays text, and no byte is lost, however it is cut.

use proptest::prelude::*;

use super::*;

fn all(bytes: &[u8]) -> Vec<Piece> {
    let mut parser = MarkParser::default();
    let mut pieces = parser.feed(bytes);
    pieces.extend(parser.finish());
    pieces
}

fn text(text: &str) -> Piece {
    Piece::Text(text.as_bytes().to_vec())
}

#[test]
fn each_mark_is_found() {
    let cases = [
        ("133;A", Mark::PromptStart),
        ("133;B", Mark::PromptEnd),
        ("133;C", Mark::OutputStart),
        ("133;D;0", Mark::CommandEnd(0)),
        ("133;D;17", Mark::CommandEnd(17)),
        ("7780;halt;3", Mark::Halt(3)),
        ("7780;panic", Mark::Panic),
    ];
    for (body, mark) in cases {
        assert_eq!(all(format!("\x1b]{body}\x07").as_bytes()), [Piece::Mark(mark)], "{body}");
    }
    let bench = |raw| Bench { name: "call/words/4".into(), insns: 402, raw };
    assert_eq!(
        all(b"\x1b]7780;bench;call/words/4;402;387\x07\x1b]7780;bench;call/words/4;402;-\x07"),
        [Piece::Mark(Mark::Bench(bench(Some(387)))), Piece::Mark(Mark::Bench(bench(None)))]
    );
}

#[test]
fn marks_and_text_keep_their_order() {
    let line = b"boot\r\n\x1b]133;A\x07escrow> \x1b]133;B\x07help\r\n\x1b]133;C\x07";
    assert_eq!(
        all(line),
        [
            text("boot\r\n"),
            Piece::Mark(Mark::PromptStart),
            text("escrow> "),
            Piece::Mark(Mark::PromptEnd),
            text("help\r\n"),
            Piece::Mark(Mark::OutputStart),
        ]
    );
}

#[test]
fn what_only_looks_like_a_mark_is_text() {
    for body in [
        "133;D",
        "133;D;",
        "133;D;+1",
        "133;D;-1",
        "133;D;99999999999",
        "133;E",
        "133;A;x",
        "7780;halt",
        "7780;bench;;1;2",
        "7780;bench;a;1",
        "0;title",
        "",
    ] {
        let sequence = format!("\x1b]{body}\x07");
        assert_eq!(all(sequence.as_bytes()), [text(&sequence)], "{body}");
    }
    for sequence in ["\x1b[2K", "\x1b", "\x1b]133;A", "\x1b\x07", "\x1b]133;A\n\x07"] {
        assert_eq!(all(sequence.as_bytes()), [text(sequence)], "{sequence:?}");
    }
}

#[test]
fn a_mark_may_follow_a_broken_one_at_once() {
    assert_eq!(all(b"\x1b]133;\x1b]133;A\x07"), [text("\x1b]133;"), Piece::Mark(Mark::PromptStart)]);
    assert_eq!(all(b"\x1b\x1b]133;A\x07"), [text("\x1b"), Piece::Mark(Mark::PromptStart)]);
}

#[test]
fn an_endless_sequence_is_given_back_as_text() {
    let mut bytes = b"\x1b]".to_vec();
    bytes.resize(10_000, b'x');
    let mut parser = MarkParser::default();
    let pieces = parser.feed(&bytes);
    assert_eq!(pieces, [Piece::Text(bytes)]);
    assert!(parser.pending.is_empty());
}

#[test]
fn a_kill_says_when_where_and_what_did_not_hold() {
    let kill = |violation: Option<&str>| {
        Piece::Mark(Mark::Kill(Kill { moment: 16, ip: 0x50_0010, violation: violation.map(str::to_owned) }))
    };
    assert_eq!(all(b"\x1b]7780;kill;16;500010;ok\x07"), [kill(None)]);
    assert_eq!(all(b"\x1b]7780;kill;16;500010;a; b\x07"), [kill(Some("a; b"))]);
    assert!(matches!(all(b"\x1b]7780;kill;16;zz;ok\x07").as_slice(), [Piece::Text(_)]));
}

/// The bytes that a sequence of pieces came from.
fn written(pieces: &[Piece]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => bytes.extend_from_slice(text),
            Piece::Mark(mark) => {
                let body = match mark {
                    Mark::PromptStart => "133;A".to_owned(),
                    Mark::PromptEnd => "133;B".to_owned(),
                    Mark::OutputStart => "133;C".to_owned(),
                    Mark::CommandEnd(code) => format!("133;D;{code}"),
                    Mark::Halt(code) => format!("7780;halt;{code}"),
                    Mark::Panic => "7780;panic".to_owned(),
                    Mark::Bench(Bench { name, insns, raw }) => {
                        let raw = raw.map_or("-".to_owned(), |raw| raw.to_string());
                        format!("7780;bench;{name};{insns};{raw}")
                    }
                    Mark::Kill(Kill { moment, ip, violation }) => {
                        format!("7780;kill;{moment};{ip:x};{}", violation.as_deref().unwrap_or("ok"))
                    }
                };
                bytes.extend_from_slice(format!("\x1b]{body}\x07").as_bytes());
            }
        }
    }
    bytes
}

/// Bytes that often come near a mark.
fn near_marks() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        Just(vec![ESC]),
        Just(vec![BEL]),
        Just(b"\x1b]133;".to_vec()),
        Just(b"\x1b]133;A\x07".to_vec()),
        Just(b"\x1b]133;D;7\x07".to_vec()),
        Just(b"\x1b]7780;bench;a;1;2\x07".to_vec()),
        "[ -~]{0,12}".prop_map(String::into_bytes),
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

/// With neighbouring texts as one: where a chunk ends, a text may end too.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined = Pieces::default();
    for piece in pieces {
        match piece {
            Piece::Text(text) => joined.text(&text),
            mark => joined.done.push(mark),
        }
    }
    joined.done
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn nothing_is_lost_and_cuts_do_not_matter(bytes in near_marks(), cuts in prop::collection::vec(1_usize..9, 0..60)) {
        let whole = all(&bytes);
        // `D;007` is mark 7: leading zeros are the one thing that writing it again does not keep.
        let zeros = bytes.windows(2).any(|two| two[0] == b';' && two[1] == b'0');
        if !zeros {
            prop_assert_eq!(written(&whole), bytes.clone());
        }
        let mut parser = MarkParser::default();
        let mut pieces = Vec::new();
        let mut rest = bytes.as_slice();
        for cut in cuts {
            let (head, tail) = rest.split_at(cut.min(rest.len()));
            pieces.extend(parser.feed(head));
            rest = tail;
        }
        pieces.extend(parser.feed(rest));
        pieces.extend(parser.finish());
        prop_assert_eq!(joined(pieces), joined(whole));
    }
}
