//! x86_64 on a PC: page tables and the console's ports.

use ipc_proto::slots;
use root_task_core::elf_plan::Machine;
use sel4::{BootInfoPtr, CapRights, ObjectBlueprint, ObjectBlueprintX86, UserContext, VmAttributes, cap};

use super::{root_slot, slot};
use crate::console;
use crate::domain::Domain;
use crate::memory::Memory;
use crate::objects::SetUpError;
use crate::supervisor::Device;

/// The machine that module files are for.
pub const MACHINE: Machine = Machine::X86_64;
/// The name of the architecture.
pub const NAME: &str = "x86_64";
/// A frame.
pub const FRAME: ObjectBlueprint = ObjectBlueprint::Arch(ObjectBlueprintX86::SmallPage);
/// The VSpace's root and the tables below it.
pub const TABLES: [ObjectBlueprint; 4] = [
    ObjectBlueprint::Arch(ObjectBlueprintX86::VSpace),
    ObjectBlueprint::Arch(ObjectBlueprintX86::Pdpt),
    ObjectBlueprint::Arch(ObjectBlueprintX86::PageDirectory),
    ObjectBlueprint::Arch(ObjectBlueprintX86::PageTable),
];
/// How code is mapped.
pub const CODE: VmAttributes = VmAttributes::DEFAULT;
/// How everything else is mapped. The kernel has no execute-never attribute here: see the threat model.
pub const DATA: VmAttributes = VmAttributes::DEFAULT;
/// Whether a device's registers are I/O ports.
pub const HAS_PORTS: bool = true;
/// The ports of the real-time clock, and its pin.
const CLOCK_PORT: u64 = 0x70;
const CLOCK_PIN: u64 = 8;
/// A device's I/O ports.
pub type Registers = cap::IOPort;

/// The interrupt number that the kernel gives the console's pin from then on.
const CONSOLE_VECTOR: u64 = serial::IRQ;

/// Joins the three tables in consecutive slots from `first` on to a VSpace, so that they serve `vaddr`.
pub fn map_tables(first: u64, vspace: cap::VSpace, vaddr: usize) -> sel4::Result<()> {
    let attributes = VmAttributes::DEFAULT;
    cap::Pdpt::from_bits(first).pdpt_map(vspace, vaddr, attributes)?;
    cap::PageDirectory::from_bits(first.wrapping_add(1)).page_directory_map(vspace, vaddr, attributes)?;
    map_page_table(first.wrapping_add(2), vspace, vaddr)
}

/// Joins one page table to a VSpace.
pub fn map_page_table(table: u64, vspace: cap::VSpace, vaddr: usize) -> sel4::Result<()> {
    cap::PageTable::from_bits(table).page_table_map(vspace, vaddr, VmAttributes::DEFAULT)
}

/// What was written through the window is code: the processor sees that by itself.
pub fn make_executable(_: cap::Granule) -> sel4::Result<()> {
    Ok(())
}

/// The first stack pointer of a thread, for a stack that ends at `end`: as after a call, 8 below a multiple of 16.
/// `_start` makes the call itself, so it begins aligned.
pub const fn stack_top(end: u64) -> u64 {
    end & !0xf
}

/// Where a module goes on after a fault that may: in r14.
pub fn landing(registers: &UserContext) -> u64 {
    registers.gpr(13).unwrap_or(0)
}

/// The frame pointer.
pub fn frame_pointer(registers: &UserContext) -> u64 {
    registers.gpr(6).unwrap_or(0)
}

/// Where the stack pointer is. `is_syscall` says whether the instruction at an address enters the kernel: there, and behind
/// it until the next instruction has run, it is in r12, since the kernel does not keep rsp.
pub fn stack_pointer(registers: &UserContext, is_syscall: impl Fn(u64) -> bool) -> u64 {
    const R12: usize = 11;
    let (pc, length) = (registers.pc(), sel4::SYSCALL_INSTRUCTION.len() as u64);
    let behind = pc.checked_sub(length).is_some_and(&is_syscall);
    if behind || is_syscall(pc) { registers.gpr(R12).unwrap_or(0) } else { registers.sp() }
}

/// Where a function that has just been called returns to: `top` is what the stack pointer points at.
pub fn link(_: &UserContext, top: impl FnOnce() -> Option<u64>) -> Option<u64> {
    top()
}

