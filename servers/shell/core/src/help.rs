//! What `help` prints, and what a wrong line is answered with.

use core::fmt;

use heapless::String;
use ipc_proto::echo;
use ipc_proto::name::NameError;
use ipc_proto::operator::State;
use ipc_proto::supervisor::MAX_ARGS;

use crate::line::MAX_LINE;

/// What `help` prints: each command, its arguments, what it does.
pub const HELP: &[(&str, &str)] = &[
    ("help", "this list"),
    ("help COMMAND", "the lines of one command only"),
    ("help ps", "what the states and the restarts mean that `ps` shows"),
    ("ps", "the modules: id and generation, state, restarts, stack used, memory"),
    ("names", "the names: version, owner, state, clients"),
    ("names --waiting", "who waits for which name, for how much longer, and from which module"),
    ("caps NAME", "the module's capabilities, as granted and as held, and who holds capabilities to it"),
    (
        "caps --tree NAME",
        "what they were made of, and what was made of the module's: a revoke takes all below",
    ),
    ("caps --json NAME", "either of them for programs"),
    ("deps [NAME]", "who uses whom, and what becomes of each where the module that it uses is lost"),
    ("load NAME [ARGS]", "load a module from the boot archive and wait until it is live"),
    ("load --hold NAME [ARGS]", "the same, but stop it between reserve and publish"),
    ("load --no-wait NAME [ARGS]", "start a module; what comes of it shows in `ps` and on the console"),
    ("examine NAME", "what a module does now: busy, blocked or starved; where, and by whom"),
    ("examine --json NAME", "the same for programs"),
    ("log [NAME]", "what a module has logged last, or all have, and what the supervisor has said of it"),
    ("log --follow [NAME]", "the same, and then each line as it comes, until a key is pressed; -f for short"),
    ("log --json [NAME]", "either of them for programs"),
    (
        "report NAME",
        "how a module died last: cause, registers, backtrace, the call that it had, its last lines",
    ),
    ("report --json NAME", "the same for programs"),
    ("release NAME", "let a held module publish"),
    ("unload NAME", "let a module finish its call, take every capability to it back, return its memory"),
    ("unload --now NAME", "the same without waiting for the call: it is interrupted"),
    ("unload --cancel NAME", "take that back while the module is stopping"),
    ("revoke NAME CLIENT", "take CLIENT's capabilities to NAME back; everybody else is served"),
    ("revoke DEVICE NAME", "take the device (console, clock) back from NAME, which lives"),
    ("crash NAME", "kill a module as if it had faulted; its restart policy decides what follows"),
    ("restart NAME", "start a module again, whatever its policy says; one that has failed is brought back"),
    (
        "replace NAME FILE",
        "make a module anew of another file of the boot archive; if it fails, of its earlier one",
    ),
    ("after NS DO", "crash, unload or revoke something so many nanoseconds from now"),
    ("after NS DO during COMMAND", "the same while COMMAND is carried out, and say whether it was in time"),
    ("after NS of NAME DO ...", "the same, but so many nanoseconds after the next start of NAME"),
    (
        "call NAME TEXT",
        "send TEXT to a service that speaks the echo interface; one that is being restarted is waited for",
    ),
    ("mem", "free and used memory and slots"),
    ("mem --mark", "the same, and remember it"),
    ("mem --prove", "have the kernel prove it, and compare with the mark"),
    ("halt", "end the system"),
];

/// The command of a line of [`HELP`].
pub fn first(usage: &str) -> &str {
    usage.split(' ').next().unwrap_or(usage)
}

/// What `help ps` prints: each state of a module, and what it means.
pub const STATES: [(State, &str); 7] = [
    (State::Loaded, "it has a place, and no instance yet"),
    (State::Starting, "its init runs; nobody sees what it reserves"),
    (State::Held, "its init is done, and `release` lets it publish"),
    (State::Live, "it has published, and serves"),
    (State::Stopping, "it is being unloaded, and its call may finish"),
    (State::Dead, "it has died, and may be started again"),
    (State::Failed, "it has died and stays so, until `restart`"),
];

/// What `help ps` prints beside that: what the other columns count that one might take for something else.
pub const COLUMNS: [(&str, &str); 1] =
    [("restarts", "how often it was started again, for whatever reason: pushed and replaced, too")];

/// Why a line is not a command. Its text says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// No command of that name; the nearest one, if one is near.
    Unknown(String<MAX_LINE>, Option<&'static str>),
    /// The command is used in another way: its line of [`HELP`].
    Usage(&'static str),
    /// The argument is not a name.
    Name(String<MAX_LINE>, NameError),
    /// The command has no such option.
    Option(String<MAX_LINE>),
    /// The argument is not a number, or one above 2^64 - 1.
    Number(String<MAX_LINE>),
    /// Of `after`: this cannot be done later.
    NotLater(String<MAX_LINE>),
    /// Of `after`: this cannot be carried out meanwhile.
    NotMeanwhile(String<MAX_LINE>),
    /// The module's arguments are too long.
    ArgsTooLong,
    /// The text is too long.
    TextTooLong,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParseError::Unknown(word, Some(near)) => {
                write!(f, "there is no command `{word}`; did you mean `{near}`? `help` lists all")
            }
            ParseError::Unknown(word, None) => write!(f, "there is no command `{word}`; `help` lists all"),
            ParseError::Usage(usage) => write!(f, "usage: {usage}"),
            ParseError::Name(word, error) => write!(f, "`{word}` is not a name: {error}"),
            ParseError::Option(word) => write!(f, "there is no option `{word}` here; `help` lists all"),
            ParseError::Number(word) => {
                write!(f, "`{word}` is not a number of nanoseconds: give digits only")
            }
            ParseError::NotLater(what) => {
                write!(f, "`{what}` cannot be done later: crash, unload and revoke can")
            }
            ParseError::NotMeanwhile(what) => {
                write!(f, "`{what}` cannot be done meanwhile: give another command")
            }
            ParseError::ArgsTooLong => write!(f, "a module's arguments have at most {MAX_ARGS} characters"),
            ParseError::TextTooLong => write!(f, "the text has at most {} characters", echo::MAX_TEXT),
        }
    }
}

impl core::error::Error for ParseError {}
