//! Patch 05: user addresses end below the hole of non-canonical ones.
//!
//! That the processor would trap in kernel mode cannot be shown: QEMU's interpreter does not check these addresses.

use sel4::{Error, ObjectBlueprint, ObjectBlueprintX86, UserContext, VmAttributes, cap};

use crate::arch;
use crate::kit::Kit;
use crate::page::Page;
use crate::verdict::{Failure, Verdict, check, check_refused};

/// The first address that user memory may not have.
const BOUND: usize = 0x7fff_ffff_e000;
/// The last page below the hole, and the first address inside of it.
const EDGE: usize = 0x7fff_ffff_f000;
const HOLE: usize = 0x8000_0000_0000;

/// No page is mapped above the bound, and one is right below it.
pub fn pages(kit: &mut Kit) -> Verdict {
    tables(kit, BOUND)??;
    let frame = kit.make(arch::FRAME)?;
    let page = Page::map(frame, BOUND.wrapping_sub(0x1000))?;
    page.write(0, 5);
    check("a word of the last page", page.read(0), 5_u64)?;
    for vaddr in [BOUND, EDGE] {
        let frame = kit.make(arch::FRAME)?;
        let mapped = Page::map(frame, vaddr).map(drop);
        check_refused("the error of mapping a page above the bound", mapped, Error::InvalidArgument)?;
    }
    Ok(())
}

/// No table is mapped in the hole.
pub fn tables_above(kit: &mut Kit) -> Verdict {
    check_refused("the error of mapping tables in the hole", tables(kit, HOLE)?, Error::InvalidArgument)
}

/// A thread's TLS base, which the kernel writes to a register that takes no address in the hole, is cut down.
pub fn tls_base(kit: &mut Kit) -> Verdict {
    let tcb: cap::Tcb = kit.make(ObjectBlueprint::Tcb)?;
    let registers = UserContext { tls_base: 0x9000_0000_0000, ..UserContext::default() };
    tcb.tcb_write_all_registers(false, &registers)?;
    let read = tcb.tcb_read_all_registers(false)?;
    check("a TLS base in the hole, as it reads back", read.tls_base, BOUND as u64)
}

/// Maps the three levels of tables for an address; the inner result is the kernel's word on that.
fn tables(kit: &mut Kit, vaddr: usize) -> Result<sel4::Result<()>, Failure> {
    let (vspace, attributes) = (sel4::init_thread::slot::VSPACE.cap(), VmAttributes::DEFAULT);
    let pdpt: cap::Pdpt = kit.make(ObjectBlueprintX86::Pdpt.into())?;
    let directory: cap::PageDirectory = kit.make(ObjectBlueprintX86::PageDirectory.into())?;
    let table: cap::PageTable = kit.make(ObjectBlueprintX86::PageTable.into())?;
    Ok(pdpt
        .pdpt_map(vspace, vaddr, attributes)
        .and_then(|()| directory.page_directory_map(vspace, vaddr, attributes))
        .and_then(|()| table.page_table_map(vspace, vaddr, attributes)))
}
