//! Getting interrupt handlers on seL4 5.0.0, whose numbers and depths have other types than later kernels'.

use crate::{AbsoluteCPtr, Error, Result, Word, cap, sys};

impl cap::IrqControl {
    /// Makes the handler of interrupt `irq` in the empty slot `dst`. Letting interrupts in starts at once, so
    /// acknowledge once after a notification is set.
    ///
    /// Manual: section "Interrupts", and API reference, `irq_controlget`.
    ///
    /// # Errors
    /// [`RevokeFirst`](Error::RevokeFirst): a handler for it exists. [`RangeError`](Error::RangeError): no such
    /// interrupt. [`DeleteFirst`](Error::DeleteFirst): the slot is full.
    /// [`IllegalOperation`](Error::IllegalOperation): on x86-64 with an I/O APIC, use
    /// `irq_control_get_ioapic` there.
    pub fn irq_control_get(self, irq: Word, dst: &AbsoluteCPtr) -> Result<()> {
        let irq = u32::try_from(irq).map_err(|_| Error::RangeError)?;
        sys::irq_control_get(
            self.cptr(),
            irq,
            dst.root().cptr(),
            dst.path().bits(),
            dst.path().depth_for_kernel(),
        )
    }

    /// Makes the handler of a pin of an I/O APIC in the empty slot `dst`: `level` is 1 for level triggered and 0
    /// for edge triggered, `polarity` 1 for active low, `vector` the interrupt's number from then on (0 to 109).
    ///
    /// The kernel lets the same pin be issued twice: keep books.
    ///
    /// Manual: section on the I/O APIC in "Interrupts".
    ///
    /// # Errors
    /// [`RevokeFirst`](Error::RevokeFirst): the vector has a handler. [`RangeError`](Error::RangeError): no such
    /// APIC, pin or vector. [`DeleteFirst`](Error::DeleteFirst): the slot is full.
    #[cfg(target_arch = "x86_64")]
    pub fn irq_control_get_ioapic(
        self,
        ioapic: Word,
        pin: Word,
        level: Word,
        polarity: Word,
        vector: Word,
        dst: &AbsoluteCPtr,
    ) -> Result<()> {
        sys::irq_control_get_ioapic(
            self.cptr(),
            dst.root().cptr(),
            dst.path().bits(),
            dst.path().depth() as Word,
            ioapic,
            pin,
            level,
            polarity,
            vector,
        )
    }

    /// Makes the handler of a message signalled interrupt of a PCI function in the empty slot `dst`.
    ///
    /// Manual: section on message signalled interrupts in "Interrupts".
    ///
    /// # Errors
    /// [`RevokeFirst`](Error::RevokeFirst): the vector has a handler. [`RangeError`](Error::RangeError): no such
    /// function or vector. [`DeleteFirst`](Error::DeleteFirst): the slot is full.
    #[cfg(target_arch = "x86_64")]
    pub fn irq_control_get_msi(
        self,
        (bus, device, function): (Word, Word, Word),
        handle: Word,
        vector: Word,
        dst: &AbsoluteCPtr,
    ) -> Result<()> {
        sys::irq_control_get_msi(
            self.cptr(),
            dst.root().cptr(),
            dst.path().bits(),
            dst.path().depth() as Word,
            bus,
            device,
            function,
            handle,
            vector,
        )
    }
}
