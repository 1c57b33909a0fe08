//! Interrupts: having one signal a notification, letting the next one in. Getting a handler is in `version`.

use crate::{Result, cap, sys};

impl cap::IrqHandler {
    /// Lets the next interrupt in.
    ///
    /// Manual: section "Interrupts", and API reference, `irq_handleracknowledge`.
    ///
    /// # Errors
    /// None for a valid handler.
    pub fn irq_handler_ack(self) -> Result<()> {
        sys::irq_handler_ack(self.cptr())
    }

    /// Has the interrupt signal this notification.
    ///
    /// Manual: section "Interrupts", and API reference, `irq_handlersetnotification`.
    ///
    /// # Errors
    /// [`InvalidCapability`](crate::Error::InvalidCapability): not a notification, or without the right to write.
    pub fn irq_handler_set_notification(self, notification: cap::Notification) -> Result<()> {
        sys::irq_handler_set_notification(self.cptr(), notification.cptr())
    }

    /// Has the interrupt signal nothing.
    ///
    /// Manual: section "Interrupts", and API reference, `irq_handlerclear`.
    ///
    /// # Errors
    /// None for a valid handler.
    pub fn irq_handler_clear(self) -> Result<()> {
        sys::irq_handler_clear(self.cptr())
    }
}