/// Makes the console's capabilities and opens the console.
///
/// # Errors
/// [`SetUpError`] where the kernel does not offer the device.
pub fn open_console(_: &BootInfoPtr, memory: &mut Memory) -> Result<Device, SetUpError> {
    let slots = memory.alloc_slots(2)?;
    let (ports, irq) = (u64::from(slots.first.0), u64::from(slots.first.0).saturating_add(1));
    let control = sel4::init_thread::slot::IO_PORT_CONTROL.cap();
    control.ioport_control_issue(u64::from(serial::PORT), u64::from(serial::LAST_PORT), &slot(ports))?;
    let registers = cap::IOPort::from_bits(ports);
    // SAFETY: this is the only place that makes the root task's `Uart`.
    let mut uart = unsafe { serial::Uart::new(registers) };
    uart.set_up();
    console::open(uart);
    let interrupts = sel4::init_thread::slot::IRQ_CONTROL.cap();
    interrupts.irq_control_get_ioapic(0, serial::IRQ, 0, 0, CONSOLE_VECTOR, &slot(irq))?;
    Ok(Device { registers, irq: cap::IrqHandler::from_bits(irq) })
}

/// Opens the host's line, and makes its interrupt's capability.
///
/// # Errors
/// [`SetUpError`] where the kernel does not offer the device.
pub fn open_line(
    _: &BootInfoPtr,
    memory: &mut Memory,
) -> Result<Option<(serial::Line, cap::IrqHandler)>, SetUpError> {
    let slots = memory.alloc_slots(2)?;
    let (ports, irq) = (u64::from(slots.first.0), u64::from(slots.first.0).saturating_add(1));
    let control = sel4::init_thread::slot::IO_PORT_CONTROL.cap();
    let (first, last) = (u64::from(serial::LINE_PORT), u64::from(serial::LINE_PORT).saturating_add(7));
    control.ioport_control_issue(first, last, &slot(ports))?;
    // SAFETY: this is the only place that makes the root task's `Line`.
    let line = unsafe { serial::Line::new(cap::IOPort::from_bits(ports)) };
    let interrupts = sel4::init_thread::slot::IRQ_CONTROL.cap();
    interrupts.irq_control_get_ioapic(0, serial::LINE_IRQ, 0, 0, serial::LINE_IRQ, &slot(irq))?;
    Ok(Some((line, cap::IrqHandler::from_bits(irq))))
}

/// Makes the real-time clock's capabilities.
///
/// # Errors
/// [`SetUpError`] where the kernel does not offer the device.
pub fn open_clock(_: &BootInfoPtr, memory: &mut Memory) -> Result<Device, SetUpError> {
    let slots = memory.alloc_slots(2)?;
    let (ports, irq) = (u64::from(slots.first.0), u64::from(slots.first.0).saturating_add(1));
    let control = sel4::init_thread::slot::IO_PORT_CONTROL.cap();
    control.ioport_control_issue(CLOCK_PORT, CLOCK_PORT.saturating_add(1), &slot(ports))?;
    let interrupts = sel4::init_thread::slot::IRQ_CONTROL.cap();
    interrupts.irq_control_get_ioapic(0, CLOCK_PIN, 0, 0, CLOCK_PIN, &slot(irq))?;
    Ok(Device { registers: cap::IOPort::from_bits(ports), irq: cap::IrqHandler::from_bits(irq) })
}

/// Takes back what was copied from a device's ports.
pub fn take_registers_back(registers: Registers) {
    // Takes what modules have of it, and leaves it itself: patch 04. Fails only for a slot that does not exist.
    let _ = root_slot(registers).revoke();
}

/// Nothing is left in place of ports: using them is an error, and no fault.
pub fn bury_registers(_: &Domain, _: cap::Granule) -> sel4::Result<()> {
    Ok(())
}

/// Gives a domain a copy of a device's ports.
pub fn grant_registers(registers: Registers, domain: &Domain, _: u64) -> sel4::Result<()> {
    domain.cspace(slots::IO_PORTS).copy(&root_slot(registers), CapRights::all())
}

/// The timer's step, in nanoseconds, on the machines that we run on.
pub const TIMER_STEP: u64 = 10;

/// Waits until the timer's next step is always equally many instructions away, where the clock counts those: a step of
/// the HPET has 10, and the time stamp counter says each of them. Elsewhere it waits for a moment.
pub fn align() {
    // SAFETY: reads a counter.
    let now = unsafe { core::arch::x86_64::_rdtsc() };
    // Three instructions a turn: 7 turns are one instruction more than two steps.
    delay((10_u64.wrapping_sub(now % 10)).wrapping_mul(7) % 10);
}

/// Executes three instructions for each turn, and three more.
pub fn delay(turns: u64) {
    // SAFETY: counts a register down.
    unsafe {
        core::arch::asm!("2: sub {0}, 1", "nop", "jae 2b", inout(reg) turns => _, options(nomem, nostack));
    }
}

/// Copies bytes, of which there are as many on both sides. The processor has an instruction for that.
pub fn copy(to: &mut [u8], from: &[u8]) {
    to.copy_from_slice(from);
}
