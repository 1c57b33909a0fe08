//! AArch64 on QEMU `virt`: page tables and the console's frame.

use ipc_proto::slots;
use root_task_core::elf_plan::Machine;
use sel4::{BootInfoPtr, CapRights, ObjectBlueprint, ObjectBlueprintArm, UserContext, VmAttributes, cap};
use tock_registers::interfaces::{Readable, Writeable};
use tock_registers::register_structs;
use tock_registers::registers::{ReadOnly, ReadWrite};
use zerocopy::FromBytes;

use super::{root_slot, slot};
use crate::console;
use crate::device_memory::device_frame;
use crate::domain::Domain;
use crate::memory::{Memory, OutOf};
use crate::objects::SetUpError;
use crate::supervisor::Device;

/// The machine that module files are for.
pub const MACHINE: Machine = Machine::Aarch64;
/// The name of the architecture.
pub const NAME: &str = "aarch64";
/// A frame.
pub const FRAME: ObjectBlueprint = ObjectBlueprint::Arch(ObjectBlueprintArm::SmallPage);
/// The VSpace's root and the tables below it.
pub const TABLES: [ObjectBlueprint; 4] = [
    ObjectBlueprint::Arch(ObjectBlueprintArm::VSpace),
    ObjectBlueprint::Arch(ObjectBlueprintArm::PageUpperDirectory),
    ObjectBlueprint::Arch(ObjectBlueprintArm::PageDirectory),
    ObjectBlueprint::Arch(ObjectBlueprintArm::PageTable),
];
/// How code is mapped.
pub const CODE: VmAttributes = VmAttributes::DEFAULT;
/// How everything else is mapped.
pub const DATA: VmAttributes = VmAttributes::DEFAULT.execute_never();
/// Whether a device's registers are I/O ports.
pub const HAS_PORTS: bool = false;
/// Where QEMU `virt` has its real-time clock, and its interrupt.
const CLOCK_PADDR: u64 = 0x0901_0000;
const CLOCK_IRQ: u64 = 34;
/// Where QEMU `virt` has the configuration of PCI device 1 of bus 0 (32 KiB for each device), with `highmem=off`.
const LINE_CONFIGURATION: u64 = 0x3f00_8000;
/// The port that we give the host's line there.
const LINE_PORT: u32 = 0x1000;
/// Where the memory is that stands for this port and those behind it.
const LINE_PORTS: u64 = 0x3eff_0000 + LINE_PORT as u64;
/// Pin A of device 1: the first of four interrupts that devices share is 35, and each device is one further.
const LINE_IRQ: u64 = 36;
/// QEMU's serial device: its number, and its maker's (1b36).
const SERIAL_DEVICE: u32 = 0x0002_1b36;
/// A PCI function's command: it answers to its ports.
const ANSWER_PORTS: u16 = 1;
/// A device's registers.
pub type Registers = cap::Granule;

register_structs! {
    /// What we need of a PCI function's configuration (PCI Local Bus Specification 3.0, section 6.1).
    Function {
        (0x00 => identity: ReadOnly<u32>),
        (0x04 => command: ReadWrite<u16>),
        (0x06 => _reserved0),
        (0x10 => ports: ReadWrite<u32>),
        (0x14 => @END),
    }
}

/// Where the root task maps the console's registers: next to the scratch window, in the same table.
const UART_VADDR: usize = crate::scratch::VADDR + 0x1000;
/// Where it maps the configuration and the ports of the host's line.
const CONFIGURATION_VADDR: usize = crate::scratch::VADDR + 0x4000;
const PORTS_VADDR: usize = crate::scratch::VADDR + 0x5000;

/// Joins the three tables in consecutive slots from `first` on to a VSpace, so that they serve `vaddr`.
pub fn map_tables(first: u64, vspace: cap::VSpace, vaddr: usize) -> sel4::Result<()> {
    let attributes = VmAttributes::DEFAULT;
    cap::PageUpperDirectory::from_bits(first).page_upper_directory_map(vspace, vaddr, attributes)?;
    cap::PageDirectory::from_bits(first.wrapping_add(1)).page_directory_map(vspace, vaddr, attributes)?;
    cap::PageTable::from_bits(first.wrapping_add(2)).page_table_map(vspace, vaddr, attributes)
}

/// Joins one page table to a VSpace.
pub fn map_page_table(table: u64, vspace: cap::VSpace, vaddr: usize) -> sel4::Result<()> {
    cap::PageTable::from_bits(table).page_table_map(vspace, vaddr, VmAttributes::DEFAULT)
}

