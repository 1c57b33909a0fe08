//! Patch 04: revoking a narrowed I/O port capability takes everything that was made of it, and nothing else.

use sel4::{AbsoluteCPtr, CapRights, Error, cap};

use crate::kit::{Kit, slot};
use crate::verdict::{Verdict, check, check_refused};

/// The ports of the console's UART, as the kernel takes a range: first and last in one word.
const UART: u64 = range(0x3f8, 0x3ff);
/// Two of them.
const STATUS: u64 = range(0x3fc, 0x3fd);
/// More than them.
const WIDE: u64 = range(0x3f0, 0x3ff);
/// A port that all of these have, and that nothing happens to when it is read.
const LINE_STATUS: u16 = 0x3fd;

const fn range(first: u64, last: u64) -> u64 {
    first << 16 | last
}

/// The test.
pub fn test(kit: &mut Kit) -> Verdict {
    let all: cap::IOPort = sel4::init_thread::slot::IO_PORT_CONTROL.cap().cast();
    let parent = kit.mint(all, UART)?;
    let copy = kit.copy(parent)?;
    let narrower = kit.mint(copy, STATUS)?;
    let passed_on = kit.copy(narrower)?;
    let sibling = kit.mint(all, UART)?;
    let siblings_copy = kit.copy(sibling)?;
    let wide = kit.mint(all, WIDE)?;
    let others = [parent, sibling, siblings_copy, wide];
    let family = [copy, narrower, passed_on];
    check("live capabilities before", live(others.iter().chain(&family)), 7_u64)?;

    // What may take nothing: revoking copies, and a sibling whose range holds all of the others.
    for harmless in [copy, narrower, siblings_copy, wide] {
        slot(harmless).revoke()?;
    }
    check("live ones after revoking copies and a wider sibling", live(others.iter().chain(&family)), 7_u64)?;
    slot(parent).revoke()?;
    check("live ones that were made of the revoked one", live(&family), 0_u64)?;
    for cap in family {
        check("whether its slot is empty", kit.is_gone(cap)?, true)?;
    }
    check("live ones that were not made of it", live(&others), 4_u64)?;

    let widened: AbsoluteCPtr = slot(kit.empty::<sel4::cap_type::IOPort>()?);
    let widening = widened.mint(&slot(parent), CapRights::all(), WIDE);
    check_refused("the error of widening a range", widening, Error::IllegalOperation)?;
    let narrowing = widened.mutate(&slot(parent), STATUS);
    check_refused("the error of narrowing a parent in place", narrowing, Error::IllegalOperation)?;
    deleted_parent(kit, all)
}

/// A parent that is deleted without a revoke leaves its children to the full range, which takes all when revoked.
fn deleted_parent(kit: &mut Kit, all: cap::IOPort) -> Verdict {
    let parent = kit.mint(all, UART)?;
    let orphan = kit.copy(parent)?;
    let sibling = kit.mint(all, WIDE)?;
    slot(parent).delete()?;
    slot(sibling).revoke()?;
    check("the orphan after revoking its late parent's sibling", live(&[orphan]), 1_u64)?;
    slot(all).revoke()?;
    kit.restore_console()?;
    check("live ones after revoking all ports", live(&[orphan, sibling]), 0_u64)?;
    check("the capability to all ports", live(&[all]), 1_u64)
}

/// How many of these still read a port.
fn live<'a>(caps: impl IntoIterator<Item = &'a cap::IOPort>) -> u64 {
    caps.into_iter().filter(|cap| cap.ioport_in8(LINE_STATUS).is_ok()).count() as u64
}
