//! `mem`, and the proof behind it.

use ipc_proto::operator::{Answer, MemoryInfo, Proof, Request, Sentence};
use shell_core::command::Mem;

use super::{ask, unexpected};
use crate::format_error;
use crate::output::Output;

fn show(books: &MemoryInfo, output: &mut Output) {
    output.line(format_args!(
        "memory: {} KiB free, {} KiB used",
        books.free_bytes / 1024,
        books.used_bytes / 1024
    ));
    output.line(format_args!(
        "slots:  {} free, {} used, {} for pieces of memory",
        books.free_slots, books.used_slots, books.piece_slots
    ));
    if books.kept_bytes > 0 {
        output.line(format_args!(
            "kept:   {} KiB and {} slots for reports, until they are needed",
            books.kept_bytes / 1024,
            books.kept_slots
        ));
    }
}

/// What is free or can be had: a dead instance that is kept for its report has lost nothing.
fn at_hand(books: &MemoryInfo) -> u64 {
    books.free_bytes.saturating_add(books.kept_bytes)
}

pub fn mem(mark: &mut Option<MemoryInfo>, what: Mem, output: &mut Output) -> Result<(), Sentence> {
    if what == Mem::Prove {
        let Answer::Proof(proof) = ask(&Request::Audit { retype: false })? else { return Err(unexpected()) };
        show(&proof.books, output);
        return prove(&proof, *mark, output);
    }
    let Answer::Memory(books) = ask(&Request::Memory)? else { return Err(unexpected()) };
    show(&books, output);
    if what == Mem::Mark {
        *mark = Some(books);
    }
    Ok(())
}

fn prove(proof: &Proof, mark: Option<MemoryInfo>, output: &mut Output) -> Result<(), Sentence> {
    output.line(format_args!(
        "kernel: {} KiB free in {} untypeds; {} of {} free slots hold a capability",
        proof.kernel_free_bytes / 1024,
        proof.untypeds,
        proof.slots_taken,
        proof.slots_tried
    ));
    if !proof.is_whole() {
        return Err(format_error(format_args!("kernel and books differ: this is a bug of the root task")));
    }
    match mark {
        None => output.line(format_args!("whole: kernel and books agree")),
        Some(mark)
            if at_hand(&mark) == at_hand(&proof.books) && mark.used_slots == proof.books.used_slots =>
        {
            output.line(format_args!("whole: kernel and books agree, and nothing was lost since the mark"));
        }
        Some(mark) => {
            let bytes = i128::from(at_hand(&proof.books)).saturating_sub(i128::from(at_hand(&mark)));
            let slots = i64::from(proof.books.used_slots).saturating_sub(i64::from(mark.used_slots));
            return Err(format_error(format_args!(
                "since the mark the free memory changed by {bytes} bytes and the used slots by {slots}"
            )));
        }
    }
    Ok(())
}
