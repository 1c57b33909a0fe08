//! Asks for what comes in pages: slots, holders, windows, modules, waits, lines of the log; and for what comes beside them.

use heapless::Vec;
use ipc_proto::name::Name;
use ipc_proto::operator::{
    Answer, DependentInfo, HolderInfo, LOG_PAGE, LogAnswer, Logged, MAX_MARKS, Mark, ModuleInfo, Request,
    Sentence, SlotInfo, WaitInfo, WindowInfo,
};
use module_rt::operator;

use super::{ask, unexpected};
use crate::format_error;

/// Asks for page after page; `page` is given where to start, and gives where the next one starts, if there is one.
fn each_page<N: Copy + Default + PartialOrd>(
    mut page: impl FnMut(N) -> Result<Option<N>, Sentence>,
) -> Result<(), Sentence> {
    let mut from = Some(N::default());
    while let Some(start) = from {
        // A page that does not go on would be asked for again and again.
        from = page(start)?.filter(|next| *next > start);
    }
    Ok(())
}

/// The slots of a module's CSpace that hold something, or should; gives the CSpace's size.
pub fn each_slot(name: Name, mut take: impl FnMut(&SlotInfo)) -> Result<u8, Sentence> {
    let mut slots = 0;
    each_page(|from| {
        let Answer::Caps { page, size, next } = ask(&Request::Caps { name, from })? else {
            return Err(unexpected());
        };
        page.iter().for_each(&mut take);
        slots = size;
        Ok(next)
    })?;
    Ok(slots)
}

/// The capabilities to services of a module that others hold.
pub fn each_holder(name: Name, mut take: impl FnMut(&HolderInfo)) -> Result<(), Sentence> {
    each_page(|from| {
        let Answer::Holders { page, next } = ask(&Request::Holders { name, from })? else {
            return Err(unexpected());
        };
        page.iter().for_each(&mut take);
        Ok(next)
    })
}

/// What a module was granted that reaches beyond its own domain, and whether the device of that was taken back.
pub fn marks(name: Name) -> Result<(Vec<Mark, MAX_MARKS>, bool), Sentence> {
    match ask(&Request::Marks { name })? {
        Answer::Marks { marks, taken_back } => Ok((marks, taken_back)),
        _ => Err(unexpected()),
    }
}

/// The memory that a module shares, or has shared.
pub fn each_window(name: Name, mut take: impl FnMut(&WindowInfo)) -> Result<(), Sentence> {
    each_page(|from| {
        let Answer::Windows { page, next } = ask(&Request::Windows { name, from })? else {
            return Err(unexpected());
        };
        page.iter().for_each(&mut take);
        Ok(next)
    })
}

/// The modules.
pub fn each_module(mut take: impl FnMut(&ModuleInfo)) -> Result<(), Sentence> {
    each_page(|from| {
        let Answer::Modules(page, next) = ask(&Request::Modules { from })? else {
            return Err(unexpected());
        };
        page.iter().for_each(&mut take);
        Ok(next)
    })
}

/// The lookups that wait.
pub fn each_wait(mut take: impl FnMut(&WaitInfo)) -> Result<(), Sentence> {
    each_page(|from| {
        let Answer::Waits(page, next) = ask(&Request::Waits { from })? else {
            return Err(unexpected());
        };
        page.iter().for_each(&mut take);
        Ok(next)
    })
}

/// Who is connected to whom.
pub fn each_dependent(mut take: impl FnMut(&DependentInfo)) -> Result<(), Sentence> {
    each_page(|from| {
        let answer = operator::ask_dependents(from);
        let answer = answer.map_err(|error| format_error(format_args!("the supervisor: {error}")))?;
        answer.page.iter().for_each(&mut take);
        Ok(answer.next)
    })
}

pub(super) fn ask_log(module: Option<Name>, from: u64) -> Result<(Vec<Logged, LOG_PAGE>, u64), Sentence> {
    match operator::ask_log(module, from) {
        Ok(LogAnswer::Page { page, end }) => Ok((page, end)),
        Ok(LogAnswer::Unknown) => {
            let name = module.as_ref().map_or("it", Name::as_str);
            Err(format_error(format_args!("{name} is not loaded: `ps` lists what is")))
        }
        Err(error) => Err(format_error(format_args!("the supervisor: {error}"))),
    }
}

/// The lines of the log that are there now, of one module or of all.
pub fn each_logged(module: Option<Name>, mut take: impl FnMut(&Logged)) -> Result<(), Sentence> {
    let mut until = None;
    each_page(|from| {
        let (page, end) = ask_log(module, from)?;
        // Who logs as fast as this reads would keep it from its end.
        let until = *until.get_or_insert(end);
        page.iter().filter(|line| line.sequence < until).for_each(&mut take);
        Ok(page.last().map(|line| line.sequence.saturating_add(1)).filter(|next| *next < until))
    })
}
