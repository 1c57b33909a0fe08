//! Whatever is typed: the line editor holds what a plain list of characters would, and each line is a command or an error,
//! both within their bounds.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it expects"
)]

use ipc_proto::echo::MAX_TEXT;
use ipc_proto::supervisor::MAX_ARGS;
use shell_core::command::{Command, parse};
use shell_core::help::{HELP, ParseError};
use shell_core::line::{Echo, Entered, Line, MAX_LINE};

fuzz_tests::target!(shell_line, "shell-line", holds);

fn holds(keys: &[u8]) {
    let mut line = Line::new();
    let (mut typed, mut overflowed) = (String::new(), false);
    for key in keys {
        let echo = line.key(*key);
        match key {
            b'\r' | b'\n' => {
                let Echo::Entered(entered) = echo else { panic!("{echo:?} for the end of a line") };
                let (text, too_long) = (std::mem::take(&mut typed), std::mem::take(&mut overflowed));
                match entered {
                    Entered::TooLong => assert!(too_long, "{text}"),
                    Entered::Line(entered) => {
                        assert_eq!((entered.as_str(), false), (text.as_str(), too_long));
                        is_a_command_or_an_error(&entered);
                    }
                }
            }
            0x03 => {
                assert_eq!(echo, Echo::Cancelled);
                (typed, overflowed) = (String::new(), false);
            }
            0x15 => {
                assert_eq!(echo, Echo::RubOut(typed.len()), "as many as the terminal shows");
                (typed, overflowed) = (String::new(), false);
            }
            0x08 | 0x7f => {
                assert_eq!(echo, Echo::Show(if typed.pop().is_some() { "\x08 \x08" } else { "\x07" }))
            }
            b' '..=b'~' if typed.len() < MAX_LINE => {
                assert_eq!(echo, Echo::Typed(char::from(*key)));
                typed.push(char::from(*key));
            }
            b' '..=b'~' => {
                assert_eq!(echo, Echo::Show("\x07"));
                overflowed = true;
            }
            _ => assert_eq!(echo, Echo::Nothing),
        }
    }
}

fn is_a_command_or_an_error(line: &str) {
    let parsed = parse(line);
    assert_eq!(parse(line.trim()), parsed, "spaces around it mean nothing");
    match parsed {
        Ok(command) => is_what_was_typed(line, &command),
        Err(error) => {
            let said = error.to_string();
            assert!(
                said.len() <= MAX_LINE + 100 && said.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
                "{said}"
            );
            if let ParseError::Unknown(word, near) = error {
                assert!(
                    !HELP.iter().any(|(usage, _)| usage.split(' ').next() == Some(&word)),
                    "{word} is a command"
                );
                assert!(near.is_none_or(|near| HELP.iter().any(|(usage, _)| usage.starts_with(near))));
            }
        }
    }
}

fn is_what_was_typed(line: &str, command: &Command) {
    let word = line.trim().split(' ').next().unwrap_or_default();
    match command {
        Command::Nothing => assert_eq!(line.trim(), ""),
        Command::Load { name, args, .. } => {
            assert!(word == "load" && line.contains(name.as_str()) && line.contains(args.as_str()));
            assert!(args.len() <= MAX_ARGS);
        }
        Command::Call { name, text } => {
            assert!(word == "call" && line.contains(name.as_str()) && line.trim().ends_with(text.as_str()));
            assert!(!text.is_empty() && text.len() <= MAX_TEXT);
        }
        Command::After(after) => {
            assert!(word == "after" && line.contains(after.name.as_str()));
            let during = parse(&after.during);
            assert!(
                !matches!(during, Err(_) | Ok(Command::After(_) | Command::Halt)),
                "{during:?} meanwhile"
            );
        }
        _ => assert!(
            HELP.iter().any(|(usage, _)| usage.split(' ').next() == Some(word)),
            "{word}: {command:?}"
        ),
    }
}
