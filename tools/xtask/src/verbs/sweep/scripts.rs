//! The scripts that `tests/modules/sweeper` knows.

use anyhow::{Result, bail};

/// A script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Script {
    /// Its name.
    pub name: &'static str,
    /// The package that is killed in it.
    pub victim: &'static str,
}

/// As in `tests/modules/sweeper/src/script.rs`.
pub const SCRIPTS: [Script; 5] = [
    Script { name: "echo-init", victim: "echo" },
    Script { name: "echo-call", victim: "echo" },
    Script { name: "client-init", victim: "echo-client" },
    Script { name: "client-call", victim: "echo-client" },
    Script { name: "chain-call", victim: "echo" },
];

/// The script of that name, or all.
///
/// # Errors
/// Where there is none; the message lists what there is.
pub fn choose(name: Option<&str>) -> Result<Vec<Script>> {
    let chosen: Vec<Script> =
        SCRIPTS.into_iter().filter(|script| name.is_none_or(|name| name == script.name)).collect();
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
    fn one_by_its_whole_name_or_all() {
        assert_eq!(choose(None).unwrap(), SCRIPTS);
        assert_eq!(choose(Some("echo-call")).unwrap().len(), 1);
        let error = choose(Some("echo")).unwrap_err().to_string();
        assert!(error.contains("`echo`") && error.contains("echo-init, echo-call"), "{error}");
    }
}
