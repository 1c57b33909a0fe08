//! Stands in for what the supervisor keeps of restarts, and compares each decision with the rule, said once more.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::collections::BTreeMap;

use ipc_proto::ids::DomainId;
use root_task_core::restart::{Budget, Cause, Decision, History, Restart};

/// A module's restarts.
struct Record {
    policy: Restart,
    history: History,
    /// Those of the window that it is in.
    window: Vec<u64>,
}

/// All modules'.
pub struct Restarts {
    budget: Budget,
    /// Each decision takes one of the budget's unit of time.
    now: u64,
    records: BTreeMap<DomainId, Record>,
}

impl Restarts {
    pub fn new(budget: Budget) -> Restarts {
        Restarts { budget, now: 0, records: BTreeMap::new() }
    }

    pub fn load(&mut self, domain: DomainId, policy: Restart) {
        self.records.insert(domain, Record { policy, history: History::default(), window: Vec::new() });
    }

    pub fn forget(&mut self, domain: DomainId) {
        self.records.remove(&domain);
    }

    /// What it did before does not count any more.
    pub fn forgive(&mut self, domain: DomainId) {
        let policy = self.records[&domain].policy;
        self.load(domain, policy);
    }

    /// What becomes of a module that has died.
    pub fn decide(&mut self, domain: DomainId, cause: Cause) -> Decision {
        self.now += 1;
        let Record { policy, history, window } = self.records.get_mut(&domain).unwrap();
        if window.first().is_some_and(|began| self.now - began >= self.budget.window) {
            window.clear();
        }
        let wants = match policy {
            Restart::Never => false,
            Restart::OnFailure => cause == Cause::Failure,
            Restart::Always => true,
        };
        let decision = history.decide(*policy, cause, &self.budget, self.now);
        match decision {
            Decision::Restart(delay) => {
                let expected = match window.len() {
                    0 => 0,
                    further => (self.budget.delay << (further - 1)).min(self.budget.longest_delay),
                };
                assert!(wants && window.len() < self.budget.restarts as usize && delay == expected);
                history.note(cause, &self.budget, self.now);
                window.push(self.now);
            }
            Decision::Stay => assert!(!wants),
            Decision::Fail(told) => {
                assert!(wants && window.len() == told as usize && told == self.budget.restarts);
            }
        }
        decision
    }
}
