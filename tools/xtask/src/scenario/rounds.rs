//! Reads what a sweep types at each moment, and what may come of it: the file `sweep`.

use super::transcript::{self, Exchange};
use crate::wrong::Wrong;

/// The line between two outputs, either of which may come.
const OR: &str = "-- or --";

/// What is typed at each moment of a sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rounds {
    /// The command during which the strike comes.
    pub during: Step,
    /// What is typed then.
    pub then: Vec<Step>,
}

/// One command, and what may come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The line that is typed.
    pub command: String,
    /// The outputs, one of which must come, with wildcards.
    pub outputs: Vec<Vec<String>>,
    /// The line of the file that it stands in.
    pub line: usize,
}

impl Rounds {
    /// Reads the text.
    ///
    /// # Errors
    /// Where there is no command, an empty one, one that ends the system, or text before the first.
    pub fn parse(text: &str) -> Result<Rounds, Wrong> {
        let (before, exchanges) = transcript::exchanges(text)?;
        if !before.is_empty() {
            return Err(Wrong::whole("it begins with a command: nothing boots in a round"));
        }
        let mut steps = exchanges.into_iter().map(step);
        let first = steps.next().unwrap_or_else(|| Err(Wrong::whole("there is no command in it")))?;
        Ok(Rounds { during: first, then: steps.collect::<Result<_, _>>()? })
    }
}

fn step(exchange: Exchange) -> Result<Step, Wrong> {
    let Exchange { command, output, line } = exchange;
    if command == "halt" {
        return Err(Wrong::at(line, "a round does not end the system"));
    }
    let outputs = output.split(|line| line == OR).map(<[String]>::to_vec).collect();
    Ok(Step { command, outputs, line })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_command_is_struck_and_outputs_are_taken_apart() {
        let rounds = Rounds::parse("escrow> a\nx\ny\n-- or --\nz\nescrow> b\n").unwrap();
        assert_eq!((rounds.during.command.as_str(), rounds.during.line), ("a", 1));
        assert_eq!(rounds.during.outputs, [vec!["x".to_owned(), "y".into()], vec!["z".into()]]);
        assert_eq!((rounds.then[0].command.as_str(), rounds.then[0].line), ("b", 6));
        assert_eq!(rounds.then[0].outputs, [Vec::<String>::new()]);
    }

    #[test]
    fn wrong_rounds_say_what_is_wrong() {
        let cases = [
            ("", None, "no command in it"),
            ("x\nescrow> a\n", None, "it begins with a command"),
            ("escrow> a\n\nescrow> halt\n", Some(3), "does not end the system"),
            ("escrow> a\nescrow>\n", Some(2), "a prompt without a command"),
        ];
        for (text, line, message) in cases {
            let told = Rounds::parse(text).unwrap_err();
            assert!(told.what.contains(message), "{text:?}: {told:?}");
            assert_eq!(told.line, line, "{text:?}");
        }
    }
}
