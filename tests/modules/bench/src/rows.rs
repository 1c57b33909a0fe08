//! The rows of the benchmark.

use depot::DepotClient;
use ipc_proto::echo;
use ipc_proto::label::{self, Status};
use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Examined, Finding, Outcome, Request};
use ipc_proto::supervisor::Args;
use ipc_proto::version::VersionRange;
use module_rt::init::lookup;
use module_rt::{Connection, InitError, locker, operator, request};
use sel4::{MessageInfoBuilder, cap};

use crate::{median, timed};

/// The locker has room for a thousand copies and a few more.
pub const LOCKER_BITS: u8 = 10;
/// Calls in one measurement: the clock of aarch64 advances in steps of 16 instructions.
const CALLS: u32 = 64;
/// Copies for the revoke.
const COPIES: u16 = 1000;
/// Where the first copy goes; a connection that is copied is in the slot before it.
const FIRST_COPY: u16 = 3;

fn ask(request: &Request) -> Result<Answer, InitError> {
    match operator::ask(request)? {
        Answer::Refused(sentence) => Err(InitError::new(51, format_args!("{sentence}"))),
        answer => Ok(answer),
    }
}

fn load(name: Name) -> Result<(), InitError> {
    match ask(&Request::Load { name, args: Args::new(), hold: false, wait: true })? {
        Answer::Loaded { outcome: Outcome::Live, .. } => Ok(()),
        other => Err(InitError::new(52, format_args!("{name}: {other:?}"))),
    }
}

fn unload(name: Name) -> Result<(), InitError> {
    ask(&Request::Unload { name, now: false }).map(|_| ())
}

fn name(text: &str) -> Result<Name, InitError> {
    Name::new(text).map_err(|error| InitError::new(53, format_args!("{error}")))
}

fn kernel(error: sel4::Error) -> InitError {
    InitError::new(54, format_args!("the kernel refused: {error:?}"))
}

/// The cost of one call of a measurement.
fn each(all: u64) -> u64 {
    all.checked_div(u64::from(CALLS)).unwrap_or_default()
}

/// A page at the beginning of a word.
#[repr(align(8))]
struct Page([u8; 4096]);

/// A page of bulk data that a server gives: the copies of both sides, and the server's question where the window is.
pub fn bulk_page() -> Result<u64, InitError> {
    let depot: DepotClient<Connection> = module_rt::client()?;
    let mut page = Page([0; 4096]);
    let failed = |error| InitError::new(58, format_args!("{error}"));
    // Zeroes whose last byte is the sum of the others.
    depot.put(1, &page.0).map_err(failed)?;
    median(|| {
        timed(|| match depot.show(&mut page.0).map_err(failed)? {
            4096 => Ok(()),
            given => Err(InitError::new(59, format_args!("{given} bytes, not a page"))),
        })
    })
}

/// What the deadline costs: the typed four-word call to `echo`, and the same without the two notes that a client leaves
/// for the supervisor.
pub fn call_with_a_deadline() -> Result<(u64, u64), InitError> {
    let echo = lookup(echo::NAME, VersionRange::exactly(echo::VERSION))?;
    let bare = cap::Endpoint::from_bits(echo.slot());
    let info = MessageInfoBuilder::default().label(u64::from(echo::WORDS)).length(4).build();
    let with = median(|| {
        let mut words = [1, 2, 3, 4];
        timed(|| {
            for _ in 0..CALLS {
                words = echo.call_words(echo::WORDS, words)?;
            }
            Ok(())
        })
    })?;
    let without = median(|| {
        let mut words = [1, 2, 3, 4];
        timed(|| {
            for _ in 0..CALLS {
                let reply = bare.call_with_mrs(info, words);
                if reply.info.label() != label::reply(Status::Ok) || reply.info.length() != 4 {
                    return Err(InitError::new(55, format_args!("{reply:?}")));
                }
                words = reply.msg;
            }
            Ok(())
        })
    })?;
    Ok((each(with), each(without)))
}

