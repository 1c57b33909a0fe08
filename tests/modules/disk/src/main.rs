//! A disk: in its init it has a scanner read its blocks through its private endpoint, and then publishes with the number of
//! partitions that it was told.
//!
//! Arguments: `good`; `bad`, whose partition table is none; `slow`, which answers one read too late; `held`, which is
//! scanned when somebody says so; `never`, which is not scanned and does not wait for long; `closed`, which has opened
//! nothing; `twice`, which opens it again while it is open; `alarm`, which sleeps when it has been scanned.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::fmt::Write;
use core::time::Duration;

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::label::Status;
use ipc_proto::manifest::MIN_DEADLINE;
use ipc_proto::version::VersionRange;
use module_rt::{Answer, Client, Init, InitError, Manifest, Request, Server, alarm, answer, clock, start};
use operate::partitions::{BAD, FOUND, GOOD, HELD, MAGIC, NAME, NEVER, NOW, READ, SCAN, VERSION, When};

module_rt::module! {
    manifest: Manifest { deadline_micros: 10 * MIN_DEADLINE, ..Manifest::new("disk") },
    init: init,
}

/// Words of each block: the table, which says how many entries there are, and the entries with start and length. One of
/// them is empty.
const BLOCKS: [[u64; 3]; 5] = [[MAGIC, 4, 0], [1, 1, 100], [1, 101, 50], [0, 0, 0], [1, 151, 7]];
/// Longer than a read may take and the looks after that are apart, in nanoseconds; the next call is received in time.
const TOO_LONG: u64 = 12_000 * MIN_DEADLINE as u64;
/// Who waits until somebody types may wait for long: see the system's manifest.
const UNTIL_TYPED: Duration = Duration::from_hours(1000);

struct Disk {
    /// What is wrong with it.
    way: Way,
    found: Option<(u64, u64)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Good,
    Bad,
    Slow,
}

fn init(init: &mut Init) -> Result<Disk, InitError> {
    let args = init.args();
    let (way, when, longest): (_, When, _) = match args.as_str() {
        "" | "good" | "twice" | "closed" | "alarm" => (Way::Good, NOW, Duration::from_millis(50)),
        "bad" => (Way::Bad, NOW, Duration::from_millis(50)),
        "slow" => (Way::Slow, NOW, Duration::from_millis(50)),
        "held" => (Way::Good, HELD, UNTIL_TYPED),
        "never" => (Way::Good, NEVER, Duration::from_millis(5)),
        other => return Err(InitError::new(9, format_args!("`{other}` is no kind of disk"))),
    };
    init.reserve("disk", echo::VERSION)?;
    let scanner = init.connect(NAME, VersionRange::exactly(VERSION))?;
    let mut disk = Disk { way, found: None };
    if args == "closed" {
        let _: u8 = scanner.call(SCAN, &when)?;
    }
    let mut private = init.open_to(scanner, longest)?;
    if args == "twice" {
        init.open_to(scanner, longest)?;
    }
    let _: u8 = scanner.call(SCAN, &when)?;
    let found = private.serve(&mut disk, |disk| disk.found)?;
    if args == "alarm" {
        alarm::sleep(Duration::from_millis(1))?;
    }
    match found {
        (GOOD, _) => Ok(disk),
        (BAD, _) => Err(InitError::new(7, format_args!("the partition table is none"))),
        _ => Err(InitError::new(8, format_args!("the scanner could not read a block"))),
    }
}

impl Disk {
    fn read(&self, block: u64) -> [u64; 4] {
        let words =
            usize::try_from(block).ok().and_then(|block| BLOCKS.get(block)).copied().unwrap_or_default();
        let [mut first, second, third] = words;
        if block == 0 && self.way == Way::Bad {
            first = 0;
        }
        if block == 2 && self.way == Way::Slow {
            let end = clock::now().saturating_add(TOO_LONG);
            while clock::now() < end {}
        }
        [block, first, second, third]
    }
}

impl Server for Disk {
    fn words(&mut self, _: Client, method: u16, [first, second, ..]: [u64; 4]) -> Result<[u64; 4], Status> {
        match self.found {
            None if method == READ.label => Ok(self.read(first)),
            None if method == FOUND.label => {
                self.found = Some((first, second));
                Ok([0; 4])
            }
            _ => Err(Status::UnknownMethod),
        }
    }

    fn message(&mut self, _: Client, method: u16, _: Request) -> Result<Answer, Status> {
        if method != echo::SAY {
            return Err(Status::UnknownMethod);
        }
        let mut text = Text::new();
        let (_, partitions) = self.found.unwrap_or_default();
        // It fits.
        let _ = text.write_fmt(format_args!("{partitions} partitions"));
        answer(&Said { generation: start::instance().generation, text })
    }
}
