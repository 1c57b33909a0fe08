//! The HPET's first comparator (IA-PC HPET specification 1.0a, section 2.3), on pin 23 of the I/O APIC.

use sel4::{BootInfoPtr, CapRights, VmAttributes, cap};
use tock_registers::interfaces::{Readable, Writeable};
use tock_registers::register_structs;
use tock_registers::registers::{ReadOnly, ReadWrite};

use crate::arch;
use crate::device_memory::device_frame;
use crate::memory::Memory;
use crate::objects::SetUpError;

/// Where the machine has it.
const PADDR: u64 = 0xfed0_0000;
/// Where the root task maps it: behind the scratch window, in the same page table.
const VADDR: usize = crate::scratch::VADDR + 0x2000;
/// The pin of the I/O APIC that it is routed to, also the number that the kernel gives the interrupt.
const PIN: u64 = 23;
const FEMTOSECONDS_IN_NANOSECOND: u64 = 1_000_000;

/// General configuration: the counter runs.
const RUN: u64 = 1;
/// A comparator's configuration: its interrupt is on (edge, once).
const INTERRUPT: u64 = 1 << 2;
/// A comparator's configuration: where the pin's number stands.
const ROUTE_SHIFT: u32 = 9;

register_structs! {
    /// What the specification calls the memory-mapped registers.
    Registers {
        (0x000 => capabilities: ReadOnly<u64>),
        (0x008 => _reserved0),
        (0x010 => configuration: ReadWrite<u64>),
        (0x018 => _reserved1),
        (0x0f0 => counter: ReadWrite<u64>),
        (0x0f8 => _reserved2),
        (0x100 => comparator_configuration: ReadWrite<u64>),
        (0x108 => comparator: ReadWrite<u64>),
        (0x110 => @END),
    }
}

/// The HPET's registers.
pub struct Device {
    registers: &'static Registers,
    /// Nanoseconds in a tick; not 0.
    tick: u64,
    /// The processor's counter and this clock at one moment. How fast the counter runs, nothing says: that is measured,
    /// from then on.
    start: (u64, u64),
}

/// The processor's time stamp counter, which modules read.
fn counter() -> u64 {
    // SAFETY: reads a counter.
    unsafe { core::arch::x86_64::_rdtsc() }
}

impl Device {
    pub fn open(
        bootinfo: &BootInfoPtr,
        memory: &mut Memory,
        irq: cap::IrqHandler,
    ) -> Result<Device, SetUpError> {
        let frame = device_frame(bootinfo, memory, PADDR)?;
        let vspace = sel4::init_thread::slot::VSPACE.cap();
        frame.frame_map(vspace, VADDR, CapRights::read_write(), VmAttributes::DEVICE)?;
        // SAFETY: the frame with these registers was just mapped there as device memory, for good; the address is a
        // page's, and this is the only place that makes a reference to it.
        let registers = unsafe { &*(VADDR as *const Registers) };
        let tick = (registers.capabilities.get() >> 32).wrapping_div(FEMTOSECONDS_IN_NANOSECOND);
        let routes = registers.comparator_configuration.get() >> 32;
        if tick == 0 || routes & (1 << PIN) == 0 {
            return Err(SetUpError::Kernel(sel4::Error::InvalidArgument));
        }
        let interrupts = sel4::init_thread::slot::IRQ_CONTROL.cap();
        interrupts.irq_control_get_ioapic(0, PIN, 0, 0, PIN, &arch::root_slot(irq))?;
        registers.configuration.set(RUN);
        let mut device = Device { registers, tick, start: (0, 0) };
        device.start = (counter(), device.now());
        Ok(device)
    }

    pub fn now(&self) -> u64 {
        self.registers.counter.get().saturating_mul(self.tick)
    }

    pub fn age_of(&self, ticks: u64) -> u64 {
        let (counter, now) = (counter(), self.now());
        let ran = u128::from(counter.saturating_sub(self.start.0));
        let took = u128::from(now.saturating_sub(self.start.1));
        let age = u128::from(counter.saturating_sub(ticks)).saturating_mul(took).checked_div(ran);
        age.and_then(|age| u64::try_from(age).ok()).unwrap_or(0)
    }

    pub fn set(&self, deadline: u64) {
        self.registers.comparator.set(deadline.checked_div(self.tick).unwrap_or(u64::MAX));
        self.registers.comparator_configuration.set(INTERRUPT | PIN << ROUTE_SHIFT);
    }

    pub fn stop(&self) {
        self.registers.comparator_configuration.set(PIN << ROUTE_SHIFT);
    }
}
