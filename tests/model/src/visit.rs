//! Visits every state of a case, and says how many there were; or the way to one that breaks a rule.

use std::fmt::Debug;
use std::hash::Hash;
use std::time::Instant;

use stateright::{Checker, HasDiscoveries, Model};

/// What can be visited, and shown.
pub trait Case: Model<State: Shown + Hash, Action: Shown> + Send + Sync + 'static {}

impl<M: Model<State: Shown + Hash, Action: Shown> + Send + Sync + 'static> Case for M {}

/// What can be shown.
pub trait Shown: Clone + Debug + PartialEq + Send + Sync + 'static {}

impl<T: Clone + Debug + PartialEq + Send + Sync + 'static> Shown for T {}

/// The nearest first: the way to one that breaks a rule is short.
pub fn nearest_first<M>(title: &str, case: M)
where
    M: Case,
{
    let began = Instant::now();
    report(
        title,
        began,
        &case.checker().threads(1).finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join(),
    );
}

/// The farthest first: that needs less memory where there are many.
pub fn farthest_first<M>(title: &str, case: M)
where
    M: Case,
{
    let began = Instant::now();
    report(title, began, &case.checker().threads(1).spawn_dfs().join());
}

fn report<M: Case>(title: &str, began: Instant, checker: &impl Checker<M>) {
    assert!(checker.is_done(), "{title}: not complete");
    println!(
        "{title}: {} unique states of {} steps, depth {}, complete, {:.1} s",
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        began.elapsed().as_secs_f64()
    );
    for (name, path) in checker.discoveries() {
        if checker.discovery_classification(name).to_string() == "counterexample" {
            eprintln!("{title}: {name}: {:?}", path.into_actions());
        }
    }
    checker.assert_properties();
}
