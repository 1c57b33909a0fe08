//! The scripts that `tests/modules/sweeper` knows.

use anyhow::{Result, bail};

/// A script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Script {
    /// Its name.
    pub name: &'static str,
    /// The package that is killed in it, where all of its instructions are to be struck: one that is shipped.
    pub victim: Option<&'static str>,
    /// In a coarse sweep, the instructions from one kill to the next: a prime, so that loops are hit at different turns.
    pub coarse: u64,
}

/// Of a coarse sweep whose rounds are short.
const COARSE: u64 = 131;

const fn all_of(name: &'static str, victim: &'static str) -> Script {
    Script { name, victim: Some(victim), coarse: COARSE }
}

const fn beside(name: &'static str) -> Script {
    Script { name, victim: None, coarse: COARSE }
}

/// With several modules beside it.
const fn crowd(name: &'static str, coarse: u64) -> Script {
    Script { name, victim: Some("name-server"), coarse }
}

/// As in `tests/modules/sweeper/src/script.rs`.
pub const SCRIPTS: [Script; 41] = [
    all_of("echo-init", "echo"),
    all_of("echo-call", "echo"),
    all_of("echo-words", "echo"),
    all_of("echo-unknown", "echo"),
    all_of("echo-unreadable", "echo"),
    all_of("client-init", "echo-client"),
    all_of("client-first", "echo-client"),
    all_of("client-call", "echo-client"),
    all_of("client-stale", "echo-client"),
    all_of("client-unknown", "echo-client"),
    all_of("client-unreadable", "echo-client"),
    all_of("chain-call", "echo"),
    all_of("names-init", "name-server"),
    all_of("names-lookup", "name-server"),
    all_of("names-version", "name-server"),
    all_of("names-missing", "name-server"),
    all_of("names-list", "name-server"),
    all_of("names-reserve", "name-server"),
    all_of("names-again", "name-server"),
    all_of("names-gone", "name-server"),
    all_of("names-unreadable", "name-server"),
    crowd("crowd-lookup", 10_007),
    crowd("crowd-publish", 12_007),
    crowd("crowd-unload", 30_011),
    crowd("crowd-death", 20_011),
    crowd("crowd-replace", 20_011),
    all_of("shell-init", "shell"),
    beside("revoke-call"),
    beside("give-call"),
    beside("take-call"),
    beside("client-dies"),
    beside("stop-call"),
    beside("cancel-call"),
    beside("destroy-call"),
    beside("destroy-init"),
    beside("revoked-call"),
    beside("pause-server"),
    beside("pause-client"),
    beside("bulk-put"),
    beside("bulk-get"),
    beside("bulk-client"),
];

/// The script of that name; those whose names begin so; or all.
///
/// # Errors
/// Where there is none; the message lists what there is.
pub fn choose(name: Option<&str>) -> Result<Vec<Script>> {
    let begins = |script: &Script| name.is_none_or(|name| script.name.starts_with(name));
    let is_it = |script: &Script| name.is_some_and(|name| script.name == name);
    let mut chosen: Vec<Script> = SCRIPTS.into_iter().filter(begins).collect();
    if chosen.iter().any(is_it) {
        chosen.retain(is_it);
    }
    if chosen.is_empty() {
        let names = SCRIPTS.map(|script| script.name).join(", ");
        bail!("there is no script `{}`; there are: {names}", name.unwrap_or_default());
    }
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_by_its_whole_name_several_by_their_beginning_or_all() {
        assert_eq!(choose(None).unwrap(), SCRIPTS);
        assert_eq!(choose(Some("echo-call")).unwrap().len(), 1);
        assert_eq!(choose(Some("echo-un")).unwrap().len(), 2);
        let error = choose(Some("ecko")).unwrap_err().to_string();
        assert!(error.contains("`ecko`") && error.contains("echo-init, echo-call"), "{error}");
    }
}
