//! Playing transcripts against a guest without QEMU, and the rules beside the text.

use super::*;
use crate::scenario::transcript::Transcript;
use crate::session::conversation::fake::{Act, Fake};

/// What a guest that boots with `booted` and knows some lines makes of a transcript.
fn verdict(transcript: &str) -> Result<(), String> {
    verdict_with("", transcript)
}

/// The same, with more in `scenario.toml`.
fn verdict_with(settings: &str, transcript: &str) -> Result<(), String> {
    let acts = vec![
        ("ps", Act::Say("echo 17\r\n", 0)),
        ("sour", Act::Say("fine\r\n", 1)),
        ("follow", Act::UntilKey("one\r\ntwo\r\n")),
        ("die", Act::Raw("\x1b]7780;panic\x07panicked at x\r\n")),
    ];
    let settings = toml::from_str(&format!("summary = 'x'\n{settings}")).unwrap();
    let transcript = Transcript::parse(transcript).unwrap();
    let scenario = Scenario {
        name: "x".into(),
        folder: "/x".into(),
        settings,
        system: "default".into(),
        outside: Vec::new(),
        transcript,
        written_in: "/x/transcript".into(),
        rounds: None,
    };
    let played = play_on(&scenario, Fake::new("booted\r\n", acts), Addresses::default());
    assert!(played.console.starts_with(b"booted\r\n"));
    played.verdict
}

#[test]
fn a_transcript_that_fits_passes() {
    verdict("booted\nescrow> ps\necho [..]\nescrow> oops\nerror: [..]\nescrow> halt\n").unwrap();
}

#[test]
fn what_does_not_fit_fails_and_says_where() {
    let cases = [
        ("escrow> halt\n", "boot: the output differs"),
        ("...\nescrow> ps\necho 18\nescrow> halt\n", "/x/transcript:2: `ps`: the output differs"),
        ("...\nescrow> ps\nescrow> halt\n", "  + echo 17"),
        ("...\nescrow> sour\nfine\nescrow> halt\n", "no `error: ` line"),
        ("...\nescrow> die\n...\nescrow> halt\n", "after `die`: the root task panicked"),
    ];
    for (transcript, message) in cases {
        let told = verdict(transcript).unwrap_err();
        assert!(told.contains(message), "{transcript:?}: {told}");
    }
}

fn said(output: &str, code: Option<u32>) -> Said {
    Said { output: output.into(), stray: String::new(), code }
}

#[test]
fn status_and_text_must_agree() {
    check_status("`x`", &said("fine\n", Some(0))).unwrap();
    check_status("`x`", &said("error: no\n", Some(1))).unwrap();
    let told = check_status("`x`", &said("error: no\n", Some(0))).unwrap_err();
    assert!(told.contains("ended with status 0"), "{told}");
    let told = check_status("`x`", &said("an error: no\n", Some(1))).unwrap_err();
    assert!(told.contains("printed no `error: ` line"), "{told}");
    assert!(check_status("`x`", &said("", None)).unwrap_err().contains("without a status"));
}

#[test]
fn only_announced_lines_are_left_out() {
    let settings: Settings = toml::from_str("summary = 'x'\nannounce = ['<<seL4 cap fault']").unwrap();
    let output = said("a\n<<seL4 cap fault at 3>>\nb\n", Some(0));
    let expected = ["a".to_owned(), "b".to_owned()];
    check(&settings, "`x`", &expected, &output).unwrap();
    let output = said("a\n<<seL4 other>>\nb\n", Some(0));
    let told = check(&settings, "`x`", &expected, &output).unwrap_err();
    assert!(told.contains("  + <<seL4 other>>"), "{told}");
    let stray = Said { stray: "p<<seL4>>s".into(), ..said("a\nb\n", Some(0)) };
    assert!(check(&settings, "`x`", &expected, &stray).unwrap_err().contains("beside the"));
}

#[test]
fn keys_are_pressed_when_their_text_has_come_and_each_has_to_be() {
    let twice = "...\nescrow> follow\none\ntwo\nkey q\nescrow> follow\none\ntwo\nkey x\nescrow> halt\n";
    let keys = |keys: &str| verdict_with(&format!("keys = [{keys}]"), twice);
    keys("{ after = \"two\", press = \"q\" }, { after = \"one\", press = \"x\" }").unwrap();
    let more = keys(
        "{ after = \"two\", press = \"q\" }, { after = \"one\", press = \"x\" }, { after = \"six\", press = \"y\" }",
    );
    assert_eq!(more.unwrap_err(), "a key was not pressed: no command has printed `six`");
}
