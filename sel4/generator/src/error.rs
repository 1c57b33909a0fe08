//! Why the bindings could not be generated, said so that the person who built can act on it.

use std::fmt;
use std::path::PathBuf;

/// What went wrong while the bindings were generated.
#[derive(Debug)]
pub enum Error {
    /// A file of the prefix could not be read or one of ours not written. Build the kernel again
    /// (`cargo xtask build`) if it belongs to the prefix.
    Io {
        /// The file that was being read or written.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// An interface file is not XML of the form that we know. The prefix is damaged, or of a kernel version
    /// that writes them differently.
    Xml {
        /// The interface file.
        path: PathBuf,
        /// Where in it, and what is wrong.
        message: String,
    },
    /// A method uses a type whose size we do not know: it has to be added to `types.rs`.
    UnknownType {
        /// The method, for instance `seL4_TCB_Configure`.
        method: String,
        /// The C type.
        ctype: String,
    },
    /// The C compiler could not be started, or refused the probe. Its own words follow.
    Compiler {
        /// The compiler's command.
        command: String,
        /// What it printed, or why it could not be started.
        message: String,
    },
    /// The compiler's output does not hold an answer in the form that we asked for.
    Answer {
        /// The line or the name that is wrong.
        what: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, source } => write!(f, "{}: {source}", path.display()),
            Self::Xml { path, message } => {
                write!(f, "{}: not an interface file that we know: {message}", path.display())
            }
            Self::UnknownType { method, ctype } => write!(
                f,
                "{method} uses the type `{ctype}`, which sel4/generator/src/types.rs does not know: add it there"
            ),
            Self::Compiler { command, message } => write!(
                f,
                "the C compiler `{command}` did not compile the questions about the kernel's headers: {message}\n\
                 If it is missing or not for this target, install one (on Debian: gcc-aarch64-linux-gnu, gcc) or set \
                 CC_<target>; if it misses names, the installed kernel is another than the bindings know"
            ),
            Self::Answer { what } => write!(f, "the C compiler's answer is unusable: {what}"),
        }
    }
}

impl std::error::Error for Error {}

/// The result of a step of the generator.
pub type Result<T> = std::result::Result<T, Error>;
