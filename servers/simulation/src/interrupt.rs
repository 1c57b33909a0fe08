//! The line on which a device interrupts, as the kernel has it: what interrupts once is masked until the driver acknowledges it.

/// What of a line interrupts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// That it is up: also when it was up before (aarch64).
    Level,
    /// That it goes up. What comes while it is masked is lost (a PC: Intel 82093AA, section 3.2.4).
    Edge,
}

impl Trigger {
    /// That of the target whose drivers run on this machine.
    pub const OF_THE_MACHINE: Trigger =
        if cfg!(target_arch = "aarch64") { Trigger::Level } else { Trigger::Edge };
}

/// A device's line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interrupt {
    trigger: Trigger,
    was_up: bool,
    masked: bool,
}

impl Interrupt {
    /// It is down.
    pub const fn new(trigger: Trigger) -> Interrupt {
        Interrupt { trigger, was_up: false, masked: false }
    }

    /// Whether nothing comes until it is acknowledged.
    pub const fn is_masked(&self) -> bool {
        self.masked
    }

    /// The line is up now, or down. Gives whether that interrupts. It is masked then, also where nobody is told.
    pub fn is(&mut self, up: bool) -> bool {
        let interrupts = up && !self.masked && (self.trigger == Trigger::Level || !self.was_up);
        self.was_up = up;
        self.masked |= interrupts;
        interrupts
    }

    /// The driver lets the next one in.
    pub fn acknowledge(&mut self) {
        self.masked = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_interrupts_once_and_again_when_it_is_acknowledged() {
        for trigger in [Trigger::Level, Trigger::Edge] {
            let mut line = Interrupt::new(trigger);
            assert_eq!(
                [false, true, true, false, true].map(|up| line.is(up)),
                [false, true, false, false, false]
            );
            assert!(line.is_masked());
            line.is(false);
            line.acknowledge();
            assert_eq!(
                (line.is(false), line.is_masked(), line.is(true)),
                (false, false, true),
                "{trigger:?}"
            );
        }
    }

    /// The difference between the two targets: what is up when the driver acknowledges it.
    #[test]
    fn a_line_that_stays_up_interrupts_again_where_its_level_counts() {
        for (trigger, again) in [(Trigger::Level, true), (Trigger::Edge, false)] {
            let mut line = Interrupt::new(trigger);
            assert!(line.is(true));
            line.acknowledge();
            assert_eq!(line.is(true), again, "it was not ended at the device");
            line.is(false);
            line.acknowledge();
            assert!(line.is(true));
            line.is(false);
            line.is(true);
            line.acknowledge();
            assert_eq!(line.is(true), again, "one that came while it was masked");
            assert_eq!(line.is_masked(), again);
        }
    }
}
