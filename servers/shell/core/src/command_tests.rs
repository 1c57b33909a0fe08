//! What a line means, and what a wrong one is answered with.

use super::*;
use ipc_proto::supervisor::MAX_ARGS;
use proptest::prelude::*;

fn error(line: &str) -> std::string::String {
    parse(line).unwrap_err().to_string()
}

#[test]
fn commands() {
    let echo = Name::new("echo").unwrap();
    assert_eq!(parse("  "), Ok(Command::Nothing));
    assert_eq!(parse(" ps "), Ok(Command::Ps));
    assert_eq!(parse("help"), Ok(Command::Help));
    assert_eq!(parse("help  ps"), Ok(Command::States));
    assert_eq!(parse("help load"), Ok(Command::HelpOf("load")));
    assert_eq!(parse("unload echo"), Ok(Command::Unload { name: echo, now: false }));
    assert_eq!(parse("unload --now  echo"), Ok(Command::Unload { name: echo, now: true }));
    assert_eq!(parse("unload --cancel echo"), Ok(Command::CancelUnload(echo)));
    let client = Name::new("a-b").unwrap();
    assert_eq!(parse("revoke  echo  a-b "), Ok(Command::Revoke { name: echo, client }));
    assert_eq!(parse("caps echo"), Ok(Command::Caps { name: echo, json: false, tree: false }));
    assert_eq!(parse("caps --json echo"), Ok(Command::Caps { name: echo, json: true, tree: false }));
    for line in ["caps --tree --json echo", "caps --json  --tree echo"] {
        assert_eq!(parse(line), Ok(Command::Caps { name: echo, json: true, tree: true }));
    }
    assert_eq!(parse("report echo"), Ok(Command::Report { name: echo, json: false }));
    assert_eq!(parse("report --json  echo"), Ok(Command::Report { name: echo, json: true }));
    assert_eq!(parse("examine echo"), Ok(Command::Examine { name: echo, json: false }));
    assert_eq!(parse("examine --json  echo"), Ok(Command::Examine { name: echo, json: true }));
    assert_eq!(parse("log"), Ok(Command::Log { name: None, json: false, follow: false }));
    assert_eq!(parse("log  echo"), Ok(Command::Log { name: Some(echo), json: false, follow: false }));
    assert_eq!(parse("log --json"), Ok(Command::Log { name: None, json: true, follow: false }));
    assert_eq!(parse("log --json  echo"), Ok(Command::Log { name: Some(echo), json: true, follow: false }));
    assert_eq!(parse("mem --prove"), Ok(Command::Mem(Mem::Prove)));
    assert_eq!(parse("crash echo"), Ok(Command::Crash(echo)));
    assert_eq!(parse("restart echo"), Ok(Command::Restart(echo)));
    assert_eq!(parse("replace  echo  a-b "), Ok(Command::Replace { name: echo, file: client }));
    for line in ["replace", "replace echo", "replace echo a b"] {
        assert_eq!(error(line), "usage: replace NAME FILE");
    }
    let args = Args::try_from("a  b").unwrap();
    assert_eq!(parse("load echo a  b"), Ok(Command::Load { name: echo, args, hold: false, wait: true }));
    let args = Args::new();
    let held = Command::Load { name: echo, args: args.clone(), hold: true, wait: true };
    assert_eq!(parse("load --hold  echo"), Ok(held));
    assert_eq!(
        parse("load --no-wait echo"),
        Ok(Command::Load { name: echo, args, hold: false, wait: false })
    );
    assert_eq!(parse("names"), Ok(Command::Names));
    assert_eq!(parse("names  --waiting"), Ok(Command::Waiting));
    let text = echo::Text::try_from("hello, world").unwrap();
    assert_eq!(parse("call echo hello, world"), Ok(Command::Call { name: echo, text }));
}

#[test]
fn what_help_says_can_be_typed() {
    for (usage, _) in HELP {
        let mut line = std::string::String::from(*usage);
        for (word, example) in [
            ("[", ""),
            ("]", ""),
            ("...", ""),
            ("DEVICE", "clock"),
            ("COMMAND", "ps"),
            ("DO", "crash a"),
            ("NS", "5"),
        ] {
            line = line.replace(word, example);
        }
        for word in ["NAME", "CLIENT", "FILE", "TEXT", "ARGS"] {
            line = line.replace(word, "a");
        }
        assert!(parse(&line).is_ok(), "{usage}: `{line}`: {:?}", parse(&line));
    }
}

#[test]
fn errors_say_what_to_type() {
    assert_eq!(error("laod echo"), "there is no command `laod`; did you mean `load`? `help` lists all");
    assert_eq!(error("frobnicate"), "there is no command `frobnicate`; `help` lists all");
    for line in ["unload", "unload a b", "unload --now", "unload --cancel", "unload --now a b"] {
        assert_eq!(error(line), "usage: unload [--now | --cancel] NAME");
    }
    assert_eq!(error("unload --soon"), "there is no option `--soon` here; `help` lists all");
    assert_eq!(error("ps now"), "usage: ps");
    for line in ["caps", "caps --json", "caps a b", "caps --tree"] {
        assert_eq!(error(line), "usage: caps [--tree] [--json] NAME");
    }
    for line in ["examine", "examine --json", "examine a b"] {
        assert_eq!(error(line), "usage: examine [--json] NAME");
    }
    for line in ["revoke", "revoke echo", "revoke echo a b"] {
        assert_eq!(error(line), "usage: revoke NAME CLIENT, or revoke DEVICE NAME");
    }
    for line in ["load", "load --hold", "load --no-wait"] {
        assert_eq!(error(line), "usage: load [--hold | --no-wait] NAME [ARGS]");
    }
    assert_eq!(error("load --no-wait --hold a"), "there is no option `--hold` here; `help` lists all");
    for line in ["names echo", "names --waiting echo", "names --json"] {
        assert_eq!(error(line), "usage: names [--waiting]");
    }
    for line in ["report", "report --json", "report a b", "report --json a b"] {
        assert_eq!(error(line), "usage: report [--json] NAME");
    }
    for line in ["log a b", "log --json a b"] {
        assert_eq!(error(line), "usage: log [--follow | -f] [--json] [NAME]");
    }
    assert_eq!(error("log --tail"), "there is no option `--tail` here; `help` lists all");
    for line in
        ["load -h echo", "deps -h", "call -h hi", "revoke echo -h", "crash -h", "after 5 crash -h", "caps -h"]
    {
        assert_eq!(error(line), "there is no option `-h` here; `help` lists all", "{line}");
    }
    assert_eq!(error("help laod"), "there is no command `laod`; did you mean `load`? `help` lists all");
    assert_eq!(error("help load echo"), "usage: help [COMMAND]");
    assert_eq!(error("mem x"), "usage: mem [--mark | --prove]");
    assert_eq!(error("call echo"), "usage: call NAME TEXT");
    assert_eq!(error("crash a b"), "usage: crash NAME");
    assert_eq!(error("restart"), "usage: restart NAME");
    assert_eq!(error("load Echo"), "`Echo` is not a name: a name starts with a letter a-z");
}

#[test]
fn bound_of_arguments() {
    for (count, fits) in [(MAX_ARGS - 1, true), (MAX_ARGS, true), (MAX_ARGS + 1, false)] {
        let line = format!("load echo {}", "x".repeat(count));
        assert_eq!(parse(&line) != Err(ParseError::ArgsTooLong), fits, "{count}");
    }
}

proptest! {
    #[test]
    fn any_line(line in "[ -~]{0,200}") {
        let _ = parse(&line).map_err(|error| error.to_string());
    }
}