/// What was written through the window is code: makes it visible to the instruction fetch.
pub fn make_executable(frame: cap::Granule) -> sel4::Result<()> {
    frame.frame_unify_instruction(0, 4096)
}

/// The first stack pointer of a thread, for a stack that ends at `end`.
pub const fn stack_top(end: u64) -> u64 {
    end & !0xf
}

/// Where a module goes on after a fault that may: in x28.
pub fn landing(registers: &UserContext) -> u64 {
    registers.gpr(28).unwrap_or(0)
}

/// The frame pointer.
pub fn frame_pointer(registers: &UserContext) -> u64 {
    registers.gpr(29).unwrap_or(0)
}

/// Where the stack pointer is. `is_syscall` says whether the instruction at an address enters the kernel.
pub fn stack_pointer(registers: &UserContext, _: impl Fn(u64) -> bool) -> u64 {
    registers.sp()
}

/// Where a function that has just been called returns to: in a register.
pub fn link(registers: &UserContext, _: impl FnOnce() -> Option<u64>) -> Option<u64> {
    registers.gpr(30)
}

/// Makes the console's capabilities and opens the console.
///
/// # Errors
/// [`SetUpError`] where the kernel does not offer the device.
pub fn open_console(bootinfo: &BootInfoPtr, memory: &mut Memory) -> Result<Device, SetUpError> {
    let irq = u64::from(memory.alloc_slots(1)?.first.0);
    let registers = device_frame(bootinfo, memory, serial::PADDR)?;
    let vspace = sel4::init_thread::slot::VSPACE.cap();
    registers.frame_map(vspace, UART_VADDR, CapRights::read_write(), VmAttributes::DEVICE)?;
    // SAFETY: the frame with the UART's registers was just mapped there as device memory, for good; this is the only
    // place that makes the root task's `Uart`.
    let uart = unsafe { serial::Uart::at(UART_VADDR) };
    let mut uart = uart.ok_or(OutOf::Kernel(sel4::Error::InvalidArgument))?;
    uart.enable_receive_interrupt();
    console::open(uart);
    sel4::init_thread::slot::IRQ_CONTROL.cap().irq_control_get(serial::IRQ, &slot(irq))?;
    Ok(Device { registers, irq: cap::IrqHandler::from_bits(irq) })
}

/// Opens the host's line, a 16550 behind PCI, and makes its interrupt's capability. `None` where the machine has none.
///
/// # Errors
/// [`SetUpError`] where the kernel does not offer the device.
pub fn open_line(
    bootinfo: &BootInfoPtr,
    memory: &mut Memory,
) -> Result<Option<(serial::Line, cap::IrqHandler)>, SetUpError> {
    let irq = u64::from(memory.alloc_slots(1)?.first.0);
    let vspace = sel4::init_thread::slot::VSPACE.cap();
    for (paddr, vaddr) in [(LINE_CONFIGURATION, CONFIGURATION_VADDR), (LINE_PORTS, PORTS_VADDR)] {
        let frame = device_frame(bootinfo, memory, paddr)?;
        frame.frame_map(vspace, vaddr, CapRights::read_write(), VmAttributes::DEVICE)?;
    }
    // SAFETY: the frame was just mapped there as device memory, for good; the address is a page's, and this is the only
    // place that makes a reference to it.
    let function = unsafe { &*(CONFIGURATION_VADDR as *const Function) };
    if function.identity.get() != SERIAL_DEVICE {
        return Ok(None);
    }
    // A port's number is where it lies in the window of the ports.
    function.ports.set(LINE_PORT | 1);
    function.command.set(ANSWER_PORTS);
    // SAFETY: as above; this is the only place that makes the root task's `Line`.
    let line = unsafe { serial::Line::at(PORTS_VADDR) };
    sel4::init_thread::slot::IRQ_CONTROL.cap().irq_control_get(LINE_IRQ, &slot(irq))?;
    Ok(line.map(|line| (line, cap::IrqHandler::from_bits(irq))))
}

/// Makes the real-time clock's capabilities: a PL031, of which the kernel does not touch anything.
///
/// # Errors
/// [`SetUpError`] where the kernel does not offer the device.
pub fn open_clock(bootinfo: &BootInfoPtr, memory: &mut Memory) -> Result<Device, SetUpError> {
    let irq = u64::from(memory.alloc_slots(1)?.first.0);
    let registers = device_frame(bootinfo, memory, CLOCK_PADDR)?;
    sel4::init_thread::slot::IRQ_CONTROL.cap().irq_control_get(CLOCK_IRQ, &slot(irq))?;
    Ok(Device { registers, irq: cap::IrqHandler::from_bits(irq) })
}

