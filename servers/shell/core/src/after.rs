//! `after`: something is done to a module while a command is carried out.

use heapless::String;
use ipc_proto::name::Name;
use ipc_proto::operator::{Act, Since};

use crate::command::{Command, copy, name, parse as command, split};
use crate::help::ParseError;
use crate::line::MAX_LINE;

/// What stands between what is done and the command.
const DURING: &str = " during ";

/// `after NS [of NAME] DO [during COMMAND]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// How much later, in nanoseconds of the supervisor's clock.
    pub nanoseconds: u64,
    /// From when on.
    pub since: Since,
    /// To which module.
    pub name: Name,
    /// What is done.
    pub act: Act,
    /// The line that is carried out meanwhile; it is a command. Empty where nothing is.
    pub during: String<MAX_LINE>,
}

/// Reads what stands behind `after`.
///
/// # Errors
/// [`ParseError`]; its text says what to type instead.
pub fn parse(text: &str) -> Result<After, ParseError> {
    let usage = ParseError::Usage("after NS [of NAME] DO [during COMMAND]");
    let (number, rest) = split(text);
    if rest.is_empty() {
        return Err(usage);
    }
    let nanoseconds = number.parse().map_err(|_| ParseError::Number(copy(number)))?;
    let (since, rest) = match split(rest) {
        ("of", rest) => {
            let (module, rest) = split(rest);
            (Since::NextStart(name(module)?), rest)
        }
        _ => (Since::Now, rest),
    };
    if rest.starts_with(DURING.trim_start()) || rest.ends_with(DURING.trim_end()) {
        return Err(usage);
    }
    let (what, during) = rest.split_once(DURING).unwrap_or((rest, ""));
    // Not read first and then refused: a line of nothing but `after` would go as deep as it is long, and the shell's stack
    // is small.
    if is_after(what) {
        return Err(ParseError::NotLater(copy(what)));
    }
    if is_after(during) {
        return Err(ParseError::NotMeanwhile(copy(during)));
    }
    let (name, act) = match command(what)? {
        Command::Crash(name) => (name, Act::Crash),
        Command::Unload { name, now: false } => (name, Act::Unload),
        Command::Unload { name, now: true } => (name, Act::UnloadNow),
        Command::CancelUnload(name) => (name, Act::CancelUnload),
        Command::Revoke { name, client } => (name, Act::Revoke(client)),
        Command::Nothing => return Err(usage),
        _ => return Err(ParseError::NotLater(copy(what))),
    };
    match command(during)? {
        Command::After(_) | Command::Halt => Err(ParseError::NotMeanwhile(copy(during))),
        _ => Ok(After { nanoseconds, since, name, act, during: copy(during) }),
    }
}

fn is_after(line: &str) -> bool {
    split(line.trim()).0 == "after"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(line: &str) -> std::string::String {
        command(line).unwrap_err().to_string()
    }

    fn after(line: &str) -> After {
        let Ok(Command::After(after)) = command(line) else { panic!("{line}") };
        after
    }

    #[test]
    fn what_to_whom_and_from_when_on() {
        let (echo, client) = (Name::new("echo").unwrap(), Name::new("client").unwrap());
        let plain = after("after 5 crash echo");
        let crash =
            After { nanoseconds: 5, since: Since::Now, name: echo, act: Act::Crash, during: String::new() };
        assert_eq!(plain, crash);
        let long = after("after 5 of client revoke echo client during call echo one during two");
        assert_eq!(long.since, Since::NextStart(client));
        assert_eq!((long.name, long.act), (echo, Act::Revoke(client)));
        assert_eq!(long.during, "call echo one during two");
        assert_eq!(after("after 5 unload echo").act, Act::Unload);
        assert_eq!(after("after 5 unload --now echo").act, Act::UnloadNow);
        assert_eq!(after("after 5 unload --cancel echo during ps").act, Act::CancelUnload);
    }

    #[test]
    fn errors_say_what_to_type() {
        for line in ["after", "after 5", "after 5 of echo", "after 5 crash echo during", "after 5  during ps"]
        {
            assert_eq!(error(line), "usage: after NS [of NAME] DO [during COMMAND]", "{line}");
        }
        assert_eq!(error("after -5 crash echo"), "`-5` is not a number of nanoseconds: give digits only");
        assert_eq!(
            error("after 5 of Echo crash echo"),
            "`Echo` is not a name: a name starts with a letter a-z"
        );
        assert_eq!(error("after 5 crash"), "usage: crash NAME");
        assert_eq!(error("after 5 ps"), "`ps` cannot be done later: crash, unload and revoke can");
        for line in ["halt", "after 6 crash echo"] {
            let told = format!("`{line}` cannot be done meanwhile: give another command");
            assert_eq!(error(&format!("after 5 crash echo during {line}")), told);
        }
        assert_eq!(error("after 5 crash echo during call"), "usage: call NAME TEXT");
    }

    #[test]
    fn one_within_another_is_refused_at_once() {
        let inner = "after 6 after 7 crash echo";
        assert_eq!(
            error(&format!("after 5 {inner}")),
            format!("`{inner}` cannot be done later: crash, unload and revoke can")
        );
        let inner = "after 6 crash echo during after 7 ps";
        assert_eq!(
            error(&format!("after 5 crash echo during {inner}")),
            format!("`{inner}` cannot be done meanwhile: give another command")
        );
    }
}
