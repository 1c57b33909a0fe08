//! A client of `loser` that keeps as many copies of its capability as it is told to, and passes it on.
//!
//! Argument: the name that it reserves, or `fill`: then it has as many copies as it can before it is live.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use ipc_proto::echo::Text;
use ipc_proto::label::Status;
use ipc_proto::version::VersionRange;
use module_rt::{Client, Connection, Init, InitError, Manifest, Server, init, locker, request};
use operate::give::give;
use operate::hoard::{FILL, GIVE, HELD, MOST, NAME, VERSION};
use operate::locker::holds;
use operate::{loser, taker};

module_rt::module! {
    manifest: Manifest { locker_bits: LOCKER_BITS, memory_bytes: 256 * 1024, ..Manifest::new(NAME) },
    init: init,
}

const LOCKER_BITS: u8 = 10;
/// Empty, for looking.
const SPARE: u16 = 2;
/// The first copy.
const FIRST: u16 = 3;

#[derive(Default)]
struct Hoard {
    loser: Option<Connection>,
}

fn init(init: &mut Init) -> Result<Hoard, InitError> {
    let args = init.args();
    let fills = args == "fill";
    init.reserve(if args.is_empty() || fills { NAME } else { &args }, VERSION)?;
    if !fills {
        return Ok(Hoard::default());
    }
    let loser = init.connect(loser::NAME, VersionRange::exactly(loser::VERSION))?;
    let full = |status| InitError::new(50, format_args!("its locker was not filled: {status:?}"));
    fill(loser, u64::from(MOST)).map_err(full)?;
    Ok(Hoard { loser: Some(loser) })
}

fn fill(loser: Connection, copies: u64) -> Result<(), Status> {
    let copies = u16::try_from(copies).ok().filter(|copies| *copies <= MOST).ok_or(Status::Refused)?;
    for index in (FIRST..).take(usize::from(copies)) {
        request::stow(loser, index).map_err(|_| Status::Refused)?;
    }
    Ok(())
}

fn held() -> u64 {
    let place = |index| locker::slot(index, LOCKER_BITS);
    let copies = (FIRST..).take(usize::from(MOST));
    copies.map(|index| u64::from(holds(&place(index), &place(SPARE)))).sum()
}

impl Server for Hoard {
    fn words(&mut self, _: Client, method: u16, [copies, ..]: [u64; 4]) -> Result<[u64; 4], Status> {
        match method {
            FILL => {
                let found = init::lookup(loser::NAME, VersionRange::exactly(loser::VERSION));
                fill(*self.loser.insert(found.map_err(|_| Status::Refused)?), copies)?;
            }
            HELD => {}
            GIVE => {
                let taker = init::lookup(taker::NAME, VersionRange::exactly(ipc_proto::echo::VERSION));
                let (Ok(taker), Some(loser)) = (taker, self.loser) else { return Err(Status::Refused) };
                give(taker, loser.slot(), &Text::new()).map_err(|_| Status::Refused)?;
            }
            _ => return Err(Status::UnknownMethod),
        }
        Ok([held(), 0, 0, 0])
    }
}
