//! How many lines of the log were dropped between two lines of a module.

use heapless::Vec;
use ipc_proto::badge::MAX_DOMAINS;
use ipc_proto::name::Name;
use ipc_proto::operator::Logged;

/// The number of the last line that was shown, for each module.
#[derive(Default)]
pub struct Gaps {
    last: Vec<(Name, u64), { MAX_DOMAINS as usize }>,
}

impl Gaps {
    /// Nothing was shown yet: what comes first shows what was dropped before it.
    pub fn new() -> Gaps {
        Gaps::default()
    }

    /// How many lines of its module were dropped before this one, which is shown now. Lines are shown in their order.
    pub fn before(&mut self, line: &Logged) -> u64 {
        let last = match self.last.iter_mut().find(|(name, _)| *name == line.module) {
            Some((_, last)) => core::mem::replace(last, line.number),
            None => {
                // The log has places for as many modules; another one, which took a place meanwhile, is taken for new.
                let _ = self.last.push((line.module, line.number));
                0
            }
        };
        // Where it counts anew it was forgotten in between.
        line.number.saturating_sub(last).saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_proto::ids::Generation;
    use ipc_proto::supervisor::Line;

    fn line(module: &str, number: u64) -> Logged {
        Logged {
            module: Name::new(module).unwrap(),
            generation: Generation(1),
            sequence: 0,
            number,
            micros: 0,
            own: true,
            text: Line::new(),
        }
    }

    #[test]
    fn each_module_has_its_own_gaps() {
        let mut gaps = Gaps::new();
        let shown = [("a", 1, 0), ("b", 5, 4), ("a", 2, 0), ("a", 4, 1), ("b", 6, 0), ("a", 14, 9)];
        for (module, number, dropped) in shown {
            assert_eq!(gaps.before(&line(module, number)), dropped, "{module} {number}");
        }
        assert_eq!(gaps.before(&line("a", 1)), 0, "it counts anew");
    }

    #[test]
    fn modules_below_at_and_above_the_bound() {
        let mut gaps = Gaps::new();
        for number in 0..=MAX_DOMAINS {
            assert_eq!(gaps.before(&line(&format!("m{number}"), 3)), 2);
        }
        let fits = gaps.before(&line(&format!("m{}", MAX_DOMAINS - 1), 4));
        assert_eq!(fits, 0);
        assert_eq!(gaps.before(&line(&format!("m{MAX_DOMAINS}"), 4)), 3, "it is taken for new");
    }
}
