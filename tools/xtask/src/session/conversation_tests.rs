//! Every way in which a conversation goes on, and every way in which it breaks.

use std::time::Duration;

use super::fake::{Act, Fake};
use super::*;

const LIMITS: Limits = Limits { insns: 1000, wall: Duration::from_secs(30) };

fn after(act: Act) -> Broken {
    let fake = Fake::new("booted\r\n", vec![("go", act)]);
    let mut talk = Conversation::new(fake, LIMITS, |_| {});
    talk.boot().unwrap();
    talk.command("go").unwrap_err()
}

#[test]
fn a_command_is_answered_and_a_halt_ends_it() {
    let mut seen = Vec::new();
    let fake = Fake::new("booted\r\n", vec![("ps", Act::Say("echo\r\n", 0))]);
    let mut talk = Conversation::new(fake, LIMITS, |text| seen.extend_from_slice(text));
    let Answer::Ready(boot) = talk.boot().unwrap() else { panic!("halted") };
    assert_eq!(boot.output, "booted\n");
    let Answer::Ready(ps) = talk.command("ps").unwrap() else { panic!("halted") };
    assert_eq!((ps.output.as_str(), ps.stray.as_str(), ps.code), ("echo\n", "", Some(0)));
    let Answer::Halted(_, 0) = talk.command("halt").unwrap() else { panic!("still up") };
    talk.quit();
    let seen = String::from_utf8(seen).unwrap();
    assert_eq!(seen, "booted\r\nescrow> ps\r\necho\r\nescrow> halt\r\n");
}

#[test]
fn measurements_are_collected() {
    let mark = "\x1b]133;C\x07\x1b]7780;bench;a;5;-\x07\x1b]133;D;0\x07\x1b]133;A\x07\x1b]133;B\x07";
    let fake = Fake::new("", vec![("go", Act::Raw(mark))]);
    let mut talk = Conversation::new(fake, LIMITS, |_| {});
    talk.boot().unwrap();
    talk.command("go").unwrap();
    assert_eq!(talk.measured(), [Bench { name: "a".into(), insns: 5, raw: None }]);
}

#[test]
fn a_guest_that_spins_runs_out_of_its_budget() {
    let broken = after(Act::Spin(600));
    assert_eq!(broken.trouble, Trouble::OverBudget { insns: 1000 });
    assert_eq!(broken.to_string(), "no prompt within 1000 guest instructions; last line: escrow> go");
}

#[test]
fn a_prompt_that_comes_soon_and_over_the_budget_is_no_answer() {
    for (insns, fits) in [(999, true), (1000, true), (1001, false)] {
        let fake = Fake::new("", vec![("go", Act::Say("", 0))]).that_takes(insns);
        let mut talk = Conversation::new(fake, LIMITS, |_| {});
        talk.boot().unwrap();
        let answer = talk.command("go").map(drop).map_err(|broken| broken.trouble);
        let expected = if fits { Ok(()) } else { Err(Trouble::OverBudget { insns: 1000 }) };
        assert_eq!(answer, expected, "{insns}");
    }
}

#[test]
fn each_kill_of_a_sweep_has_the_whole_budget() {
    let fake = Fake::new("", vec![("go", Act::Sweep(400, 5))]);
    let mut talk = Conversation::new(fake, LIMITS, |_| {});
    talk.boot().unwrap();
    // Five kills in 2000 instructions, and then none any more.
    let trouble = talk.command("go").unwrap_err().trouble;
    assert_eq!((trouble, talk.kills().len()), (Trouble::OverBudget { insns: 1000 }, 5));
}

#[test]
fn a_guest_in_which_everything_waits_is_told_at_once() {
    let broken = after(Act::Idle(51));
    assert_eq!(broken.trouble, Trouble::Idle);
    assert!(broken.to_string().starts_with("no prompt, and the guest was idle for 100 s of its clock"));
}

#[test]
fn a_guest_that_executes_nothing_meets_the_backstop() {
    let fake = Fake::new("", vec![("go", Act::Spin(0))]);
    let limits = Limits { insns: 1000, wall: Duration::from_millis(300) };
    let mut talk = Conversation::new(fake, limits, |_| {});
    talk.boot().unwrap();
    let trouble = talk.command("go").unwrap_err().trouble;
    assert_eq!(trouble, Trouble::TooSlow { wall: limits.wall, insns: 0 });
}

#[test]
fn a_machine_that_ends_is_reported_with_its_complaints() {
    let broken = after(Act::End);
    assert_eq!(
        broken.to_string(),
        "QEMU ended before the system halted: qemu: no bios; last line: escrow> go"
    );
}

#[test]
fn a_panic_is_reported_with_its_last_line() {
    let broken = after(Act::Raw("\x1b]7780;panic\x07panicked at src/x.rs\r\n"));
    assert_eq!(broken.to_string(), "the root task panicked; last line: panicked at src/x.rs");
}

#[test]
fn a_broken_protocol_is_reported() {
    assert!(matches!(after(Act::Raw("\x1b]133;B\x07")).trouble, Trouble::Disorder(_)));
}
