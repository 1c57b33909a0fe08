//! The console's receiver, which is not simulated.

/// The receiving half of the console.
pub struct Receiver(());

impl Receiver {
    /// Ends the run: the simulation has no console.
    pub fn take() -> Option<Receiver> {
        simulation::calls::not_simulated("the console's receiver (`console::Receiver`)")
    }

    /// There is never a receiver to ask.
    pub fn byte(&mut self) -> Option<u8> {
        None
    }

    /// As [`Receiver::take`].
    pub fn wait_for_byte(&mut self) -> u8 {
        simulation::calls::not_simulated("the console's receiver (`console::Receiver`)")
    }

    /// There is never a receiver to ask.
    pub fn wait(&mut self) -> Option<u8> {
        None
    }
}
