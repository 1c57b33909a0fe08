//! Patch 09: what a thread has loaded into ds, es, fs and gs the next one does not find, nor a base that it has changed.

use sel4::{ObjectBlueprint, Word, cap};

use crate::arch::{Begin, segment_words};
use crate::kit::{Kit, PRIORITY};
use crate::page::Page;
use crate::script::Step;
use crate::verdict::{Failure, Verdict, check};

/// The user's data segment; its base is zero, as that of all that user level can load. Nothing, at privilege level 3; and
/// nothing at all, which can be loaded too: here, and on some processors, that clears the base.
const DATA: Word = 0x33;
const NULL_3: Word = 3;
const NULL: Word = 0;

/// What lies where a right base leads.
const MARK: Word = 0x5e65_0000_5e65;
/// What the second thread says when it has looked.
const DONE: Word = 0x100;

/// How the first thread passes the processor on: to a thread that waits, by the kernel's fast path or its slow one.
const WAYS: [(&str, bool); 2] = [("behind a call", true), ("behind a send", false)];

/// The selectors are null.
pub fn selectors(kit: &mut Kit) -> Verdict {
    for (what, call) in WAYS {
        for selector in [DATA, NULL_3] {
            let (page, _) = pass(kit, selector, call, false)?;
            check(what, page.read(segment_words::SELECTORS), 0_u64)?;
        }
    }
    Ok(())
}

/// The bases are the thread's own, though it has the same ones as the thread that ran before.
pub fn bases(kit: &mut Kit) -> Verdict {
    for (what, call) in WAYS {
        for selector in [DATA, NULL] {
            for fs_base in [false, true] {
                let (page, label) = pass(kit, selector, call, fs_base)?;
                // First by gs, then by fs: it faults where a base is wrong.
                let read = [segment_words::BY_GS, segment_words::BY_FS].map(|word| page.read(word));
                check(what, read.into_iter().filter(|word| *word == MARK).count() as Word, 2_u64)?;
                check("a fault, or the word of who has looked", label, DONE)?;
            }
        }
    }
    Ok(())
}

/// One thread loads the selector and passes the processor on to another one. Gives the page that is the IPC buffer of both,
/// and where the base of fs leads if they have one that is not zero, with what the second thread found; and the label of
/// what that one said, or of its fault.
fn pass(kit: &mut Kit, selector: Word, call: bool, fs_base: bool) -> Result<(Page, Word), Failure> {
    let told: cap::Endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    let passed: cap::Endpoint = kit.make(ObjectBlueprint::Endpoint)?;
    let (page, frame) = kit.page()?;
    page.write(segment_words::LOAD, selector);
    page.write(segment_words::MARK, MARK);
    // Not null if the second thread does not come to write them.
    page.write(segment_words::SELECTORS, Word::MAX);

    let step = if call { Step::call(passed, DONE, [0; 2]) } else { Step::send(passed, DONE, false) };
    let tcb: cap::Tcb = kit.make(ObjectBlueprint::Tcb)?;
    let first = kit.thread(tcb, told, &[step], PRIORITY)?;
    // It runs before the first one, and waits.
    let tcb: cap::Tcb = kit.make(ObjectBlueprint::Tcb)?;
    let steps = [Step::recv(passed), Step::send(told, DONE, false)];
    let second = kit.thread(tcb, told, &steps, PRIORITY.saturating_add(1))?;
    for thread in [first, second] {
        thread.tcb.tcb_set_ipc_buffer(page.vaddr() as Word, frame)?;
    }
    let (at, fs_base) = (page.vaddr(), if fs_base { page.vaddr() } else { 0 });
    first.resume(Begin::LoadSegments(at, fs_base))?;
    second.resume(Begin::ReadSegments(at, fs_base))?;
    let (info, _) = told.recv(());
    Ok((page, info.label()))
}