/// A typed four-word call to `echo`, and the raw Call/ReplyRecv to a server that looks at nothing.
pub fn call_words() -> Result<(u64, u64), InitError> {
    let echo = lookup(echo::NAME, VersionRange::exactly(echo::VERSION))?;
    let typed = median(|| {
        let mut words = [1, 2, 3, 4];
        timed(|| {
            for _ in 0..CALLS {
                words = echo.call_words(echo::WORDS, words)?;
            }
            Ok(())
        })
    })?;
    let raw = cap::Endpoint::from_bits(lookup("raw", VersionRange::ANY)?.slot());
    let info = MessageInfoBuilder::default().label(0x100).length(4).build();
    let kernel = median(|| {
        let mut words = [1, 2, 3, 4];
        timed(|| {
            for _ in 0..CALLS {
                words = raw.call_with_mrs(info, words).msg;
            }
            core::hint::black_box(words);
            Ok(())
        })
    })?;
    Ok((each(typed), each(kernel)))
}

/// The raw Call/ReplyRecv without a message: what the project's baselines were measured with.
pub fn call_nothing() -> Result<u64, InitError> {
    let raw = cap::Endpoint::from_bits(lookup("raw", VersionRange::ANY)?.slot());
    let info = MessageInfoBuilder::default().label(0x100).build();
    let cost = median(|| {
        timed(|| {
            for _ in 0..CALLS {
                core::hint::black_box(raw.call_with_mrs(info, []));
            }
            Ok(())
        })
    })?;
    Ok(each(cost))
}

/// A lookup of a name that is there, by a module that has looked it up before.
pub fn lookup_again() -> Result<u64, InitError> {
    let cost = median(|| {
        timed(|| {
            for _ in 0..CALLS {
                core::hint::black_box(lookup(echo::NAME, VersionRange::exactly(echo::VERSION))?);
            }
            Ok(())
        })
    })?;
    Ok(each(cost))
}

/// What an operator waits until it is told what `echo` does, which waits for calls.
pub fn examine_idle() -> Result<u64, InitError> {
    let echo = name(echo::NAME)?;
    median(|| {
        timed(|| match operator::ask_examined(echo)? {
            Examined::Found { finding: Finding::Idle, .. } => Ok(()),
            other => Err(InitError::new(57, format_args!("{other:?}"))),
        })
    })
}

/// Load, publish and unload of `echo`.
pub fn cycle() -> Result<u64, InitError> {
    let echo = name(echo::NAME)?;
    unload(echo)?;
    let cost = median(|| {
        timed(|| {
            load(echo)?;
            unload(echo)
        })
    })?;
    load(echo)?;
    Ok(cost)
}

fn copies_of(parent: u16) -> Result<(), InitError> {
    for index in FIRST_COPY..FIRST_COPY.saturating_add(COPIES) {
        locker::copy(parent, index, LOCKER_BITS).map_err(kernel)?;
    }
    Ok(())
}

/// Unload of `echo` while a thousand copies of a client's capability to it are out, and the raw revoke of as many.
pub fn unload_with_1000_capabilities() -> Result<(u64, u64), InitError> {
    let parent = FIRST_COPY.saturating_sub(1);
    let own = locker::slot(locker::OWN_ENDPOINT, LOCKER_BITS);
    let raw = median(|| {
        copies_of(locker::OWN_ENDPOINT)?;
        timed(|| own.revoke().map_err(kernel))
    })?;
    let echo = name(echo::NAME)?;
    let cost = median(|| {
        let connection = lookup(echo::NAME, VersionRange::exactly(echo::VERSION))?;
        request::stow(connection, parent)?;
        copies_of(parent)?;
        let cost = timed(|| unload(echo))?;
        load(echo)?;
        Ok(cost)
    })?;
    Ok((cost, raw))
}
