//! Scans disks: answers whoever asks for it at once, and then reads from its private endpoint.
//!
//! Sent `again`, it calls the last disk once more, by then published or gone; sent anything else, it says how its scans
//! have ended. What must not come of a call, it says there.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::fmt::Write;

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::label::Status;
use module_rt::{
    Answer, CallError, Client, Connection, Init, InitError, Manifest, Request, Server, answer, answer_first,
    start,
};
use operate::partitions::{
    BAD, FOUND, GO, GOOD, HELD, MAGIC, NAME, NEVER, READ, SCAN, UNREADABLE, VERSION, When,
};

module_rt::module! {
    manifest: Manifest::new("partitions"),
    init: init,
}

#[derive(Default)]
struct Scanner {
    /// The disk of the last scan, or of the one that is held.
    disk: Option<Connection>,
    /// How the last scan has ended.
    last: Option<CallError>,
    /// What must not be.
    wrong: Option<CallError>,
}

fn init(init: &mut Init) -> Result<Scanner, InitError> {
    init.reserve(NAME, VERSION)?;
    Ok(Scanner::default())
}

/// Reads a block; the answer is to this read, and not to another one.
fn read(disk: Connection, block: u64) -> Result<[u64; 3], CallError> {
    match disk.call_words(READ, [block, 0, 0, 0])? {
        [number, first, second, third] if number == block => Ok([first, second, third]),
        _ => Err(CallError::BadAnswer),
    }
}

/// How many partitions there are; `None` where there is no table.
fn count(disk: Connection) -> Result<Option<u64>, CallError> {
    let [magic, entries, _] = read(disk, 0)?;
    if magic != MAGIC {
        return Ok(None);
    }
    let mut partitions = 0_u64;
    // A disk that says more has a bad table.
    for block in 1..=entries.min(16) {
        let [kind, ..] = read(disk, block)?;
        partitions = partitions.saturating_add(u64::from(kind != 0));
    }
    Ok(Some(partitions))
}

impl Scanner {
    fn scan(&mut self, disk: Connection) {
        let counted = count(disk);
        self.last = counted.err();
        let found = match counted {
            Ok(Some(partitions)) => [GOOD, partitions, 0, 0],
            Ok(None) => [BAD, 0, 0, 0],
            Err(_) => [UNREADABLE, 0, 0, 0],
        };
        // Where the disk is gone, so is this call.
        if let Err(error) = disk.call_words(FOUND, found) {
            self.last.get_or_insert(error);
        }
        // A disk that dies takes the call with it, delivered or not, or is gone before it; one that lives answers.
        if let Some(error) = self.last
            && !matches!(
                error,
                CallError::Interrupted { .. }
                    | CallError::NotDelivered
                    | CallError::Gone
                    | CallError::Revoked
            )
        {
            self.wrong.get_or_insert(error);
        }
    }
}

impl Server for Scanner {
    fn message(&mut self, client: Client, method: u16, request: Request) -> Result<Answer, Status> {
        match method {
            SCAN => {
                let when: When = request.decode()?;
                let disk = module_rt::call_back(client)?;
                self.disk = Some(disk);
                if when == HELD || when == NEVER {
                    return answer(&0_u8);
                }
                let begun = answer_first(&0_u8)?;
                self.scan(disk);
                Ok(begun)
            }
            GO => {
                let disk = self.disk.ok_or(Status::Refused)?;
                let begun = answer_first(&0_u8)?;
                self.scan(disk);
                Ok(begun)
            }
            echo::SAY => {
                let asked: Text = request.decode()?;
                let mut text = Text::new();
                let again = self.disk.filter(|_| asked == "again").map(|disk| read(disk, 0));
                // A text that is full is cut.
                let _ = match (again, self.wrong, self.last) {
                    (Some(Err(CallError::Gone)), ..) => text.write_fmt(format_args!("nobody is there")),
                    (Some(outcome), ..) => text.write_fmt(format_args!("called again: {outcome:?}")),
                    (None, Some(error), _) => text.write_fmt(format_args!("wrong: {error:?}")),
                    (None, None, Some(error)) => text.write_fmt(format_args!("{error}")),
                    (None, None, None) => text.write_fmt(format_args!("scanned")),
                };
                answer(&Said { generation: start::instance().generation, text })
            }
            _ => Err(Status::UnknownMethod),
        }
    }
}
