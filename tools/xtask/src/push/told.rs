//! What `push` says at its end: a sentence, or a line of JSON, and its exit code.

use std::time::Duration;

use anyhow::Error;
use ipc_proto::ids::Instance;
use serde_json::json;

use super::outcome::Pushed;

/// Where the earlier instance has ended for a file that was not live: 1 is for what has changed nothing, and 2 for a wrong
/// command line.
const UNDONE: u8 = 3;

/// A push that came to its end.
#[derive(Debug)]
pub struct Done<'a> {
    /// The module.
    pub name: &'a str,
    /// What has come of it.
    pub pushed: &'a Pushed,
    /// How many bytes were sent.
    pub bytes: usize,
    /// From the first to the last request.
    pub took: Duration,
}

impl Done<'_> {
    /// The exit code.
    pub const fn code(&self) -> u8 {
        match self.pushed {
            Pushed::Live { .. } | Pushed::Ended => 0,
            Pushed::Refused(_) => 1,
            Pushed::Undone { .. } => UNDONE,
        }
    }

    /// The sentence: `Err` where it is for standard error.
    pub fn sentence(&self) -> Result<String, String> {
        let Done { name, bytes, .. } = self;
        let seconds = self.took.as_secs_f64();
        match self.pushed {
            Pushed::Live { instance: Instance { domain, generation }, replaced } => {
                let how = if *replaced { "in place of the earlier one" } else { "loaded" };
                let (id, generation) = (domain.0, generation.0);
                Ok(format!(
                    "{name} is live, {how}: id {id}, generation {generation} ({bytes} bytes, {seconds:.1} s)"
                ))
            }
            Pushed::Ended => Ok(format!("{name} ran to its end ({bytes} bytes, {seconds:.1} s)")),
            Pushed::Refused(why) => Err(format!("refused: {why}")),
            Pushed::Undone { again: Some(again), why } => Err(format!(
                "restored: {why}. The earlier file runs again as generation {}, and what it had in its memory is lost",
                again.generation.0
            )),
            Pushed::Undone { again: None, why } => {
                Err(format!("down: {why}. The earlier one has ended, and no instance of {name} is live"))
            }
        }
    }

    /// The line of JSON.
    pub fn json(&self) -> String {
        let (outcome, instance, why) = match self.pushed {
            Pushed::Live { instance, replaced: true } => ("replaced", Some(instance), None),
            Pushed::Live { instance, replaced: false } => ("loaded", Some(instance), None),
            Pushed::Ended => ("ended", None, None),
            Pushed::Refused(why) => ("refused", None, Some(why)),
            Pushed::Undone { again: Some(again), why } => ("restored", Some(again), Some(why)),
            Pushed::Undone { again: None, why } => ("down", None, Some(why)),
        };
        json!({
            "module": self.name, "outcome": outcome, "id": instance.map(|instance| instance.domain.0),
            "generation": instance.map(|instance| instance.generation.0), "why": why, "bytes": self.bytes,
            "milliseconds": u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX),
        })
        .to_string()
    }
}

/// A push that did not come to its end, and how far it came.
#[derive(Debug)]
pub enum NotDone {
    /// The package could not be built.
    NotBuilt(Error),
    /// The file is not there: nothing has changed.
    NotSent(Error),
    /// The file can be there, and what comes of it is not known.
    Unknown(Error),
}

impl From<Error> for NotDone {
    fn from(error: Error) -> NotDone {
        NotDone::NotSent(error)
    }
}

impl NotDone {
    /// The line of JSON: that of [`Done::json`], as far as it is known. `module` is what the command line names.
    pub fn json(&self, module: Option<&str>) -> String {
        let (outcome, why) = match self {
            NotDone::NotBuilt(why) => ("not-built", why),
            NotDone::NotSent(why) => ("not-sent", why),
            NotDone::Unknown(why) => ("unknown", why),
        };
        json!({
            "module": module, "outcome": outcome, "id": null, "generation": null, "why": format!("{why:#}"),
            "bytes": null, "milliseconds": null,
        })
        .to_string()
    }

    /// Why.
    pub fn into_error(self) -> Error {
        match self {
            NotDone::NotBuilt(error) | NotDone::NotSent(error) | NotDone::Unknown(error) => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use ipc_proto::ids::{DomainId, Generation};
    use serde_json::Value;

    use super::*;

    const INSTANCE: Instance = Instance { domain: DomainId(3), generation: Generation(8) };

    fn told(pushed: Pushed) -> (Result<String, String>, Value, u8) {
        let took = Duration::from_millis(1234);
        let done = Done { name: "kv", pushed: &pushed, bytes: 500, took };
        (done.sentence(), serde_json::from_str(&done.json()).unwrap(), done.code())
    }

    #[test]
    fn whoever_reads_it_knows_whether_something_has_changed() {
        let undone = |again| Pushed::Undone { again, why: "kv was not replaced".into() };
        for (pushed, sentence, outcome, generation, code) in [
            (
                Pushed::Live { instance: INSTANCE, replaced: true },
                Ok("kv is live, in place of the earlier one: id 3, generation 8 (500 bytes, 1.2 s)"),
                "replaced",
                Some(8),
                0,
            ),
            (
                Pushed::Live { instance: INSTANCE, replaced: false },
                Ok("kv is live, loaded: id 3, generation 8 (500 bytes, 1.2 s)"),
                "loaded",
                Some(8),
                0,
            ),
            (Pushed::Ended, Ok("kv ran to its end (500 bytes, 1.2 s)"), "ended", None, 0),
            (Pushed::Refused("no".into()), Err("refused: no"), "refused", None, 1),
            (
                undone(Some(INSTANCE)),
                Err(
                    "restored: kv was not replaced. The earlier file runs again as generation 8, and what it had in its \
                     memory is lost",
                ),
                "restored",
                Some(8),
                3,
            ),
            (
                undone(None),
                Err("down: kv was not replaced. The earlier one has ended, and no instance of kv is live"),
                "down",
                None,
                3,
            ),
        ] {
            let (said, json, exit) = told(pushed);
            assert_eq!(said, sentence.map(str::to_owned).map_err(str::to_owned));
            assert_eq!((&json["outcome"], exit), (&Value::from(outcome), code), "{json}");
            assert_eq!(json["generation"], generation.map_or(Value::Null, Value::from), "{json}");
            assert_eq!((&json["bytes"], &json["milliseconds"]), (&500.into(), &1234.into()), "{json}");
        }
    }

    #[test]
    fn what_did_not_come_to_its_end_has_an_outcome_and_the_same_keys() {
        let (_, done, _) = told(Pushed::Ended);
        for (not_done, outcome) in [
            (NotDone::NotBuilt(Error::msg("a")), "not-built"),
            (NotDone::from(Error::msg("a")), "not-sent"),
            (NotDone::Unknown(Error::msg("a")), "unknown"),
        ] {
            let json: Value = serde_json::from_str(&not_done.json(Some("kv"))).unwrap();
            assert_eq!(
                (&json["outcome"], &json["why"], &json["module"]),
                (&outcome.into(), &"a".into(), &"kv".into())
            );
            let keys = |json: &Value| json.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(&json), keys(&done));
        }
    }
}
