//! The tool's half of the line: says a request until it is answered, and believes nothing else that comes.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use ipc_proto::name::Name;
use ipc_proto::push::frame::{self, Frames, MAX_FRAME};
use ipc_proto::push::{Bytes, MAX_PIECE, Reply, Request, VERSION, sum};

use super::outcome::{LinkError, Pushed, settled};

/// About how often a request is said again, at least, before it is given up.
const MOST_REPEATED: u32 = 16;
/// How often the socket lets go of a read in which nothing comes.
const POLL: Duration = Duration::from_millis(20);

/// How long the other side may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until a request is said again, at first; each further time takes twice as long, up to a part of the whole, and where
    /// answers have taken longer, it is more. A line that is slow is not filled with repetitions.
    pub repeat: Duration,
    /// Until it says something that goes on.
    pub silence: Duration,
    /// From the whole file to the module being live.
    pub start: Duration,
}

/// A file and what it is for.
#[derive(Clone, Copy, Debug)]
pub struct Parcel<'a> {
    /// The module.
    pub name: Name,
    /// The file.
    pub file: &'a [u8],
    /// A number that no other push has.
    pub transfer: u32,
}

/// One side of the line.
pub struct Link<S> {
    stream: S,
    frames: Frames,
    patience: Patience,
    /// Bytes that were read and not looked at, the next one last.
    unread: Vec<u8>,
    /// How long the last answer took.
    took: Duration,
}

/// Has reads and writes of a line's socket let go where nothing comes, or nothing is taken.
///
/// # Errors
/// Where it takes no time limit.
pub fn give_way(socket: &UnixStream) -> std::io::Result<()> {
    socket.set_read_timeout(Some(POLL))?;
    socket.set_write_timeout(Some(POLL))
}

impl<S: Read + Write> Link<S> {
    /// Over a stream whose reads and writes let go after a moment, as [`give_way`] has it.
    pub fn over(stream: S, patience: Patience) -> Link<S> {
        Link { stream, frames: Frames::new(), patience, unread: Vec::new(), took: Duration::ZERO }
    }

