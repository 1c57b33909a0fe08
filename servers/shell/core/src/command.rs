//! What a line means: the shell's commands and their arguments.

use heapless::String;
use ipc_proto::echo;
use ipc_proto::name::Name;
use ipc_proto::supervisor::Args;

use crate::after::{self, After};
use crate::help::{HELP, ParseError, first};
use crate::line::MAX_LINE;
use crate::nearest::nearest;
use crate::options::options;

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// An empty line.
    Nothing,
    /// `help`
    Help,
    /// `help ps`
    States,
    /// `help COMMAND`, of any other one
    HelpOf(&'static str),
    /// `ps`
    Ps,
    /// `names`
    Names,
    /// `names --waiting`
    Waiting,
    /// `caps [--tree] [--json] NAME`
    Caps {
        /// The module.
        name: Name,
        /// Whether for programs.
        json: bool,
        /// Whether with what each was made of, and what was made of it.
        tree: bool,
    },
    /// `examine [--json] NAME`
    Examine {
        /// The module.
        name: Name,
        /// Whether for programs.
        json: bool,
    },
    /// `deps [NAME]`
    Deps(Option<Name>),
    /// `log [--follow] [--json] [NAME]`
    Log {
        /// The module; all where none is named.
        name: Option<Name>,
        /// Whether for programs.
        json: bool,
        /// Whether to go on with what comes, until a key is pressed.
        follow: bool,
    },
    /// `report [--json] NAME`
    Report {
        /// The module.
        name: Name,
        /// Whether for programs.
        json: bool,
    },
    /// `load [--hold | --no-wait] NAME [ARGS]`
    Load {
        /// The module.
        name: Name,
        /// Its arguments.
        args: Args,
        /// Whether to stop it before its publish.
        hold: bool,
        /// Whether to wait for what comes of it.
        wait: bool,
    },
    /// `release NAME`
    Release(Name),
    /// `unload [--now] NAME`
    Unload {
        /// The module.
        name: Name,
        /// Whether its call in service is interrupted.
        now: bool,
    },
    /// `unload --cancel NAME`
    CancelUnload(Name),
    /// `revoke NAME CLIENT`
    Revoke {
        /// The module that serves.
        name: Name,
        /// The module whose capabilities are taken back.
        client: Name,
    },
    /// `crash NAME`
    Crash(Name),
    /// `restart NAME`
    Restart(Name),
    /// `replace NAME FILE`
    Replace {
        /// The module.
        name: Name,
        /// The file of the boot archive that it is made of from now on.
        file: Name,
    },
    /// `after NS [of NAME] DO [during COMMAND]`
    After(After),
    /// `call NAME TEXT`
    Call {
        /// The service.
        name: Name,
        /// What to send.
        text: echo::Text,
    },
    /// `mem`, `mem --mark`, `mem --prove`
    Mem(Mem),
    /// `halt`
    Halt,
}

/// What `mem` is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mem {
    /// Only show.
    Show,
    /// Show and remember.
    Mark,
    /// Prove and compare.
    Prove,
}

const CAPS: &str = "caps [--tree] [--json] NAME";
const REPORT: &str = "report [--json] NAME";
const LOG: &str = "log [--follow | -f] [--json] [NAME]";

const EXAMINE: &str = "examine [--json] NAME";

/// The usage of `command`: the first line of [`HELP`] that starts with it.
fn usage(command: &str) -> ParseError {
    let line = HELP.iter().map(|(usage, _)| *usage).find(|usage| first(usage) == command);
    ParseError::Usage(line.unwrap_or("help"))
}

fn unknown(command: &str) -> ParseError {
    ParseError::Unknown(copy(command), nearest(command))
}

pub(crate) fn copy(word: &str) -> String<MAX_LINE> {
    word.chars().take(MAX_LINE).collect()
}

pub(crate) fn name(word: &str) -> Result<Name, ParseError> {
    Name::new(word).map_err(|error| match word.starts_with('-') {
        true => ParseError::Option(copy(word)),
        false => ParseError::Name(copy(word), error),
    })
}

/// Splits off the first word; the rest keeps its inner spaces.
pub(crate) fn split(text: &str) -> (&str, &str) {
    match text.split_once(' ') {
        Some((word, rest)) => (word, rest.trim()),
        None => (text, ""),
    }
}

