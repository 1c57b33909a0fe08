//! Asks for what comes in pages: slots, holders, windows, modules.

use heapless::Vec;
use ipc_proto::name::Name;
use ipc_proto::operator::{
    Answer, HolderInfo, MAX_MARKS, Mark, ModuleInfo, Request, Sentence, SlotInfo, WindowInfo,
};

use super::{ask, unexpected};

/// The slots of a module's CSpace that hold something, or should; gives the CSpace's size.
pub fn each_slot(name: Name, mut take: impl FnMut(&SlotInfo)) -> Result<u8, Sentence> {
    let (mut from, mut slots) = (Some(0), 0);
    while let Some(start) = from {
        let Answer::Caps { page, size, next } = ask(&Request::Caps { name, from: start })? else {
            return Err(unexpected());
        };
        page.iter().for_each(&mut take);
        slots = size;
        from = next.filter(|next| *next > start);
    }
    Ok(slots)
}

/// The capabilities to services of a module that others hold.
pub fn each_holder(name: Name, mut take: impl FnMut(&HolderInfo)) -> Result<(), Sentence> {
    let mut from = Some(0);
    while let Some(start) = from {
        let Answer::Holders { page, next } = ask(&Request::Holders { name, from: start })? else {
            return Err(unexpected());
        };
        page.iter().for_each(&mut take);
        from = next.filter(|next| *next > start);
    }
    Ok(())
}

/// What a module was granted that reaches beyond its own domain.
pub fn marks(name: Name) -> Result<Vec<Mark, MAX_MARKS>, Sentence> {
    match ask(&Request::Marks { name })? {
        Answer::Marks(marks) => Ok(marks),
        _ => Err(unexpected()),
    }
}

/// The memory that a module shares, or has shared.
pub fn each_window(name: Name, mut take: impl FnMut(&WindowInfo)) -> Result<(), Sentence> {
    let mut from = Some(0);
    while let Some(start) = from {
        let Answer::Windows { page, next } = ask(&Request::Windows { name, from: start })? else {
            return Err(unexpected());
        };
        page.iter().for_each(&mut take);
        from = next.filter(|next| *next > start);
    }
    Ok(())
}

/// The modules.
pub fn each_module(mut take: impl FnMut(&ModuleInfo)) -> Result<(), Sentence> {
    let mut from = Some(0);
    while let Some(start) = from {
        let Answer::Modules(page, next) = ask(&Request::Modules { from: start })? else {
            return Err(unexpected());
        };
        page.iter().for_each(&mut take);
        from = next.filter(|next| *next > start);
    }
    Ok(())
}