/// Takes back what was copied from a device's registers.
pub fn take_registers_back(registers: Registers) {
    // Copies are mapped in modules only; they go with their mappings. Fails only for a slot that does not exist.
    let _ = root_slot(registers).revoke();
}

/// Maps a frame of a module's own in place of its device's registers, which were taken back.
pub fn bury_registers(domain: &Domain, grave: cap::Granule) -> sel4::Result<()> {
    let place = domain.device_slot();
    slot(place).copy(&root_slot(grave), CapRights::read_write())?;
    let frame = cap::Granule::from_bits(place);
    frame.frame_map(domain.vspace(), slots::DEVICE_VADDR, CapRights::read_write(), DATA)
}

/// Maps a copy of a device's registers for a domain; the copy is in the supervisor's slot `device`.
pub fn grant_registers(registers: Registers, domain: &Domain, device: u64) -> sel4::Result<()> {
    slot(device).copy(&root_slot(registers), CapRights::read_write())?;
    let frame = cap::Granule::from_bits(device);
    frame.frame_map(domain.vspace(), slots::DEVICE_VADDR, CapRights::read_write(), VmAttributes::DEVICE)
}

/// The timer's step, in nanoseconds, on the machines that we run on.
pub const TIMER_STEP: u64 = 16;

/// Waits until the timer's next step is always equally many instructions away, where the clock counts those. A step has
/// 16, and this loop 15: once in 16 turns both ends of it are in one step. Elsewhere it waits for a moment.
pub fn align() {
    // SAFETY: reads a counter, and nothing else happens.
    unsafe {
        core::arch::asm!(
            "mov {before}, #-1",
            "2: mrs {now}, cntvct_el0",
            "cmp {now}, {before}",
            "mov {before}, {now}",
            "b.eq 3f",
            "sub {turns}, {turns}, #1",
            "cbz {turns}, 3f",
            ".rept 8",
            "nop",
            ".endr",
            "b 2b",
            "3:",
            before = out(reg) _, now = out(reg) _, turns = inout(reg) 64_u64 => _,
            options(nomem, nostack),
        );
    }
}

/// Executes three instructions for each turn, and three more.
pub fn delay(turns: u64) {
    // SAFETY: counts a register down.
    unsafe {
        core::arch::asm!("2: subs {0}, {0}, #1", "nop", "b.hs 2b", inout(reg) turns => _, options(nomem, nostack));
    }
}

/// What [`copy`] moves at a time.
type Block = [u64; 8];
/// What a number of bytes keeps of whole blocks.
const WHOLE_BLOCKS: usize = !(size_of::<Block>() - 1);

/// Copies bytes, of which there are as many on both sides. Where they lie on words, block by block: a page takes a third of
/// the instructions of the compiler's copy, which moves one word at a time.
pub fn copy(to: &mut [u8], from: &[u8]) {
    let whole = from.len().min(to.len()) & WHOLE_BLOCKS;
    let ((to, to_rest), (from, from_rest)) = (to.split_at_mut(whole), from.split_at(whole));
    match (<[Block]>::mut_from_bytes(to), <[Block]>::ref_from_bytes(from)) {
        (Ok(to), Ok(from)) => to.iter_mut().zip(from).for_each(|(to, from)| copy_block(to, from)),
        _ => to.copy_from_slice(from),
    }
    to_rest.copy_from_slice(from_rest);
}

fn copy_block(to: &mut Block, from: &Block) {
    // SAFETY: reads one block and writes another, each of which is there for as long as the references are, and changes
    // nothing but the registers that it names.
    unsafe {
        core::arch::asm!(
            "ldp {a}, {b}, [{from}]",
            "ldp {c}, {d}, [{from}, #16]",
            "stp {a}, {b}, [{to}]",
            "stp {c}, {d}, [{to}, #16]",
            "ldp {a}, {b}, [{from}, #32]",
            "ldp {c}, {d}, [{from}, #48]",
            "stp {a}, {b}, [{to}, #32]",
            "stp {c}, {d}, [{to}, #48]",
            from = in(reg) from.as_ptr(),
            to = in(reg) to.as_mut_ptr(),
            a = out(reg) _,
            b = out(reg) _,
            c = out(reg) _,
            d = out(reg) _,
            options(nostack, preserves_flags),
        );
    }
}