/// Reads a line of printable ASCII.
///
/// # Errors
/// [`ParseError`]; its text says what to type instead.
pub fn parse(line: &str) -> Result<Command, ParseError> {
    let (command, rest) = split(line.trim());
    let alone = |result: Command| if rest.is_empty() { Ok(result) } else { Err(usage(command)) };
    let one_name = |make: fn(Name) -> Command| match split(rest) {
        ("", _) => Err(usage(command)),
        (word, "") => Ok(make(name(word)?)),
        _ => Err(usage(command)),
    };
    match command {
        "" => Ok(Command::Nothing),
        "help" => match rest {
            "" => Ok(Command::Help),
            "ps" => Ok(Command::States),
            of if of.contains(' ') => Err(ParseError::Usage("help [COMMAND]")),
            of => {
                let command = HELP.iter().map(|(usage, _)| first(usage)).find(|command| *command == of);
                command.map(Command::HelpOf).ok_or_else(|| unknown(of))
            }
        },
        "ps" => alone(Command::Ps),
        "names" => match rest {
            "" => Ok(Command::Names),
            "--waiting" => Ok(Command::Waiting),
            _ => Err(ParseError::Usage("names [--waiting]")),
        },
        "halt" => alone(Command::Halt),
        "caps" => {
            let ([json, tree], rest) = options(rest, [&["--json"], &["--tree"]]);
            match rest {
                "" => Err(ParseError::Usage(CAPS)),
                word if word.contains(' ') => Err(ParseError::Usage(CAPS)),
                word => Ok(Command::Caps { name: name(word)?, json, tree }),
            }
        }
        "examine" => {
            let ([json], word) = options(rest, [&["--json"]]);
            match word {
                "" => Err(ParseError::Usage(EXAMINE)),
                word if word.contains(' ') => Err(ParseError::Usage(EXAMINE)),
                word => Ok(Command::Examine { name: name(word)?, json }),
            }
        }
        "log" => {
            let ([json, follow], rest) = options(rest, [&["--json"], &["--follow", "-f"]]);
            match rest {
                "" => Ok(Command::Log { name: None, json, follow }),
                word if word.contains(' ') => Err(ParseError::Usage(LOG)),
                word => Ok(Command::Log { name: Some(name(word)?), json, follow }),
            }
        }
        "report" => {
            let ([json], word) = options(rest, [&["--json"]]);
            match word {
                "" => Err(ParseError::Usage(REPORT)),
                word if word.contains(' ') => Err(ParseError::Usage(REPORT)),
                word => Ok(Command::Report { name: name(word)?, json }),
            }
        }
        "deps" => match split(rest) {
            ("", _) => Ok(Command::Deps(None)),
            (word, "") => Ok(Command::Deps(Some(name(word)?))),
            _ => Err(usage(command)),
        },
        "release" => one_name(Command::Release),
        "unload" => {
            let (make, word): (fn(Name) -> Command, &str) = match split(rest) {
                ("--now", word) => (|name| Command::Unload { name, now: true }, word),
                ("--cancel", word) => (Command::CancelUnload, word),
                _ => (|name| Command::Unload { name, now: false }, rest),
            };
            match word {
                "" => Err(ParseError::Usage("unload [--now | --cancel] NAME")),
                word if word.contains(' ') => Err(ParseError::Usage("unload [--now | --cancel] NAME")),
                word => Ok(make(name(word)?)),
            }
        }
        "revoke" => match split(rest) {
            (word, client) if !client.is_empty() && !client.contains(' ') => {
                Ok(Command::Revoke { name: name(word)?, client: name(client)? })
            }
            _ => Err(ParseError::Usage("revoke NAME CLIENT, or revoke DEVICE NAME")),
        },
        "replace" => match split(rest) {
            (word, file) if !file.is_empty() && !file.contains(' ') => {
                Ok(Command::Replace { name: name(word)?, file: name(file)? })
            }
            _ => Err(usage(command)),
        },
        "crash" => one_name(Command::Crash),
        "restart" => one_name(Command::Restart),
        "after" => after::parse(rest).map(Command::After),
        "mem" => match rest {
            "" => Ok(Command::Mem(Mem::Show)),
            "--mark" => Ok(Command::Mem(Mem::Mark)),
            "--prove" => Ok(Command::Mem(Mem::Prove)),
            _ => Err(ParseError::Usage("mem [--mark | --prove]")),
        },
        "load" => {
            let (hold, wait, rest) = match split(rest) {
                ("--hold", rest) => (true, true, rest),
                ("--no-wait", rest) => (false, false, rest),
                _ => (false, true, rest),
            };
            match split(rest) {
                ("", _) => Err(ParseError::Usage("load [--hold | --no-wait] NAME [ARGS]")),
                (word, args) => Ok(Command::Load {
                    name: name(word)?,
                    args: Args::try_from(args).map_err(|_| ParseError::ArgsTooLong)?,
                    hold,
                    wait,
                }),
            }
        }
        "call" => match split(rest) {
            ("", _) | (_, "") => Err(usage(command)),
            (word, text) => Ok(Command::Call {
                name: name(word)?,
                text: echo::Text::try_from(text).map_err(|_| ParseError::TextTooLong)?,
            }),
        },
        other => Err(unknown(other)),
    }
}

#[cfg(test)]
#[path = "command_tests.rs"]
mod tests;
