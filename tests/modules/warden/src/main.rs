//! Has `prisoner` do its work, part after part and life after life, and compares what everybody else holds before and
//! after: memory, registers, CSpaces and the ledger, by hash; and the kernel's word on all that is free.
//!
//! Arguments: the number of GiB of which one page is tried, and nothing else; or that and one part, or `together`: ten of
//! them at once.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::fmt::Write;

use ipc_proto::echo::{self, Said, Text};
use ipc_proto::name::Name;
use ipc_proto::operator::{Act, Answer, Fingerprint, MAX_EXCEPTED, Outcome, Request, Since, State};
use ipc_proto::supervisor::Args;
use module_rt::{Init, InitError, Manifest, log, operator, yield_now};
use operate::prisoner::{ESCAPED, LETHAL, NAME, NAMES, NO_MORE, SURVIVED, TOGETHER};

module_rt::program! {
    manifest: Manifest { memory_bytes: 256 * 1024, ..Manifest::new("warden") },
    main: main,
}

/// Who answers those who ask for names: its memory changes then.
const ASKED: &str = "name-server";

/// How one of its lives has ended.
enum End {
    /// It came through.
    Through,
    /// It died of what it tried, or at the deadline.
    Died,
    /// There is no such step.
    NoMore,
}

/// One life, with these arguments, and with a deadline where it is expected to need one.
fn life(name: Name, args: Args, deadline: Option<u64>) -> Result<End, InitError> {
    if let Some(nanoseconds) = deadline {
        operate::after(name, Act::Crash, nanoseconds, Since::NextStart(name))?;
    }
    let says = |code: u32, sentence: &str| {
        let mut start = heapless::String::<64>::new();
        // It fits.
        let _ = write!(start, "{name}: init returned error {code}:");
        sentence.starts_with(start.as_str())
    };
    match operator::ask(&Request::Load { name, args: args.clone(), hold: false, wait: true })? {
        Answer::Loaded { outcome: Outcome::Exited, .. } => Ok(End::Through),
        Answer::Refused(sentence) if says(NO_MORE, &sentence) => Ok(End::NoMore),
        Answer::Refused(sentence) if says(ESCAPED, &sentence) => {
            Err(InitError::new(ESCAPED, format_args!("{args}: {sentence}")))
        }
        Answer::Refused(sentence) if deadline.is_some() && sentence.ends_with("nothing was published") => {
            Ok(End::Died)
        }
        other => Err(InitError::new(3, format_args!("{args}: {other:?}"))),
    }
}

fn args(part: &str, number: u64) -> Args {
    let mut args = Args::new();
    // The parts are short.
    let _ = write!(args, "{part} {number}");
    args
}

/// What all others hold, and that the kernel finds everything whole.
fn outside(name: Name, part: &str) -> Result<Fingerprint, InitError> {
    if !operate::is_whole()? {
        return Err(InitError::new(4, format_args!("kernel and books differ")));
    }
    let asked = operate::name(ASKED)?;
    let may_change = [name, asked];
    operate::fingerprint(may_change.get(..if part == NAMES { 2 } else { 1 }).unwrap_or_default())
}

/// A whole part.
fn part(name: Name, part: &str, deadline: Option<u64>, step: u64) -> Result<(), InitError> {
    let before = outside(name, part)?;
    let (mut through, mut died) = (0_u32, 0_u32);
    if deadline.is_none() {
        match life(name, args(part, step), None)? {
            End::Through => through = 1,
            _ => return Err(InitError::new(5, format_args!("{part}: it did not come through"))),
        }
    } else {
        for step in 0.. {
            match life(name, args(part, step), deadline)? {
                End::Through => through = through.saturating_add(1),
                End::Died => died = died.saturating_add(1),
                End::NoMore => break,
            }
        }
    }
    let after = outside(name, part)?;
    if after != before {
        return Err(InitError::new(
            6,
            format_args!("{part}: others have changed: {before:?}, then {after:?}"),
        ));
    }
    let Fingerprint { modules, pages, .. } = after;
    log!(
        "{part}: {} lives, {died} died of it; {modules} others unchanged, {pages} pages",
        through.saturating_add(died)
    );
    Ok(())
}

/// What is sent to `echo`: so long that registers hold only its ends, in a message and in its answer.
fn text(middle: char) -> Text {
    let ends = core::iter::repeat_n('-', 60);
    ends.clone().chain([middle]).chain(ends).collect()
}

/// A change of others shows, where it is in memory only: `echo` has been called with another text.
fn sees_changes() -> Result<(), InitError> {
    let echo = operate::connect(echo::NAME)?;
    let server = operate::name(echo::NAME)?;
    // What the first calls leave, they leave once.
    for _ in 0..4 {
        let _: Said = echo.call(echo::SAY, &text('a'))?;
    }
    let (all, others) = (operate::fingerprint(&[])?, operate::fingerprint(&[server])?);
    let _: Said = echo.call(echo::SAY, &text('a'))?;
    if operate::fingerprint(&[])? != all {
        return Err(InitError::new(
            7,
            format_args!("the fingerprint is another one, and nothing has changed"),
        ));
    }
    let _: Said = echo.call(echo::SAY, &text('b'))?;
    if operate::fingerprint(&[])? == all {
        return Err(InitError::new(8, format_args!("the fingerprint does not show that echo was called")));
    }
    if operate::fingerprint(&[server])? != others {
        return Err(InitError::new(9, format_args!("others than echo have changed")));
    }
    Ok(())
}

/// Ten of them at once.
fn together() -> Result<(), InitError> {
    let mut names = heapless::Vec::<Name, MAX_EXCEPTED>::new();
    for name in TOGETHER.iter().map(|(name, _)| *name).chain([ASKED]) {
        // There is room for that many.
        let _ = names.push(operate::name(name)?);
    }
    let before = operate::fingerprint(&names)?;
    for (name, args) in TOGETHER {
        operate::load_with(operate::name(name)?, args)?;
    }
    for (name, args) in TOGETHER {
        let prisoner = operate::name(name)?;
        while let Some(state) = operate::state_of(prisoner)? {
            if state == State::Failed {
                return Err(InitError::new(
                    ESCAPED,
                    format_args!("{name}, which tried {args}, did not come through"),
                ));
            }
            yield_now();
        }
    }
    let after = operate::fingerprint(&names)?;
    if after != before || !operate::is_whole()? {
        return Err(InitError::new(6, format_args!("others have changed: {before:?}, then {after:?}")));
    }
    log!("ten at once: {} others unchanged, {} pages", after.modules, after.pages);
    Ok(())
}

fn main(init: &mut Init) -> Result<(), InitError> {
    let given = init.args();
    let (step, only) = given.split_once(' ').unwrap_or((given.as_str(), ""));
    let step = step.parse().map_err(|_| InitError::new(1, format_args!("usage: load warden GIB [PART]")))?;
    let name = operate::name(NAME)?;
    sees_changes()?;
    if only == "together" {
        return together();
    }
    // The first life cuts memory into pieces that are then used again.
    life(name, args("own-pages", 0), None)?;
    let survived = SURVIVED.into_iter().map(|part| (part, None));
    let lethal = LETHAL.into_iter().map(|(part, deadline)| (part, Some(deadline)));
    for (chosen, deadline) in survived.chain(lethal).filter(|(part, _)| only.is_empty() || *part == only) {
        part(name, chosen, deadline, step)?;
    }
    Ok(())
}
