//! Where a module is in its life, and how it gets from one state to the next: one table, and no other way.
//!
//! ```text
//! Loaded ──start──▶ Starting ──────publish──────▶ Live ◀──cancel── Stopping
//!    Dead ─start──▲  │    └─hold─▶ Held ─release─▲ │└──────stop──────▲ │
//!    ▲ └─fail─▶ Failed ─start─▲       │            │                   │
//!    └────────────die──◀──────────────┴────────────┴───────────────────┘
//! ```
//!
//! Whatever its state, a module can be unloaded: then there is nothing left to have a state.

use ipc_proto::operator::State;

/// What happens to a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A new instance begins.
    Start,
    /// Its publish waits for the operator.
    Hold,
    /// What it reserved becomes visible.
    Publish,
    /// The operator lets a held module publish.
    Release,
    /// Its names disappear; the call in service may finish.
    Stop,
    /// The stop is taken back.
    Cancel,
    /// Its instance ends, however.
    Die,
    /// It is not started again.
    Fail,
}

/// The state of a module: changed by [`Life::step`] and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Life(State);

impl Life {
    /// In the table, without an instance.
    pub const NEW: Life = Life(State::Loaded);

    /// The state.
    pub const fn state(self) -> State {
        self.0
    }

    /// Goes on. `false` where there is no such way; nothing has changed.
    #[must_use]
    pub fn step(&mut self, step: Step) -> bool {
        match after(self.0, step) {
            Some(next) => {
                self.0 = next;
                true
            }
            None => false,
        }
    }

    /// Whether an instance runs.
    pub const fn is_running(self) -> bool {
        matches!(self.0, State::Starting | State::Held | State::Live | State::Stopping)
    }
}

/// The table.
const fn after(state: State, step: Step) -> Option<State> {
    Some(match (state, step) {
        (State::Loaded | State::Dead | State::Failed, Step::Start) => State::Starting,
        (State::Starting, Step::Hold) => State::Held,
        (State::Starting, Step::Publish) | (State::Held, Step::Release) | (State::Stopping, Step::Cancel) => {
            State::Live
        }
        (State::Live, Step::Stop) => State::Stopping,
        (State::Starting | State::Held | State::Live | State::Stopping, Step::Die) => State::Dead,
        (State::Dead, Step::Fail) => State::Failed,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [State; 7] = [
        State::Loaded,
        State::Starting,
        State::Held,
        State::Live,
        State::Stopping,
        State::Dead,
        State::Failed,
    ];
    const STEPS: [Step; 8] = [
        Step::Start,
        Step::Hold,
        Step::Publish,
        Step::Release,
        Step::Stop,
        Step::Cancel,
        Step::Die,
        Step::Fail,
    ];
    /// Every way that there is; all others are refused.
    const WAYS: [(State, Step, State); 13] = [
        (State::Loaded, Step::Start, State::Starting),
        (State::Failed, Step::Start, State::Starting),
        (State::Dead, Step::Start, State::Starting),
        (State::Starting, Step::Hold, State::Held),
        (State::Starting, Step::Publish, State::Live),
        (State::Held, Step::Release, State::Live),
        (State::Live, Step::Stop, State::Stopping),
        (State::Stopping, Step::Cancel, State::Live),
        (State::Starting, Step::Die, State::Dead),
        (State::Held, Step::Die, State::Dead),
        (State::Live, Step::Die, State::Dead),
        (State::Stopping, Step::Die, State::Dead),
        (State::Dead, Step::Fail, State::Failed),
    ];

    #[test]
    fn these_ways_and_no_others() {
        for state in STATES {
            for step in STEPS {
                let way = WAYS.iter().find(|(from, by, _)| (*from, *by) == (state, step));
                let mut life = Life(state);
                assert_eq!(life.step(step), way.is_some(), "{state:?} {step:?}");
                assert_eq!(life.state(), way.map_or(state, |(.., to)| *to), "{state:?} {step:?}");
            }
        }
    }

    #[test]
    fn whoever_can_die_runs() {
        for state in STATES {
            assert_eq!(Life(state).is_running(), Life(state).step(Step::Die), "{state:?}");
        }
    }
}
