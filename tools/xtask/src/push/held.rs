//! A running system's sockets, each of which one at a time has: QEMU lets a second one wait without a word.

use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use rustix::io::Errno;
use rustix::net::{self, AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

/// A system's line, which nobody else of this clone has meanwhile.
#[derive(Debug)]
pub struct Line {
    /// The way to the system.
    pub stream: UnixStream,
    _held: File,
}

/// Takes the line of a system, by its socket: at once, or not at all.
///
/// # Errors
/// Where another push has it, or nobody takes the connection.
pub fn connect(line: &Path) -> Result<Line> {
    let taken =
        "another push has that system's line, and there can be one at a time: push again when it has ended";
    let held = hold(line, taken)?;
    let stream = stream(line).map_err(|error| match error {
        Errno::AGAIN => {
            anyhow!("{} takes no connection: something else has that system's line", line.display())
        }
        error => anyhow!("cannot connect to {}: {}", line.display(), io::Error::from(error)),
    })?;
    Ok(Line { stream, _held: held })
}

/// Without waiting: where others stand in the queue it is full, and `UnixStream::connect` would wait for ever.
fn stream(line: &Path) -> Result<UnixStream, Errno> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    net::connect(&socket, &SocketAddrUnix::new(line)?)?;
    let stream = UnixStream::from(socket);
    stream.set_nonblocking(false).map_err(|_| Errno::IO)?;
    Ok(stream)
}

/// Holds one of a system's sockets as long as the file is open, which a process that starts another one can hand on.
///
/// # Errors
/// `taken`, where somebody else holds it.
pub fn hold(socket: &Path, taken: &'static str) -> Result<File> {
    let path = socket.with_extension("held");
    let file = File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(taken),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn a_line_is_had_by_one_at_a_time_and_is_not_waited_for() {
        let out = tempfile::tempdir().unwrap();
        let socket = out.path().join("line");
        let listener = UnixListener::bind(&socket).unwrap();
        let told = || connect(&socket).unwrap_err().to_string();
        let line = connect(&socket).unwrap();
        assert!(told().starts_with("another push has that system's line"), "{}", told());
        drop(line);
        drop(connect(&socket).unwrap());
        // Others stand in the queue until it is full.
        let mut queue = Vec::new();
        while let Ok(stream) = stream(&socket) {
            queue.push(stream);
        }
        assert!(told().ends_with("something else has that system's line"), "{}", told());
        drop(listener);
        assert!(told().starts_with("cannot connect to "), "{}", told());
    }

    #[test]
    fn what_is_held_is_told_until_it_is_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("gdb");
        let held = hold(&socket, "leave it there first").unwrap();
        assert_eq!(hold(&socket, "leave it there first").unwrap_err().to_string(), "leave it there first");
        drop(held);
        hold(&socket, "").unwrap();
    }
}