    /// Sends a file and waits for what comes of it. `progress` is told how many bytes are there.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn push(&mut self, parcel: Parcel<'_>, mut progress: impl FnMut(usize)) -> Result<Pushed, LinkError> {
        let Parcel { name, file, transfer } = parcel;
        self.greet(transfer)?;
        let bytes = u32::try_from(file.len()).unwrap_or(u32::MAX);
        let mut request = Request::Begin { transfer, name, bytes, sum: sum(file) };
        let mut has = 0;
        loop {
            match self.ask(transfer, &request, (has, file.len()))? {
                Reply::Has { bytes, .. } => has = bytes as usize,
                Reply::Working { .. } => return self.outcome(transfer),
                reply => return settled(reply),
            }
            progress(has);
            request = next(parcel, has);
        }
    }

    /// Whether somebody is there who speaks this.
    fn greet(&mut self, number: u32) -> Result<(), LinkError> {
        let answer =
            self.exchange(&Request::Hello { number }, self.patience.silence, |reply| match reply {
                Reply::Here { number: theirs, version } if theirs == number => Some(version),
                _ => None,
            })?;
        match answer {
            Some(VERSION) => Ok(()),
            Some(theirs) => Err(LinkError::Version(theirs)),
            None => Err(LinkError::Silent(self.patience.silence)),
        }
    }

    fn ask(
        &mut self,
        transfer: u32,
        request: &Request,
        (has, of): (usize, usize),
    ) -> Result<Reply, LinkError> {
        let answer =
            self.exchange(request, self.patience.silence, |reply| about(transfer, request, reply))?;
        answer.ok_or(LinkError::Stuck { has, of, waited: self.patience.silence })
    }

    /// The file is there: asks until it is known what has come of it.
    fn outcome(&mut self, transfer: u32) -> Result<Pushed, LinkError> {
        let request = Request::Deliver { transfer };
        let answer = self.exchange(&request, self.patience.start, |reply| match reply {
            Reply::Working { .. } => None,
            reply => about(transfer, &request, reply),
        })?;
        answer.map_or(Err(LinkError::NotLive(self.patience.start)), settled)
    }

    /// Says a request, and again, until an answer is taken; `None` where that takes longer than `longest`.
    fn exchange<T>(
        &mut self,
        request: &Request,
        longest: Duration,
        mut take: impl FnMut(Reply) -> Option<T>,
    ) -> Result<Option<T>, LinkError> {
        let mut buffer = [0; MAX_FRAME + 1];
        // The zero in front ends whatever is on the line.
        let length = match buffer.split_first_mut() {
            Some((_, rest)) => frame::encode(request, rest).map_or(0, <[u8]>::len),
            None => 0,
        };
        let framed = buffer.get(..length.saturating_add(1)).unwrap_or_default();
        let began = Instant::now();
        let mut repeat = self.patience.repeat.max(self.took.saturating_mul(3));
        let most = repeat.max(longest.checked_div(MOST_REPEATED).unwrap_or(longest));
        let mut said: Option<Instant> = None;
        loop {
            if said.is_none_or(|said| said.elapsed() >= repeat) {
                if said.is_some() {
                    repeat = repeat.saturating_mul(2).min(most);
                }
                self.write(framed, longest)?;
                said = Some(Instant::now());
            }
            if let Some(answer) = self.reply()?.and_then(&mut take) {
                self.took = said.map_or(Duration::ZERO, |said| said.elapsed());
                return Ok(Some(answer));
            }
            // Looked at after each reply, too: a flood of what is no answer does not keep us.
            if began.elapsed() >= longest {
                return Ok(None);
            }
        }
    }

    /// Writes all of it, as the other side takes it.
    fn write(&mut self, mut bytes: &[u8], longest: Duration) -> Result<(), LinkError> {
        let began = Instant::now();
        while !bytes.is_empty() {
            match self.stream.write(bytes) {
                Ok(0) => return Err(LinkError::Cut(ErrorKind::WriteZero.into())),
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(error) if is_wait(&error) && began.elapsed() < longest => {}
                Err(error) if is_wait(&error) => return Err(LinkError::Silent(longest)),
                Err(error) => return Err(LinkError::Cut(error)),
            }
        }
        Ok(())
    }

    /// The next reply, if one comes at once. What is none is passed over.
    fn reply(&mut self) -> Result<Option<Reply>, LinkError> {
        if self.unread.is_empty() {
            let mut buffer = [0; 512];
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(LinkError::Cut(ErrorKind::UnexpectedEof.into())),
                Ok(count) => self.unread.extend(buffer.iter().take(count).rev()),
                Err(error) if is_wait(&error) => {}
                Err(error) => return Err(LinkError::Cut(error)),
            }
        }
        while let Some(byte) = self.unread.pop() {
            if let Some(Ok(reply)) = self.frames.take(byte) {
                return Ok(Some(reply));
            }
        }
        Ok(None)
    }
}

/// What comes next for a file of which so much is there.
fn next(parcel: Parcel<'_>, has: usize) -> Request {
    let Parcel { file, transfer, .. } = parcel;
    let rest = file.get(has..).unwrap_or_default();
    let piece = rest.get(..rest.len().min(MAX_PIECE)).unwrap_or_default();
    match (piece.is_empty(), u32::try_from(has), Bytes::from_slice(piece)) {
        (false, Ok(at), Ok(bytes)) => Request::Piece { transfer, at, bytes },
        _ => Request::Deliver { transfer },
    }
}

/// The reply, where it is one to this request: those to earlier ones, which were said twice, can still come.
fn about(asked: u32, request: &Request, reply: Reply) -> Option<Reply> {
    let takes = match (&reply, request) {
        (Reply::Here { .. }, _) => false,
        (Reply::Has { transfer, bytes }, Request::Begin { .. }) => *transfer == asked && *bytes == 0,
        (Reply::Has { transfer, bytes: has }, Request::Piece { at, bytes, .. }) => {
            *transfer == asked && *has as usize == (*at as usize).saturating_add(bytes.len())
        }
        (Reply::Has { .. }, _) => false,
        (
            Reply::Working { transfer }
            | Reply::Live { transfer, .. }
            | Reply::Ended { transfer }
            | Reply::Refused { transfer, .. }
            | Reply::Undone { transfer, .. }
            | Reply::Unknown { transfer },
            _,
        ) => *transfer == asked,
    };
    takes.then_some(reply)
}

fn is_wait(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
